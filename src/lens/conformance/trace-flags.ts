/**
 * A training step that is wrong does not say which of its kernels is; a trace does. It cannot repeat the case, whose data are
 * noise, but trains with the same network and the same update.
 */
import { resolveRunOptions, runOptions, type RunOptionName } from "../../core/run-options.ts";
import {
  resolveTraining,
  trainingEntries,
  type NetworkSpec,
  type Training,
  type TrainingSpec,
} from "../../core/spec.ts";

/** What comes to a kernel as a number only. */
const OTHER: ReadonlySet<string> = new Set<keyof Training>([
  "epochs",
  "seed",
  "learningRate",
  "schedule",
  "warmup",
  "decayEvery",
  "decayFactor",
]);

/** The flags of `backlit trace` for a step's options, without those that are the command's defaults. */
export function traceFlags(network: NetworkSpec, training: TrainingSpec): string[] {
  const hidden = network.layers.slice(0, -1);
  const own = resolveTraining(training);
  const names = Object.keys(trainingEntries) as (keyof Training)[];
  const chosen: (readonly [RunOptionName, unknown])[] = [
    ["hidden", hidden.length > 0 ? hidden.map(({ units }) => units) : "none"],
    ...(hidden.length > 0
      ? ([
          ["activation", oneOrEach(hidden.map(({ activation = "relu" }) => activation))],
          ["dropout", oneOrEach(hidden.map(({ dropout = 0 }) => dropout))],
        ] as const)
      : []),
    ...names.filter((name) => !OTHER.has(name)).map((name) => [name, own[name]] as const),
  ];
  const { optimizer } = resolveRunOptions({});
  // The default of the decay depends on the optimizer.
  const defaults: Record<string, unknown> = { ...resolveRunOptions({ optimizer: own.optimizer }), optimizer };
  return chosen
    .filter(([name, value]) => String(value) !== String(defaults[name]))
    .flatMap(([name, value]) => [`--${runOptions[name].flag}`, String(value)]);
}

function oneOrEach<T>(values: readonly T[]): T | readonly T[] {
  return values.every((each) => each === values[0]) ? values[0] : values;
}
