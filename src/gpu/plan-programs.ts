/** The programs of an engine as dispatches in order: a training step, an evaluation, one batch of floats. */
import type { Network } from "../core/spec.ts";
import { CONTROL_BYTES } from "./faults.ts";
import { activationLayout, imageWords, parameterLayout } from "./layout.ts";
import { checkBuffers, sequence, type Environment } from "./plan-dispatch.ts";
import { gatheredBatch, gathers, imageBuffers, planImages } from "./plan-images.ts";
import {
  clippedUpdateJob,
  confusionJob,
  headJob,
  layerSource,
  stepResultJob,
  traceInputsJob,
  type JobContext,
} from "./plan-jobs.ts";
import {
  forwardJob,
  gradientJobs,
  hiddenConstants,
  inputGradientJob,
  partConstants,
  partsBelowHead,
} from "./plan-products.ts";
import type { BufferPlan, ImagesPlan, JobDraft, Plan, PlanLimits, ProgramPlan } from "./plan-types.ts";

/** Words of a schedule entry; shaders/step.wgsl reads them. */
export const ENTRY_WORDS = 8;
/** Bytes of one row result or step record: loss, class, rank or rows, correct or step. */
export const RESULT_BYTES = 16;
/** Most rows evaluated or predicted at a time. */
const EVALUATION_ROWS = 1024;
/** What an evaluation keeps beside hidden activations and logits. */
const FORWARD_ONLY = { input: false, backward: false, probabilities: false };

/**
 * One training step.
 * @param traced what it computes on its way is kept, too: gathered inputs, z, probabilities, and every gradient, by the
 *   same kernels with another epilogue in a dispatch of its own, because bindings would run out
 */
export function trainProgram(
  environment: Environment,
  rows: number,
  images: ImagesPlan,
  traced: boolean = false,
): ProgramPlan {
  const { network, training } = environment;
  const clips = training.clipNorm > 0;
  const context = jobContext(environment, rows, {
    source: { input: "bytes", shuffled: true, gathered: images.parts.length > 1 },
    backward: true,
    regularised: true,
    epilogue: clips ? "store" : "update",
    storeProbabilities: traced,
    traced,
  });
  const storesGradients = clips || traced;
  const output = network.layers.length - 1;
  const squares = { count: 0 };
  const steps: [string, JobDraft[]][] = [...gathers(context, images, environment.limits)];
  if (traced) steps.push(["trace inputs", [traceInputsJob(context)]]);
  steps.push(...forwardSteps(context));
  const traceGradients = (layers: number[]): void => {
    if (!traced || clips) return;
    const stored = { ...context, epilogue: "store" } as const;
    steps.push([
      `trace gradients ${layers.join(", ")}`,
      layers.flatMap((layer) => gradientJobs(stored, layer, squares)),
    ]);
  };
  for (let layer = output - 1; layer >= 1; layer--) {
    traceGradients([layer + 1]);
    steps.push([
      `backward ${layer}`,
      [inputGradientJob(context, layer), ...gradientJobs(context, layer + 1, squares)],
    ]);
  }
  const remaining = output === 0 ? [0] : [0, 1];
  traceGradients(remaining);
  const last = remaining.flatMap((layer) => gradientJobs(context, layer, squares));
  if (clips) {
    steps.push(["gradients", last]);
    const updates = network.layers.map((_, layer) => clippedUpdateJob(context, layer, squares.count));
    steps.push(["clipped update", [...updates, stepResultJob(rows, environment.tuning)]]);
  } else {
    steps.push(["update", [...last, stepResultJob(rows, environment.tuning)]]);
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
      ...gatheredBatch(images, rows),
      ...(storesGradients
        ? [
            {
              name: "gradients",
              bytes: 16 * context.parameters.vectors,
              purpose: clips ? "gradients before clipping" : "gradients, traced",
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
  const bytesPerRow = Math.max(
    16 * activationLayout(network, 1, FORWARD_ONLY).vectors,
    4 * imageWords(network.input),
  );
  const rows = Math.min(EVALUATION_ROWS, splitRows, rowsThatFit(bytesPerRow, limits));
  const images = planImages(network, splitRows, limits);
  const context = jobContext(environment, rows, {
    source: { input: "bytes", shuffled: false, gathered: images.parts.length > 1 },
    resultsByDatasetRow: true,
  });
  const steps: [string, JobDraft[]][] = [...gathers(context, images, limits)];
  steps.push(...forwardSteps(context), ["confusion", [confusionJob(context)]]);
  const chunks = Math.ceil(splitRows / rows);
  const buffers: BufferPlan[] = [
    { name: "control", bytes: CONTROL_BYTES, purpose: "chunk counter" },
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

/** How many rows of so many bytes one buffer takes; at least one, which may then be refused by name. */
function rowsThatFit(bytesPerRow: number, limits: PlanLimits): number {
  const bytes = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  return Math.max(1, Math.floor(bytes / bytesPerRow));
}

/** What one batch of inputs given as floats keeps. */
const floatActivations = (backward: boolean) => ({ input: true, backward, probabilities: true });

/**
 * Rows that a program for this many is made for: some to spare, so that the next call can use it, too. Fewer than asked
 * for where the buffers would not fit, for predictions, which can be taken piece by piece.
 */
export function floatCapacity(
  network: Network,
  limits: PlanLimits,
  rows: number,
  gradients: boolean,
): number {
  const bytesPerRow = 16 * activationLayout(network, 1, floatActivations(gradients)).vectors;
  const most = rowsThatFit(bytesPerRow, limits);
  const spare = Math.min(Math.max(16, 2 ** Math.ceil(Math.log2(rows))), most);
  return gradients ? Math.max(rows, spare) : Math.min(spare, EVALUATION_ROWS);
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
  const steps: [string, JobDraft[]][] = [];
  steps.push(...forwardSteps(context));
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
    { name: "control", bytes: CONTROL_BYTES, purpose: "fault flag" },
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

/** Every hidden layer's product, then the head. */
function forwardSteps(context: JobContext): [string, JobDraft[]][] {
  const output = context.network.layers.length - 1;
  const steps: [string, JobDraft[]][] = [];
  for (let layer = 0; layer < output; layer++) steps.push([`forward ${layer}`, [forwardJob(context, layer)]]);
  const parts = partsBelowHead(context);
  const below =
    parts > 1
      ? {
          role: "source-parts",
          constants: { ...hiddenConstants(context, output - 1), ...partConstants(context, parts) },
        }
      : layerSource(context, output);
  steps.push(["head", [headJob(context, below)]]);
  return steps;
}

function jobContext(
  environment: Environment,
  rows: number,
  given: Partial<JobContext> & Pick<JobContext, "source">,
): JobContext {
  const { network, training, tuning } = environment;
  const backward = given.backward ?? false;
  const storeProbabilities = given.storeProbabilities ?? false;
  const traced = given.traced ?? false;
  return {
    network,
    training,
    tuning,
    rows,
    parameters: parameterLayout(network),
    activations: activationLayout(network, rows, {
      input: given.source.input === "floats" || traced,
      backward,
      probabilities: storeProbabilities,
      z: traced,
      parts: partsBelowHead({ network, tuning, rows }),
    }),
    regularised: false,
    resultsByDatasetRow: false,
    epilogue: "update",
    ...given,
    backward,
    storeProbabilities,
    traced,
  };
}
