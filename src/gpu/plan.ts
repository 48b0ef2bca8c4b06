/**
 * Specification + limits + tuning table -> every buffer, kernel and dispatch of a training step. A pure function: it can
 * be printed, counted and tested without a GPU, and the engine only carries out what it says.
 *
 * One hidden layer takes three dispatches: the first product; the head, row by row; all gradients with the optimiser as
 * their epilogue. Each further hidden layer adds a forward and a backward dispatch. Going backward, the dispatch that
 * computes the delta below layer l also updates layer l + 1, whose weights nobody reads any more.
 */
import type { NetworkSpec, Training, TrainingSpec } from "../core/spec.ts";
import { resolveNetwork, resolveTraining } from "../core/spec.ts";
import { CONTROL_BYTES } from "./faults.ts";
import { parameterLayout } from "./layout.ts";
import { checkBuffers, dispatch, sum, type Environment } from "./plan-dispatch.ts";
import { imageBuffers, planImages } from "./plan-images.ts";
import { snapshotJob } from "./plan-jobs.ts";
import { ENTRY_WORDS, RESULT_BYTES, trainProgram } from "./plan-programs.ts";
import {
  DEFAULT_LIMITS,
  type BufferPlan,
  type DispatchPlan,
  type Plan,
  type PlanLimits,
} from "./plan-types.ts";
import type { ShaderSources } from "./shader-sources.ts";
import { defaultTuning, type Tuning } from "./tuning.ts";

export interface PlanOptions {
  /** Rows of the training split; 0 where there is no data set. */
  trainRows?: number;
  limits?: PlanLimits;
  tuning?: Tuning;
  /** Choose the table for software adapters when `tuning` is not given. */
  software?: boolean;
  /** Shader texts to use instead of the product's own. */
  shaders?: ShaderSources;
  /** A step that also keeps what it computes on its way. */
  traced?: boolean;
}

/**
 * @throws SpecError for specifications that are not valid, LimitError where a limit does not suffice.
 */
export function plan(
  networkSpec: NetworkSpec,
  trainingSpec: TrainingSpec = {},
  options: PlanOptions = {},
): Plan {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const environment: Environment = {
    network: resolveNetwork(networkSpec),
    training: resolveTraining(trainingSpec),
    limits,
    tuning: options.tuning ?? defaultTuning(options.software ?? false, limits.subgroupSize),
    shaders: options.shaders,
  };
  const { network, training, tuning, shaders } = environment;
  const trainRows = options.trainRows ?? 0;
  const rows = trainRows > 0 ? Math.min(training.batchSize, trainRows) : training.batchSize;
  const stepsPerEpoch = Math.ceil(trainRows / rows);
  const images = planImages(network, Math.max(1, trainRows), limits);
  const parameters = parameterLayout(network);
  const state = stateBuffers(training).flatMap((name): BufferPlan[] => [
    { name, bytes: 16 * parameters.vectors, purpose: STATE_PURPOSES[name] },
    { name: `${name}Snapshot`, bytes: 16 * parameters.vectors, purpose: "last good state" },
  ]);
  // What is too large altogether is told by its bytes, before dispatches over it exceed other limits.
  checkBuffers(state, limits);
  const program = trainProgram(environment, rows, images, options.traced);
  const snapshot = dispatch(
    environment,
    "snapshot",
    stateBuffers(training).map((name) => snapshotJob(name, parameters.vectors)),
    {},
  );

  const scheduleBytes = 4 * (ENTRY_WORDS * (1 + stepsPerEpoch) + rows + trainRows);
  const buffers: BufferPlan[] = [
    ...state,
    { name: "control", bytes: CONTROL_BYTES, purpose: "step counter and fault flag" },
    { name: "schedule", bytes: scheduleBytes, purpose: "numbers of each step and the epoch's permutation" },
    {
      name: "results",
      bytes: RESULT_BYTES * (rows + 1 + stepsPerEpoch),
      purpose: "row results and step records",
    },
    ...imageBuffers(images),
    {
      name: "labels",
      bytes: 4 * Math.ceil(Math.max(4, trainRows) / 4),
      purpose: "labels of the training split",
    },
    ...program.buffers,
  ];
  checkBuffers(buffers, limits);

  const flopsPerStep = sum(program.dispatches.flatMap((each) => each.jobs.map((job) => job.flops)));
  const stepSeconds = flopsPerStep / tuning.assumedFlops + program.dispatches.length * tuning.dispatchSeconds;
  return {
    network,
    training,
    tuning,
    shaders,
    parameters,
    buffers,
    kernels: countKernels(program.dispatches),
    dispatches: program.dispatches,
    train: program,
    snapshot,
    stepsPerEpoch,
    scheduleRows: ENTRY_WORDS * (1 + stepsPerEpoch),
    firstRecord: rows,
    flopsPerStep,
    dispatchesPerStep: program.dispatches.length,
    stepsPerSubmit: Math.max(1, Math.min(1000, Math.floor(tuning.submitSeconds / stepSeconds))),
    bytesUploadedPerStep: 0,
    // its entries, its permutation, and where it begins
    bytesUploadedPerEpoch: stepsPerEpoch > 0 ? 4 * (ENTRY_WORDS * stepsPerEpoch + trainRows + 1) : 0,
  };
}

const STATE_PURPOSES: Readonly<Record<string, string>> = {
  parameters: "weights and biases",
  firstMoment: "one number of the optimizer for each parameter",
  secondMoment: "another of the optimizer for each parameter",
};

/** Parameters and the moments that the optimizer keeps. */
export function stateBuffers(training: Training): string[] {
  switch (training.optimizer) {
    case "sgd":
      return ["parameters"];
    case "momentum":
    case "nesterov":
      return ["parameters", "firstMoment"];
    default:
      return ["parameters", "firstMoment", "secondMoment"];
  }
}

function countKernels(dispatches: DispatchPlan[]): Plan["kernels"] {
  const counts = new Map<string, { kernel: string; jobs: number; flops: number }>();
  for (const { kernel, flops } of dispatches.flatMap((each) => each.jobs)) {
    const entry = counts.get(kernel) ?? { kernel, jobs: 0, flops: 0 };
    counts.set(kernel, { kernel, jobs: entry.jobs + 1, flops: entry.flops + flops });
  }
  return [...counts.values()];
}
