/**
 * Everything a person can choose about a training run, flat: one entry per option with its flag, schema, default and
 * group. The command line's flags, the page's form and its permalink are generated from this table, and all of them are
 * validated by it.
 */
import * as v from "valibot";
import { SpecError } from "./errors.ts";
import {
  ACTIVATIONS,
  DEFAULT_LEARNING_RATE,
  trainingEntries,
  validate,
  type NetworkSpec,
  type Optimizer,
  type TrainingSpec,
} from "./spec.ts";

export interface RunOption<S extends v.GenericSchema = v.GenericSchema> {
  /** As typed on the command line, without dashes. */
  flag: string;
  /** What help shows for the value. */
  value: string;
  schema: S;
  /** The recipe's default; `undefined` where it depends on other options or there is none. */
  default?: v.InferInput<S>;
  group: "data" | "network" | "training" | "run";
  /** One value for all hidden layers, or one for each: then `schema` is that of each. */
  perLayer?: true;
}

const count = (least: number, most: number = Infinity) =>
  v.pipe(
    v.number("must be a whole number"),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );

const option = <S extends v.GenericSchema>(
  flag: string,
  value: string,
  group: RunOption["group"],
  schema: S,
  fallback?: v.InferInput<S>,
): RunOption<S> => ({ flag, value, schema, default: fallback, group });

/** An option that each hidden layer may have its own value of. */
const perLayer = <S extends v.GenericSchema>(one: RunOption<S>): RunOption<S> & { perLayer: true } => ({
  ...one,
  value: `${one.value}[,…]`,
  perLayer: true,
});

const t = trainingEntries;

export const runOptions = {
  data: option(
    "data",
    "NAME|DIR",
    "data",
    v.pipe(
      v.string(),
      v.minLength(1),
      v.description("synthetic, mnist, fashion-mnist, kmnist, or a folder of four IDX files"),
    ),
    "synthetic",
  ),
  validation: option(
    "validation",
    "N",
    "data",
    v.pipe(count(0), v.description("rows of the training set held out for validation")),
    5000,
  ),
  hidden: option(
    "hidden",
    "N[,N…]",
    "network",
    v.pipe(
      v.array(count(1, 1_000_000)),
      v.description("units of each hidden layer; none for a linear classifier"),
    ),
    [512],
  ),
  activation: perLayer(
    option(
      "activation",
      "NAME",
      "network",
      v.pipe(
        v.picklist(ACTIVATIONS, `must be one of ${ACTIVATIONS.join(", ")}`),
        v.description("function of the hidden layers: one for all, or one for each"),
      ),
      "relu",
    ),
  ),
  dropout: perLayer(
    option(
      "dropout",
      "RATE",
      "network",
      v.pipe(
        v.number("must be a number"),
        v.minValue(0, "must be at least 0"),
        v.check((x: number) => x < 1, "must be below 1"),
        v.description(
          "probability that a hidden unit is dropped in a step: one for all layers, or one for each",
        ),
      ),
      0.25,
    ),
  ),
  epochs: option("epochs", "N", "training", t.epochs, 10),
  batchSize: option("batch", "N", "training", t.batchSize, 128),
  optimizer: option("optimizer", "NAME", "training", t.optimizer, "adamw"),
  learningRate: option("lr", "RATE", "training", t.learningRate),
  schedule: option("schedule", "NAME", "training", t.schedule, "cosine"),
  warmup: option("warmup", "STEPS", "training", t.warmup, 0),
  weightDecay: option("weight-decay", "RATE", "training", t.weightDecay),
  labelSmoothing: option("label-smoothing", "E", "training", t.labelSmoothing, 0.1),
  clipNorm: option("clip-norm", "NORM", "training", t.clipNorm, 0),
  momentum: option("momentum", "B", "training", t.momentum, 0.9),
  beta1: option("beta1", "B", "training", t.beta1, 0.9),
  beta2: option("beta2", "B", "training", t.beta2, 0.999),
  epsilon: option("epsilon", "E", "training", t.epsilon, 1e-8),
  decayEvery: option("decay-every", "STEPS", "training", t.decayEvery, 0),
  decayFactor: option("decay-factor", "F", "training", t.decayFactor),
  seed: option("seed", "N", "training", t.seed, 1),
  maxSteps: option(
    "max-steps",
    "N",
    "run",
    v.pipe(
      count(1),
      v.description("stop and save after this many steps in all, without changing the schedule"),
    ),
  ),
  earlyStopping: option(
    "early-stopping",
    "EPOCHS",
    "run",
    v.pipe(count(0), v.description("stop when validation has not improved for this many epochs; 0 is never")),
    0,
  ),
  keepBest: option(
    "keep-best",
    "WHICH",
    "run",
    v.pipe(
      v.picklist(["none", "loss", "accuracy"], "must be one of none, loss, accuracy"),
      v.description("end with the parameters of the epoch best in validation loss or accuracy"),
    ),
    "none",
  ),
  engine: option(
    "engine",
    "NAME",
    "run",
    v.pipe(
      v.picklist(["gpu", "cpu"], "must be gpu or cpu"),
      v.description("WebGPU, or the plain CPU reference"),
    ),
    "gpu",
  ),
  adapter: option(
    "adapter",
    "KIND",
    "run",
    v.pipe(
      v.picklist(["auto", "hardware", "software"], "must be one of auto, hardware, software"),
      v.description("which WebGPU adapter to accept"),
    ),
    "auto",
  ),
  tune: option(
    "tune",
    "HOW",
    "run",
    v.pipe(
      v.picklist(["off", "fast", "full"], "must be one of off, fast, full"),
      v.description("how long to search for the kernel tiles that suit network and adapter"),
    ),
    "off",
  ),
} satisfies Record<string, RunOption>;

export type RunOptionName = keyof typeof runOptions;

/** What an option with a value for each hidden layer holds: one for all of them, or as many as there are. */
export type PerLayer<T> = T | readonly T[];

type Value<O extends RunOption> = O extends { perLayer: true }
  ? PerLayer<v.InferOutput<O["schema"]>>
  : v.InferOutput<O["schema"]>;

/** Options as a person gave them: any may be missing. */
export type RunOptions = { [K in RunOptionName]?: Value<(typeof runOptions)[K]> };

/** Learning rate and weight decay of the recipe; other optimizers keep their own defaults. */
const RECIPE_LEARNING_RATE: Record<Optimizer, number> = { ...DEFAULT_LEARNING_RATE, adam: 3e-3, adamw: 3e-3 };
const DECAY_FACTOR = { step: 0.1, exponential: 0.9 };
const RECIPE_WEIGHT_DECAY: Partial<Record<Optimizer, number>> = { adamw: 0.02 };

/**
 * Fills in the recipe's defaults and validates every option.
 * @throws SpecError naming the option.
 */
export function resolveRunOptions(given: RunOptions): RunOptions & Required<Omit<RunOptions, "maxSteps">> {
  const resolved: Record<string, unknown> = {};
  for (const name of Object.keys(given)) {
    if (!(name in runOptions)) throw new SpecError(name, `${name} is not an option`);
  }
  for (const [name, entry] of Object.entries<RunOption>(runOptions)) {
    const value = given[name as RunOptionName] ?? entry.default;
    if (value === undefined) continue;
    resolved[name] =
      entry.perLayer && Array.isArray(value)
        ? eachValidated(name, entry, value)
        : validated(name, entry, value);
  }
  for (const [name, entry] of Object.entries<RunOption>(runOptions)) {
    if (entry.perLayer) resolved[name] = fitted(name, entry, resolved[name], resolved["hidden"] as number[]);
  }
  const optimizer = resolved["optimizer"] as Optimizer;
  resolved["learningRate"] ??= RECIPE_LEARNING_RATE[optimizer];
  resolved["weightDecay"] ??= RECIPE_WEIGHT_DECAY[optimizer] ?? 0;
  resolved["decayFactor"] ??= DECAY_FACTOR[resolved["schedule"] === "exponential" ? "exponential" : "step"];
  return resolved as ReturnType<typeof resolveRunOptions>;
}

/** @throws SpecError naming the option */
function validated(name: string, { flag, schema }: RunOption, value: unknown): unknown {
  try {
    return validate(schema, value);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const problem = error.message.replace(/^(the specification|\S+) /, "");
    const message =
      kindOf(schema) === "array" && error.path !== ""
        ? `--${flag}: the units of each layer ${problem}`
        : `--${flag} ${problem}`;
    throw new SpecError(name, message, error.hint);
  }
}

function eachValidated(name: string, entry: RunOption, values: readonly unknown[]): unknown[] {
  return values.map((value) => validated(name, entry, value));
}

/** As one value where all layers have the same. @throws SpecError where there are more or fewer values than layers */
function fitted(name: string, { flag }: RunOption, value: unknown, { length }: readonly number[]): unknown {
  if (!Array.isArray(value)) return value;
  const values = value as unknown[];
  if (values.length !== length) {
    throw new SpecError(
      name,
      `--${flag} must be one value for all hidden layers, or as many as there are (${length}), not ${values.length}`,
    );
  }
  return values.every((each) => each === values[0]) ? values[0] : values;
}

/** The value of a layer. @param index of the hidden layer, from 0 */
export function ofLayer<T extends string | number>(value: PerLayer<T>, index: number): T {
  return typeof value === "object" ? value[index] : value;
}

/** The one value, where no layers are named. @throws SpecError where there is one for each */
export function ofAllLayers<T extends string | number>(name: RunOptionName, value: PerLayer<T>): T {
  if (typeof value !== "object") return value;
  throw new SpecError(name, `--${runOptions[name].flag} takes one value here, not one for each layer`);
}

/** The defaults that depend on another option, as help says them. */
export const DEPENDENT_DEFAULTS: Partial<Record<RunOptionName, string>> = {
  learningRate: byOptimizer(RECIPE_LEARNING_RATE),
  weightDecay: `${byOptimizer(RECIPE_WEIGHT_DECAY)}, others 0`,
  decayFactor: `${DECAY_FACTOR.exponential} for exponential, ${DECAY_FACTOR.step} for step`,
};

/** `0.003 for adam, adamw` and so on: options of the same default together. */
function byOptimizer(defaults: Partial<Record<Optimizer, number>>): string {
  const groups = new Map<number, string[]>();
  for (const [name, value] of Object.entries(defaults)) {
    groups.set(value, [...(groups.get(value) ?? []), name]);
  }
  return [...groups].map(([value, optimizers]) => `${value} for ${optimizers.join(", ")}`).join("; ");
}

/** The network and training specifications that resolved options stand for. */
export function toSpecs(
  options: ReturnType<typeof resolveRunOptions>,
  shape: { input: number; classes: number },
): { network: NetworkSpec; training: TrainingSpec } {
  const { activation, dropout } = options;
  const network: NetworkSpec = {
    input: shape.input,
    layers: [
      ...options.hidden.map((units, index) => ({
        units,
        activation: ofLayer(activation, index),
        dropout: ofLayer(dropout, index),
      })),
      { units: shape.classes },
    ],
  };
  const training = Object.fromEntries(
    Object.keys(trainingEntries).map((name) => [name, options[name as keyof typeof trainingEntries]]),
  ) as TrainingSpec;
  return { network, training };
}

/** Text of a flag, form field or permalink as a value of the option. @throws SpecError */
export function parseOption(name: RunOptionName, text: string): unknown {
  const entry: RunOption = runOptions[name];
  const kind = kindOf(entry.schema);
  const what = kind === "array" ? "whole numbers separated by commas" : "a number";
  const number = (part: string): number => {
    const value = part.trim() === "" ? Number.NaN : Number(part);
    if (!Number.isFinite(value)) {
      throw new SpecError(name, `--${entry.flag} must be ${what}, not "${text}"`);
    }
    return value;
  };
  if (entry.perLayer && text.includes(",")) {
    const parts = text.split(",").map((part) => part.trim());
    return kind === "number" ? parts.map(number) : parts;
  }
  if (kind === "number") return number(text);
  if (kind === "array") return text.trim() === "" || text === "none" ? [] : text.split(",").map(number);
  return text;
}

/** The basic kind of an option's value: what a form shows. */
export function kindOf(schema: v.GenericSchema): "number" | "array" | "picklist" | "string" {
  return schema.type as "number" | "array" | "picklist" | "string";
}

/** The choices of a picklist option. */
export function choicesOf(schema: v.GenericSchema): readonly string[] {
  const root = (schema as { pipe?: v.GenericSchema[] }).pipe?.[0] ?? schema;
  return (root as { options?: readonly string[] }).options ?? [];
}

/** The option's help text. */
export function describe(name: RunOptionName): string {
  return v.getDescription(runOptions[name].schema) ?? "";
}
