/** Which workloads the suites measure whose unit is a training step. */
import { SpecError } from "../core/errors.ts";
import type { Optimizer } from "../core/spec.ts";
import type { BackendName, InputKind, Series } from "./result.ts";
import type { WorkloadChoice } from "./workload.ts";

/** What narrows a suite; what is missing is not narrowed. */
export interface Narrowing {
  hidden?: readonly number[];
  batch?: readonly number[];
  optimizer?: readonly Optimizer[];
  input?: readonly InputKind[];
  backend?: readonly BackendName[];
}

export const BENCH_OPTIMIZERS = ["sgd", "adam"] as const satisfies readonly Optimizer[];
export const INPUTS = ["mnist", "dense"] as const satisfies readonly InputKind[];
export const BACKENDS = ["webgpu", "wasm", "cpu"] as const satisfies readonly BackendName[];

interface Shape {
  hidden: readonly number[];
  batches: readonly number[];
  /** Too much for a program on the CPU. */
  hardwareOnly?: boolean;
}

const STEP_SHAPES: readonly Shape[] = [
  { hidden: [512], batches: [32, 128, 1024] },
  { hidden: [1024, 1024], batches: [128, 512] },
  { hidden: [4096, 4096], batches: [1024], hardwareOnly: true },
];

/** One network and batch, whatever trains it on whatever. */
interface Size {
  hidden: readonly number[];
  batch: number;
  trainRows?: number;
  hardwareOnly?: boolean;
  series?: Series["name"][];
}

export interface PlannedChoice extends WorkloadChoice {
  /** Of `scaling`: the series that it belongs to. */
  series?: Series["name"][];
}

export interface SuitePlan {
  choices: PlannedChoice[];
  /** What was left out, and why. */
  left: { choice: WorkloadChoice; reason: string }[];
}

export type StepSuite = "step" | "scaling" | "crossover";

/** @throws SpecError where nothing of the suite is left */
export function planSuite(suite: StepSuite, narrowing: Narrowing, software: boolean): SuitePlan {
  // The wide suites look at one optimizer and one input, unless others are asked for.
  const optimizers = narrowing.optimizer ?? (suite === "step" ? BENCH_OPTIMIZERS : (["sgd"] as const));
  const inputs = narrowing.input ?? (suite === "step" ? INPUTS : (["mnist"] as const));
  const plan: SuitePlan = { choices: [], left: [] };
  for (const { hardwareOnly, ...size } of sizesOf(suite, narrowing)) {
    for (const optimizer of optimizers) {
      for (const input of inputs) {
        const choice = { ...size, optimizer, input };
        if (hardwareOnly && software)
          plan.left.push({ choice, reason: "measured on hardware adapters only" });
        else plan.choices.push(choice);
      }
    }
  }
  if (plan.choices.length === 0 && plan.left.length === 0) {
    throw new SpecError("suite", `nothing of the suite ${suite} is left with these options`);
  }
  return plan;
}

function sizesOf(suite: StepSuite, narrowing: Narrowing): Size[] {
  switch (suite) {
    case "step":
      return stepSizes(narrowing);
    case "scaling":
      return scalingSizes(narrowing);
    case "crossover":
      return crossoverSizes(narrowing);
  }
}

/** A network that is named is measured, whether or not it belongs to the suite; so is a batch. */
function stepSizes({ hidden, batch }: Narrowing): Size[] {
  if (hidden !== undefined) {
    const known = STEP_SHAPES.find((shape) => String(shape.hidden) === String(hidden));
    return (batch ?? known?.batches ?? [128]).map((size) => ({ hidden, batch: size }));
  }
  const known = STEP_SHAPES.flatMap(({ batches }) => batches);
  const others = batch?.filter((size) => !known.includes(size)) ?? [];
  const sizes = STEP_SHAPES.flatMap(({ hidden, batches, hardwareOnly }) =>
    batches
      .filter((size) => batch?.includes(size) ?? true)
      .map((size) => ({ hidden, batch: size, hardwareOnly })),
  );
  return [...others.map((size) => ({ hidden: STEP_SHAPES[0].hidden, batch: size })), ...sizes];
}

/** Around 784-512-10 at batch 128; what is larger than a GFLOP or two is for hardware. */
function scalingSizes({ hidden = [512], batch = [128] }: Narrowing): Size[] {
  const [middle] = batch;
  const series = (name: Series["name"], sizes: Size[]): Size[] =>
    sizes.map((size) => ({ ...size, series: [name] }));
  const all = [
    ...series(
      "batch",
      [16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map((size) => ({
        hidden,
        batch: size,
        hardwareOnly: size > 512,
      })),
    ),
    ...series(
      "width",
      [32, 64, 128, 256, 512, 1024, 2048, 4096].map((units) => ({
        hidden: [units],
        batch: middle,
        hardwareOnly: units > 1024,
      })),
    ),
    ...series(
      "depth",
      [1, 2, 3, 4].map((layers) => ({ hidden: Array<number>(layers).fill(256), batch: middle })),
    ),
    ...series(
      "trainRows",
      [2048, 8192, 32_768, 60_000].map((trainRows) => ({ hidden, batch: middle, trainRows })),
    ),
  ];
  return mergeEqual(all);
}

/** The same workload in two series is measured once. */
function mergeEqual(sizes: readonly Size[]): Size[] {
  const merged = new Map<string, Size>();
  for (const size of sizes) {
    const key = [size.hidden.join("-"), size.batch, size.trainRows].join(" ");
    const series = [...(merged.get(key)?.series ?? []), ...(size.series ?? [])];
    merged.set(key, { ...size, series });
  }
  return [...merged.values()];
}

function crossoverSizes({ hidden = [16, 64, 256, 1024], batch = [8, 32, 128, 512] }: Narrowing): Size[] {
  return hidden.flatMap((units) =>
    batch.map((size) => ({ hidden: [units], batch: size, hardwareOnly: units * size > 1024 * 128 })),
  );
}
