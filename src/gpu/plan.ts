/**
 * Specification + limits + tuning table -> every buffer, kernel and dispatch of a training step. A pure function: it can
 * be printed, counted and tested without a GPU, and the engine only carries out what it says.
 *
 * One hidden layer takes three dispatches: the first product; the head, row by row; all gradients with the optimiser as
 * their epilogue. Each further hidden layer adds a forward and a backward dispatch. Going backward, the dispatch that
 * computes the delta below layer l also updates layer l + 1, whose weights nobody reads any more.
 */
import type { NetworkSpec, TrainingSpec, Network, Training } from "../core/spec.ts";
import { resolveNetwork, resolveTraining } from "../core/spec.ts";
import { LimitError } from "../core/errors.ts";
import { bindingsOf } from "./compose.ts";
import { activationLayout, imageWords, parameterLayout } from "./layout.ts";
import {
  clippedUpdateJob,
  confusionJob,
  forwardJob,
  gatherJob,
  gradientJobs,
  headJob,
  inputGradientJob,
  snapshotJob,
  stepResultJob,
  type JobContext,
} from "./plan-jobs.ts";
import {
  DEFAULT_LIMITS,
  type BufferPlan,
  type DispatchPlan,
  type ImagesPlan,
  type JobPlan,
  type Plan,
  type PlanLimits,
  type ProgramPlan,
} from "./plan-types.ts";
import type { ShaderSources } from "./shader-sources.ts";
import { defaultTuning, type Tuning } from "./tuning.ts";

/** Words of a schedule entry; shaders/step.wgsl reads them. */
export const ENTRY_WORDS = 8;
/** Bytes of one row result or step record: loss, class, rank or rows, correct or step. */
export const RESULT_BYTES = 16;
/** Most rows evaluated or predicted at a time. */
const EVALUATION_ROWS = 1024;

export interface PlanOptions {
  /** Rows of the training split; 0 where there is no data set. */
  trainRows?: number;
  limits?: PlanLimits;
  tuning?: Tuning;
  /** Choose the table for software adapters when `tuning` is not given. */
  software?: boolean;
  /** Shader texts to use instead of the product's own. */
  shaders?: ShaderSources;
}

interface Environment {
  network: Network;
  training: Training;
  limits: PlanLimits;
  tuning: Tuning;
  shaders?: ShaderSources;
}

/**
 * @throws SpecError for specifications that are not valid, LimitError where a limit does not suffice.
 */
export function plan(
  networkSpec: NetworkSpec,
  trainingSpec: TrainingSpec = {},
  options: PlanOptions = {},
): Plan {
  const environment: Environment = {
    network: resolveNetwork(networkSpec),
    training: resolveTraining(trainingSpec),
    limits: options.limits ?? DEFAULT_LIMITS,
    tuning: options.tuning ?? defaultTuning(options.software ?? false),
    shaders: options.shaders,
  };
  const { network, training, limits, tuning, shaders } = environment;
  const trainRows = options.trainRows ?? 0;
  const rows = trainRows > 0 ? Math.min(training.batchSize, trainRows) : training.batchSize;
  const stepsPerEpoch = Math.ceil(trainRows / rows);
  const images = planImages(network, Math.max(1, trainRows), limits);
  const parameters = parameterLayout(network);
  const program = trainProgram(environment, rows, images);
  const snapshot = dispatch(
    environment,
    "snapshot",
    stateBuffers(training).map((name) => snapshotJob(name, parameters.vectors, tuning)),
    {},
  );

  const scheduleBytes = 4 * (ENTRY_WORDS * (1 + stepsPerEpoch) + rows + trainRows);
  const buffers: BufferPlan[] = [
    ...stateBuffers(training).flatMap((name): BufferPlan[] => [
      { name, bytes: 16 * parameters.vectors, purpose: "state" },
      { name: `${name}Snapshot`, bytes: 16 * parameters.vectors, purpose: "last good state" },
    ]),
    { name: "control", bytes: 16, purpose: "step counter and fault flag" },
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
    bytesUploadedPerEpoch: stepsPerEpoch > 0 ? 4 * (ENTRY_WORDS * stepsPerEpoch + trainRows) : 0,
  };
}

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

function trainProgram(environment: Environment, rows: number, images: ImagesPlan): ProgramPlan {
  const { network, training } = environment;
  const clips = training.clipNorm > 0;
  const context = jobContext(environment, rows, {
    source: { input: "bytes", shuffled: true, gathered: images.parts.length > 1 },
    backward: true,
    regularised: true,
    epilogue: clips ? "store" : "update",
  });
  const output = network.layers.length - 1;
  const squares = { count: 0 };
  const steps: [string, JobPlan[]][] = [...gathers(context, images, environment.limits)];
  for (let layer = 0; layer < output; layer++) steps.push([`forward ${layer}`, [forwardJob(context, layer)]]);
  steps.push(["head", [headJob(context)]]);
  for (let layer = output - 1; layer >= 1; layer--) {
    steps.push([
      `backward ${layer}`,
      [inputGradientJob(context, layer), ...gradientJobs(context, layer + 1, squares)],
    ]);
  }
  const remaining = output === 0 ? [0] : [0, 1];
  const last = remaining.flatMap((layer) => gradientJobs(context, layer, squares));
  if (clips) {
    steps.push(["gradients", last]);
    const updates = network.layers.map((_, layer) => clippedUpdateJob(context, layer, squares.count));
    steps.push(["clipped update", [...updates, stepResultJob(rows)]]);
  } else {
    steps.push(["update", [...last, stepResultJob(rows)]]);
  }
  return {
    rows,
    activations: context.activations,
    buffers: [
      {
        name: "activations",
        bytes: 16 * context.activations.vectors,
        purpose: "activations and deltas of a batch",
      },
      ...(clips
        ? [
            {
              name: "gradients",
              bytes: 16 * context.parameters.vectors,
              purpose: "gradients before clipping",
            },
            { name: "squares", bytes: 4 * squares.count, purpose: "sums of squares per tile" },
          ]
        : []),
    ],
    dispatches: sequence(environment, steps),
  };
}

/** Forward pass and counts over a split in the data set's own order. */
export function planEvaluation(
  base: Plan,
  limits: PlanLimits,
  splitRows: number,
): ProgramPlan & { images: ImagesPlan } {
  const environment: Environment = { ...base, limits };
  const { network } = base;
  const rows = Math.min(EVALUATION_ROWS, splitRows);
  const images = planImages(network, splitRows, limits);
  const context = jobContext(environment, rows, {
    source: { input: "bytes", shuffled: false, gathered: images.parts.length > 1 },
    resultsByDatasetRow: true,
  });
  const output = network.layers.length - 1;
  const steps: [string, JobPlan[]][] = [...gathers(context, images, limits)];
  for (let layer = 0; layer < output; layer++) steps.push([`forward ${layer}`, [forwardJob(context, layer)]]);
  steps.push(["head", [headJob(context)]], ["confusion", [confusionJob(context)]]);
  const chunks = Math.ceil(splitRows / rows);
  const buffers: BufferPlan[] = [
    { name: "control", bytes: 16, purpose: "chunk counter" },
    { name: "schedule", bytes: 4 * ENTRY_WORDS * chunks, purpose: "first row and rows of each chunk" },
    { name: "results", bytes: RESULT_BYTES * splitRows, purpose: "loss, class and rank of each row" },
    { name: "confusion", bytes: 4 * network.classes ** 2, purpose: "confusion matrix" },
    { name: "activations", bytes: 16 * context.activations.vectors, purpose: "activations of a chunk" },
    ...gatheredBatch(images, rows),
  ];
  checkBuffers([...buffers, ...imageBuffers(images)], limits);
  return {
    rows,
    activations: context.activations,
    buffers,
    dispatches: sequence(environment, steps),
    images,
  };
}

/** One batch of inputs given as floats: predictions, or gradients without any regularisation. */
export function planFloats(base: Plan, limits: PlanLimits, rows: number, gradients: boolean): ProgramPlan {
  const environment: Environment = { ...base, limits };
  const { network } = base;
  const context = jobContext(environment, rows, {
    source: { input: "floats", shuffled: false, gathered: false },
    backward: gradients,
    storeProbabilities: true,
    epilogue: "store",
  });
  const output = network.layers.length - 1;
  const squares = { count: 0 };
  const steps: [string, JobPlan[]][] = [];
  for (let layer = 0; layer < output; layer++) steps.push([`forward ${layer}`, [forwardJob(context, layer)]]);
  steps.push(["head", [headJob(context)]]);
  if (gradients) {
    for (let layer = output - 1; layer >= 1; layer--) {
      steps.push([`input gradient ${layer}`, [inputGradientJob(context, layer)]]);
    }
    for (let layer = output; layer >= 0; layer--) {
      const [weight, bias] = gradientJobs(context, layer, squares);
      steps.push([`weight gradient ${layer}`, [weight]], [`bias gradient ${layer}`, [bias]]);
    }
  }
  const buffers: BufferPlan[] = [
    { name: "control", bytes: 16, purpose: "fault flag" },
    { name: "schedule", bytes: 4 * ENTRY_WORDS, purpose: "rows of this batch" },
    { name: "results", bytes: RESULT_BYTES * rows, purpose: "loss, class and rank of each row" },
    { name: "labels", bytes: 4 * Math.ceil(rows / 4), purpose: "labels of this batch" },
    { name: "activations", bytes: 16 * context.activations.vectors, purpose: "inputs and activations" },
    ...(gradients
      ? [
          { name: "gradients", bytes: 16 * context.parameters.vectors, purpose: "gradients" },
          { name: "squares", bytes: 4 * squares.count, purpose: "sums of squares per tile" },
        ]
      : []),
  ];
  checkBuffers(buffers, limits);
  return { rows, activations: context.activations, buffers, dispatches: sequence(environment, steps) };
}

function jobContext(
  environment: Environment,
  rows: number,
  given: Partial<JobContext> & Pick<JobContext, "source">,
): JobContext {
  const { network, training, tuning } = environment;
  const backward = given.backward ?? false;
  const storeProbabilities = given.storeProbabilities ?? false;
  return {
    network,
    training,
    tuning,
    rows,
    parameters: parameterLayout(network),
    activations: activationLayout(network, rows, {
      input: given.source.input === "floats",
      backward,
      probabilities: storeProbabilities,
    }),
    regularised: false,
    resultsByDatasetRow: false,
    epilogue: "update",
    ...given,
    backward,
    storeProbabilities,
  };
}

/** Cuts a split into parts that fit a binding. @throws LimitError when a single row does not. */
export function planImages(network: Network, rows: number, limits: PlanLimits): ImagesPlan {
  const words = imageWords(network.input);
  const most = Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / (4 * words));
  if (most < 1) {
    throw new LimitError(
      "maxStorageBufferBindingSize",
      4 * words,
      limits.maxStorageBufferBindingSize,
      "one input row",
    );
  }
  const parts: ImagesPlan["parts"] = [];
  for (let first = 0; first < rows; first += most) parts.push({ first, rows: Math.min(most, rows - first) });
  return { parts, words };
}

/** Where a split lies in several parts, the rows of a batch are copied into `images` first. */
function gatheredBatch(images: ImagesPlan, rows: number): BufferPlan[] {
  if (images.parts.length === 1) return [];
  return [{ name: "images", bytes: 4 * images.words * rows, purpose: "pixels of the batch" }];
}

/** The names and sizes of a split's image buffers. */
export function imageBuffers(images: ImagesPlan): BufferPlan[] {
  const bytes = (rows: number): number => 4 * images.words * rows;
  if (images.parts.length === 1) {
    return [{ name: "images", bytes: bytes(images.parts[0].rows), purpose: "pixels of the split" }];
  }
  return images.parts.map((part, index) => ({
    name: `imagesPart${index}`,
    bytes: bytes(part.rows),
    purpose: `pixels of rows ${part.first} to ${part.first + part.rows - 1}`,
  }));
}

/** The dispatches that copy a batch together; none where all rows are in one buffer. */
function gathers(context: JobContext, images: ImagesPlan, limits: PlanLimits): [string, JobPlan[]][] {
  if (images.parts.length === 1) return [];
  const jobs = images.parts.map((part, index) =>
    gatherJob(context, `imagesPart${index}`, part, images.words),
  );
  // schedule, control and the gathered batch are bound as well
  const most = limits.maxStorageBuffersPerShaderStage - 3;
  const steps: [string, JobPlan[]][] = [];
  for (let i = 0; i < jobs.length; i += most) steps.push([`gather ${steps.length}`, jobs.slice(i, i + most)]);
  return steps;
}

function sequence(environment: Environment, steps: [string, JobPlan[]][]): DispatchPlan[] {
  // A program of one dispatch serves a single batch and has no counter to advance.
  return steps.map(([name, jobs], index) =>
    dispatch(environment, name, jobs, { first: index === 0, last: index > 0 && index === steps.length - 1 }),
  );
}

function dispatch(
  { limits, tuning, shaders }: Environment,
  name: string,
  jobs: JobPlan[],
  place: { first?: boolean; last?: boolean },
): DispatchPlan {
  const { workgroupSize, unrolled } = tuning;
  const { first = false, last = false } = place;
  const source = { jobs, workgroupSize, unrolled, first, last, shaders };
  const bindings = bindingsOf(source);
  const what = `dispatch "${name}"`;
  atMost("maxStorageBuffersPerShaderStage", bindings.length, limits, what);
  atMost("maxComputeInvocationsPerWorkgroup", workgroupSize, limits, what);
  atMost("maxComputeWorkgroupSizeX", workgroupSize, limits, what);
  const workgroups = sum(jobs.map((job) => job.workgroups));
  const x = Math.min(workgroups, limits.maxComputeWorkgroupsPerDimension);
  const y = Math.ceil(workgroups / x);
  atMost("maxComputeWorkgroupsPerDimension", y, limits, what);
  return { ...source, name, bindings, grid: [x, y] };
}

function atMost(limit: keyof PlanLimits, needed: number, limits: PlanLimits, what: string): void {
  if (needed > limits[limit]) throw new LimitError(limit, needed, limits[limit], what);
}

function checkBuffers(buffers: BufferPlan[], limits: PlanLimits): void {
  for (const { name, bytes, purpose } of buffers) {
    for (const limit of ["maxStorageBufferBindingSize", "maxBufferSize"] as const) {
      if (bytes > limits[limit]) {
        throw new LimitError(
          limit,
          bytes,
          limits[limit],
          `buffer "${name}" (${purpose})`,
          "Use fewer units or a smaller batch, or an adapter with larger limits.",
        );
      }
    }
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

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
