/** What the head, the update and the smaller kernels contribute to a plan, and what every job of a layer starts from. */
import type { Network, Training } from "../core/spec.ts";
import type { Constant } from "./compose.ts";
import { vectors, type ActivationLayout, type ParameterLayout } from "./layout.ts";
import type { JobDraft } from "./plan-types.ts";
import type { Tuning } from "./tuning.ts";

/** Where the rows of a batch come from. */
export interface RowSource {
  /** `bytes`: the data set on the device; `floats`: inputs written into `activations`. */
  input: "bytes" | "floats";
  /** Looked up among the schedule's row numbers, or met in order. */
  shuffled: boolean;
  /** The images of the batch were copied together first. */
  gathered: boolean;
}

export interface JobContext {
  network: Network;
  training: Training;
  tuning: Tuning;
  parameters: ParameterLayout;
  activations: ActivationLayout;
  /** Rows of a full batch. */
  rows: number;
  source: RowSource;
  /** Training steps drop units, smooth labels and go backward. */
  backward: boolean;
  /** False where gradients are to be compared: no dropout, no smoothing. */
  regularised: boolean;
  storeProbabilities: boolean;
  resultsByDatasetRow: boolean;
  /** `store`: gradients are written; `update`: the optimiser runs at once. */
  epilogue: "update" | "store";
  /** What a step computes on its way is kept, too. */
  traced: boolean;
}

export function rowConstants(context: JobContext): Record<string, Constant> {
  return { ROWS_SHUFFLED: context.source.shuffled };
}

/** The file that fills the role `source`, and what it has to know. */
export interface SourceChoice {
  role: string;
  constants: Record<string, Constant>;
}

/** The `source` of a layer's product: the data set below the first layer, activations below the others. */
export function layerSource(context: JobContext, layer: number): SourceChoice {
  const { activations, network } = context;
  const stride = vectors(network.layers[layer].inputs);
  if (layer === 0 && context.source.input === "bytes") {
    return {
      role: "source-images",
      constants: { SOURCE_STRIDE: stride, IMAGES_GATHERED: context.source.gathered },
    };
  }
  const offset = layer === 0 ? activations.input : activations.activations[layer - 1];
  return { role: "source-activations", constants: { SOURCE_OFFSET: offset, SOURCE_STRIDE: stride } };
}

export function dimensions(context: JobContext, layer: number): Record<string, Constant> {
  const { network, parameters } = context;
  const at = parameters.layers[layer];
  return {
    LAYER: layer,
    INPUTS: network.layers[layer].inputs,
    INPUTS4: at.inputs4,
    UNITS: network.layers[layer].units,
    UNITS4: at.units4,
    WEIGHT_OFFSET: at.weight,
    BIAS_OFFSET: at.bias,
  };
}

/** Below this, a workgroup that keeps a row's logits and deltas for itself fits every device. */
const MOST_CLASSES_PER_WORKGROUP = 256;

/** @param below the parts in which the product below is summed: more than one has to be added up here */
export function headJob(context: JobContext, below: SourceChoice): JobDraft {
  const { network, training, tuning, activations, rows } = context;
  const layer = network.layers.length - 1;
  const { INPUTS, INPUTS4, WEIGHT_OFFSET, BIAS_OFFSET, LAYER } = dimensions(context, layer);
  const classes4 = vectors(network.classes);
  const group4 = Math.min(classes4, tuning.head.group4);
  const shared = tuning.head.family === "workgroup" && network.classes <= MOST_CLASSES_PER_WORKGROUP;
  return {
    kernel: shared ? "head-workgroup" : "head",
    layer,
    roles: { source: below.role },
    buffers: {},
    constants: {
      ...rowConstants(context),
      ...below.constants,
      LAYER,
      INPUTS,
      INPUTS4,
      WEIGHT_OFFSET,
      BIAS_OFFSET,
      CLASSES: network.classes,
      CLASSES4: classes4,
      GROUP4: group4,
      ...(shared ? {} : { TILE_ROWS: tuning.head.rows }),
      LOGITS_OFFSET: activations.logits,
      PROBABILITIES_OFFSET: activations.probabilities,
      STORE_PROBABILITIES: context.storeProbabilities,
      RESULTS_BY_DATASET_ROW: context.resultsByDatasetRow,
      BACKWARD: context.backward,
      DELTA_OFFSET: activations.deltas[layer],
      HIDDEN_BELOW: layer > 0,
      DELTA_BELOW_OFFSET: layer > 0 ? activations.deltas[layer - 1] : 0,
      SMOOTHING: { f32: context.regularised ? training.labelSmoothing : 0 },
    },
    ...(shared
      ? { workgroups: rows, sharedVectors: (size: number) => group4 * size + 2 * classes4 }
      : { items: Math.ceil(rows / tuning.head.rows) }),
    flops: (context.backward && layer > 0 ? 4 : 2) * rows * network.layers[layer].inputs * network.classes,
  };
}

/** Files that fill roles, and what they have to know. */
export interface RoleChoice {
  roles: Record<string, string>;
  constants: Record<string, Constant>;
}

function updateRule(training: Training): RoleChoice {
  const { optimizer, weightDecay } = training;
  const constants: Record<string, Constant> = { L2_DECAY: { f32: optimizer === "adamw" ? 0 : weightDecay } };
  if (optimizer === "sgd") return { roles: { optimizer: "optimizer-sgd" }, constants };
  if (optimizer === "momentum" || optimizer === "nesterov") {
    return {
      roles: { optimizer: "optimizer-momentum" },
      constants: { ...constants, MOMENTUM: { f32: training.momentum }, NESTEROV: optimizer === "nesterov" },
    };
  }
  return {
    roles: { optimizer: "optimizer-adam" },
    constants: {
      ...constants,
      BETA1: { f32: training.beta1 },
      ONE_MINUS_BETA1: { f32: 1 - training.beta1 },
      BETA2: { f32: training.beta2 },
      ONE_MINUS_BETA2: { f32: 1 - training.beta2 },
      EPSILON: { f32: training.epsilon },
      DECOUPLED_DECAY: optimizer === "adamw",
    },
  };
}

/** The epilogue that updates parameters at once. */
export function updateRoles(training: Training): RoleChoice {
  const { roles, constants } = updateRule(training);
  return { roles: { epilogue: "epilogue-update", ...roles }, constants };
}

/** Vectors of four that an invocation of `clipped-update` updates. */
const VECTORS_PER_ITEM = 16;

/** The update of one layer behind a clipped global norm. */
export function clippedUpdateJob(context: JobContext, layer: number, squares: number): JobDraft {
  const { training, parameters } = context;
  const at = parameters.layers[layer];
  const rule = updateRule(training);
  const count = at.end - at.weight;
  return {
    kernel: "clipped-update",
    layer,
    roles: rule.roles,
    buffers: {},
    constants: {
      ...rule.constants,
      LAYER: layer,
      SQUARES: squares,
      CLIP_NORM: { f32: training.clipNorm },
      FIRST_VECTOR: at.weight,
      VECTORS: count,
      BIAS_OFFSET: at.bias,
      VECTORS_PER_ITEM,
    },
    items: Math.ceil(count / VECTORS_PER_ITEM),
    sharedVectors: (size: number) => size,
    flops: 0,
  };
}

export function stepResultJob(firstRecord: number, tuning: Tuning): JobDraft {
  const shared = tuning.head.family === "workgroup";
  return {
    kernel: shared ? "step-result-workgroup" : "step-result",
    roles: {},
    buffers: {},
    constants: { RECORDS_OFFSET: firstRecord },
    workgroups: 1,
    ...(shared ? { sharedVectors: (size: number) => size } : {}),
    flops: 0,
  };
}

export function confusionJob(context: JobContext): JobDraft {
  return {
    kernel: "confusion",
    roles: {},
    buffers: {},
    constants: { ...rowConstants(context), CLASSES: context.network.classes },
    items: context.rows,
    flops: 0,
  };
}

/** Copies the rows of a batch that lie in one part of a split data set together. */
export function gatherJob(
  context: JobContext,
  buffer: string,
  part: { first: number; rows: number },
  words: number,
): JobDraft {
  return {
    kernel: "gather",
    roles: {},
    buffers: { part: buffer },
    constants: {
      ...rowConstants(context),
      ROW_WORDS: words,
      PART_FIRST: part.first,
      PART_END: part.first + part.rows,
    },
    items: context.rows * words,
    flops: 0,
  };
}

export function snapshotJob(buffer: string, count: number): JobDraft {
  return {
    kernel: "snapshot",
    roles: {},
    buffers: { state: buffer, snapshot: `${buffer}Snapshot` },
    constants: { VECTORS: count },
    items: count,
    flops: 0,
  };
}

/** The inputs of a batch as the first layer's product reads them. */
export function traceInputsJob(context: JobContext): JobDraft {
  const from = layerSource(context, 0);
  const { INPUTS4 } = dimensions(context, 0);
  return {
    kernel: "trace-inputs",
    roles: { source: from.role },
    buffers: {},
    constants: {
      ...rowConstants(context),
      ...from.constants,
      INPUTS4,
      INPUT_OFFSET: context.activations.input,
    },
    items: context.rows * vectors(context.network.input),
    flops: 0,
  };
}
