/** What a dense layer, and the head behind the last one, contribute to a plan: one function per kernel. */
import { dropoutKey, dropoutThreshold } from "../core/rng.ts";
import { ACTIVATIONS, type Network, type Training } from "../core/spec.ts";
import type { Constant } from "./compose.ts";
import { vectors, type ActivationLayout, type ParameterLayout } from "./layout.ts";
import type { JobPlan } from "./plan-types.ts";
import { tileOf, type Tuning } from "./tuning.ts";

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
}

const groups = (items: number, tuning: Tuning): number =>
  Math.max(1, Math.ceil(items / tuning.workgroupSize));

/** Tiles along a row of so many units: no wider than the row, padded to vectors of four. */
function tilesAcross(units: number, wanted: number): { width: number; count: number } {
  const width = Math.min(wanted, 4 * vectors(units));
  return { width, count: Math.ceil(vectors(units) / (width / 4)) };
}

function rowConstants(context: JobContext): Record<string, Constant> {
  return { ROWS_SHUFFLED: context.source.shuffled };
}

/** The role `source` of a layer's product: the data set below the first layer, activations below the others. */
function source(context: JobContext, layer: number): { role: string; constants: Record<string, Constant> } {
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

function dimensions(context: JobContext, layer: number): Record<string, Constant> {
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

export function forwardJob(context: JobContext, layer: number): JobPlan {
  const { network, training, tuning, activations, rows } = context;
  const { inputs, units, activation, dropout } = network.layers[layer];
  const from = source(context, layer);
  const tile = tileOf(tuning, "forward", layer);
  const tiles = tilesAcross(units, tile.columns);
  const rate = context.regularised ? dropout : 0;
  return {
    kernel: "dense-forward",
    layer,
    roles: { source: from.role },
    buffers: {},
    constants: {
      ...rowConstants(context),
      ...from.constants,
      ...dimensions(context, layer),
      TILE_ROWS: tile.rows,
      TILE_UNITS: tiles.width,
      TILES_ACROSS: tiles.count,
      ACTIVATION: ACTIVATIONS.indexOf(activation),
      ACTIVATION_OFFSET: activations.activations[layer],
      BACKWARD: context.backward,
      DELTA_OFFSET: activations.deltas[layer],
      DROPOUT_THRESHOLD: dropoutThreshold(rate),
      DROPOUT_SCALE: { f32: 1 / (1 - rate) },
      DROPOUT_KEY: dropoutKey(training.seed, layer),
    },
    workgroups: groups(Math.ceil(rows / tile.rows) * tiles.count, tuning),
    flops: 2 * rows * inputs * units,
  };
}

export function headJob(context: JobContext): JobPlan {
  const { network, training, tuning, activations, rows } = context;
  const layer = network.layers.length - 1;
  const from = source(context, layer);
  const { INPUTS, INPUTS4, WEIGHT_OFFSET, BIAS_OFFSET, LAYER } = dimensions(context, layer);
  const classes4 = vectors(network.classes);
  return {
    kernel: "head",
    layer,
    roles: { source: from.role },
    buffers: {},
    constants: {
      ...rowConstants(context),
      ...from.constants,
      LAYER,
      INPUTS,
      INPUTS4,
      WEIGHT_OFFSET,
      BIAS_OFFSET,
      CLASSES: network.classes,
      CLASSES4: classes4,
      GROUP4: Math.min(classes4, tuning.head.group4),
      TILE_ROWS: tuning.head.rows,
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
    workgroups: groups(Math.ceil(rows / tuning.head.rows), tuning),
    flops: (context.backward && layer > 0 ? 4 : 2) * rows * network.layers[layer].inputs * network.classes,
  };
}

/** The delta of the layer below `layer`. */
export function inputGradientJob(context: JobContext, layer: number): JobPlan {
  const { network, tuning, activations, rows } = context;
  const tile = tileOf(tuning, "inputGradient", layer);
  const across = Math.ceil(vectors(network.layers[layer].inputs) / (tile.columns / 4));
  return {
    kernel: "dense-input-gradient",
    layer,
    roles: {},
    buffers: {},
    constants: {
      ...dimensions(context, layer),
      TILE_ROWS: tile.rows,
      TILE_INPUTS: tile.columns,
      TILES_ACROSS: across,
      DELTA_OFFSET: activations.deltas[layer],
      DELTA_BELOW_OFFSET: activations.deltas[layer - 1],
    },
    workgroups: groups(Math.ceil(rows / tile.rows) * across, tuning),
    flops: 2 * rows * network.layers[layer].inputs * network.layers[layer].units,
  };
}

/** Constants of the update rule and the files that fill its roles. */
export function updateRule(training: Training): {
  roles: Record<string, string>;
  constants: Record<string, Constant>;
} {
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

/** The weight gradient of a layer and, beside it, the bias gradient. `squares` counts the sums of squares so far. */
export function gradientJobs(context: JobContext, layer: number, squares: { count: number }): JobPlan[] {
  const { network, training, tuning, activations, rows } = context;
  const { inputs, units } = network.layers[layer];
  const from = source(context, layer);
  const rule = updateRule(training);
  const stores = context.epilogue === "store";
  const roles = stores ? { epilogue: "epilogue-store" } : { epilogue: "epilogue-update", ...rule.roles };
  const constants = stores ? {} : rule.constants;
  const tile = tileOf(tuning, "weightGradient", layer);
  const across = tilesAcross(units, tile.columns);
  const tiles = Math.ceil(vectors(inputs) / (tile.rows / 4)) * across.count;
  const weightSquares = squares.count;
  const biasSquares = weightSquares + tiles;
  squares.count = biasSquares + vectors(units);
  return [
    {
      kernel: "dense-weight-gradient",
      layer,
      roles: { source: from.role, ...roles },
      buffers: {},
      constants: {
        ...rowConstants(context),
        ...from.constants,
        ...dimensions(context, layer),
        ...constants,
        TILE_INPUTS: tile.rows,
        TILE_UNITS: across.width,
        TILES_ACROSS: across.count,
        DELTA_OFFSET: activations.deltas[layer],
        NORM_OFFSET: weightSquares,
      },
      workgroups: groups(tiles, tuning),
      flops: 2 * rows * inputs * units,
    },
    {
      kernel: "dense-bias-gradient",
      layer,
      roles,
      buffers: {},
      constants: {
        ...dimensions(context, layer),
        ...constants,
        DELTA_OFFSET: activations.deltas[layer],
        NORM_OFFSET: biasSquares,
      },
      workgroups: groups(vectors(units), tuning),
      flops: rows * units,
    },
  ];
}

/** Vectors of four that an invocation of `clipped-update` updates. */
const VECTORS_PER_ITEM = 16;

/** The update of one layer behind a clipped global norm. */
export function clippedUpdateJob(context: JobContext, layer: number, squares: number): JobPlan {
  const { training, tuning, parameters } = context;
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
    workgroups: groups(Math.ceil(count / VECTORS_PER_ITEM), tuning),
    flops: 0,
  };
}

export function stepResultJob(firstRecord: number): JobPlan {
  return {
    kernel: "step-result",
    roles: {},
    buffers: {},
    constants: { RECORDS_OFFSET: firstRecord },
    workgroups: 1,
    flops: 0,
  };
}

export function confusionJob(context: JobContext): JobPlan {
  return {
    kernel: "confusion",
    roles: {},
    buffers: {},
    constants: { ...rowConstants(context), CLASSES: context.network.classes },
    workgroups: groups(context.rows, context.tuning),
    flops: 0,
  };
}

/** Copies the rows of a batch that lie in one part of a split data set together. */
export function gatherJob(
  context: JobContext,
  buffer: string,
  part: { first: number; rows: number },
  words: number,
): JobPlan {
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
    workgroups: groups(context.rows * words, context.tuning),
    flops: 0,
  };
}

export function snapshotJob(buffer: string, count: number, tuning: Tuning): JobPlan {
  return {
    kernel: "snapshot",
    roles: {},
    buffers: { state: buffer, snapshot: `${buffer}Snapshot` },
    constants: { VECTORS: count },
    workgroups: groups(count, tuning),
    flops: 0,
  };
}
