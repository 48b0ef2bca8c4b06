/**
 * The three matrix products of a dense layer as jobs. The tuning table says in which form each is computed; from here on
 * nobody else has to know.
 */
import { dropoutKey, dropoutThreshold } from "../core/rng.ts";
import { ACTIVATIONS } from "../core/spec.ts";
import type { Constant } from "./compose.ts";
import { vectors } from "./layout.ts";
import {
  dimensions,
  layerSource,
  rowConstants,
  updateRoles,
  type JobContext,
  type RoleChoice,
} from "./plan-jobs.ts";
import type { JobDraft } from "./plan-types.ts";
import { tileOf, type ProductKind, type ProductTile, type Tuning } from "./tuning.ts";

/** C [rows, columns] of a product, and the length of its sums. */
interface ProductShape {
  rows: number;
  columns: number;
  depth: number;
}

/** What a tile comes to on a shape. */
interface Tiling {
  suffix: "" | "-subgroup" | "-workgroup";
  constants: Record<string, Constant>;
  size: Pick<JobDraft, "items" | "workgroups" | "invocations" | "sharedVectors">;
  /** Invocations that end with a result of their own. */
  items: number;
  /** Parts that K is cut into. */
  parts: number;
}

/** For products that are much smaller than a workgroup's tile. */
const SMALL: ProductTile = { family: "register", rows: 4, columns: 4 };

/** Parts of K shorter than this, in vectors of four inputs, cost more than they bring. */
const LEAST_PART4 = 16;
const MOST_PARTS = 16;

function tiling(
  tuning: Tuning,
  kind: ProductKind,
  layer: number,
  shape: ProductShape,
  splittable = false,
): Tiling {
  const tile = fitting(tuning, kind, layer, shape);
  switch (tile.family) {
    case "register": {
      const width = Math.min(tile.columns, 4 * vectors(shape.columns));
      const across = Math.ceil(vectors(shape.columns) / (width / 4));
      const tiles = across * Math.ceil(shape.rows / tile.rows);
      const split = parts(tile, tiles / tuning.workgroupSize, shape, 1, tuning, splittable);
      return {
        suffix: "",
        constants: {
          ...named(kind, tile.rows, width),
          TILES_ACROSS: across,
          TILES: tiles,
          ...split.constants,
        },
        size: { items: tiles * split.count },
        items: tiles,
        parts: split.count,
      };
    }
    case "subgroup": {
      const { lanes } = tile;
      const width4 = Math.min(tile.columns / 4, Math.ceil(vectors(shape.columns) / lanes));
      const across = Math.ceil(vectors(shape.columns) / (width4 * lanes));
      const tiles = across * Math.ceil(shape.rows / tile.rows);
      return {
        suffix: "-subgroup",
        constants: { ...named(kind, tile.rows, 4 * width4), TILES_ACROSS: across, SUBGROUP_SIZE: lanes },
        size: { items: tiles * lanes },
        items: tiles * lanes,
        parts: 1,
      };
    }
    case "workgroup": {
      const { rows, columns, tileRows, tileColumns, depth } = tile;
      const across = Math.ceil(shape.columns / tileColumns);
      const tiles = across * Math.ceil(shape.rows / tileRows);
      const split = parts(tile, tiles, shape, depth / 4, tuning, splittable);
      const invocations = (tileRows / rows) * (tileColumns / columns);
      return {
        suffix: "-workgroup",
        constants: {
          ROWS: rows,
          COLUMNS: columns,
          TILE_ROWS: tileRows,
          TILE_COLUMNS: tileColumns,
          DEPTH: depth,
          TILES_ACROSS: across,
          TILES: tiles,
          COLUMNS_OF_C4: vectors(shape.columns),
          ...split.constants,
        },
        size: {
          workgroups: tiles * split.count,
          invocations,
          sharedVectors: () => 2 * depth * (tileRows / 4 + tileColumns / 4 + 2),
        },
        items: tiles * invocations,
        parts: split.count,
      };
    }
  }
}

/** The table's tile, or a small one where most of the table's would lie beside the product. */
function fitting(tuning: Tuning, kind: ProductKind, layer: number, shape: ProductShape): ProductTile {
  const tile = tileOf(tuning, kind, layer);
  const named = tuning.layers?.[layer]?.[kind] !== undefined;
  if (tile.family !== "workgroup" || named) return tile;
  const isSmall = 2 * shape.rows <= tile.tileRows || 2 * shape.columns <= tile.tileColumns;
  return isSmall ? SMALL : tile;
}

/** How K is cut, so that about as many workgroups are busy as the adapter has room for. */
function parts(
  tile: { splits?: number | undefined },
  workgroups: number,
  shape: ProductShape,
  step4: number,
  tuning: Tuning,
  splittable: boolean,
): { count: number; constants: Record<string, Constant> } {
  const depth4 = vectors(shape.depth);
  const wanted = tile.splits ?? Math.ceil(tuning.occupancy / workgroups);
  const most = tile.splits === undefined ? Math.floor(depth4 / LEAST_PART4) : depth4;
  const splits = splittable ? Math.max(1, Math.min(wanted, most, MOST_PARTS)) : 1;
  const part4 = step4 * Math.ceil(depth4 / splits / step4);
  const count = Math.max(1, Math.ceil(depth4 / part4));
  return { count, constants: { PARTS: count, PART4: count === 1 ? Math.max(part4, WHOLE) : part4 } };
}

/** Longer than any K: a part that is everything. */
const WHOLE = 2 ** 30;

/** The register and subgroup kernels call the sides of a tile by what they are. */
function named(kind: ProductKind, rows: number, columns: number): Record<string, Constant> {
  switch (kind) {
    case "forward":
      return { TILE_ROWS: rows, TILE_UNITS: columns };
    case "inputGradient":
      return { TILE_ROWS: rows, TILE_INPUTS: columns };
    case "weightGradient":
      return { TILE_INPUTS: rows, TILE_UNITS: columns };
  }
}

function forwardTiling(
  { network, tuning, rows }: Pick<JobContext, "network" | "tuning" | "rows">,
  layer: number,
): Tiling {
  const { inputs, units } = network.layers[layer];
  const beforeHead = layer === network.layers.length - 2;
  return tiling(tuning, "forward", layer, { rows, columns: units, depth: inputs }, beforeHead);
}

/** Parts in which the product below the head is summed: 1 where it is not cut, or where there is none. */
export function partsBelowHead(context: Pick<JobContext, "network" | "tuning" | "rows">): number {
  const layer = context.network.layers.length - 2;
  return layer < 0 ? 1 : forwardTiling(context, layer).parts;
}

/** What `hidden-units` has to know of the layer that it finishes. */
export function hiddenConstants(context: JobContext, layer: number): Record<string, Constant> {
  const { network, training, parameters, activations } = context;
  const { units, activation, dropout } = network.layers[layer];
  const rate = context.regularised ? dropout : 0;
  return {
    HIDDEN_LAYER: layer,
    HIDDEN_UNITS: units,
    HIDDEN_UNITS4: vectors(units),
    HIDDEN_BIAS_OFFSET: parameters.layers[layer].bias,
    HIDDEN_OFFSET: activations.activations[layer],
    TRACE: context.traced,
    HIDDEN_Z_OFFSET: activations.z[layer],
    HIDDEN_SLOPE_OFFSET: activations.deltas[layer],
    ACTIVATION: ACTIVATIONS.indexOf(activation),
    BACKWARD: context.backward,
    DROPOUT_THRESHOLD: dropoutThreshold(rate),
    DROPOUT_SCALE: { f32: 1 / (1 - rate) },
    DROPOUT_KEY: dropoutKey(training.seed, layer),
  };
}

/** Where the parts of a product lie that the head adds up. */
export function partConstants(context: JobContext, count: number): Record<string, Constant> {
  return { PARTS: count, PARTS_OFFSET: context.activations.parts, BATCH_ROWS: context.rows };
}

export function forwardJob(context: JobContext, layer: number): JobDraft {
  const { network, rows } = context;
  const { inputs, units } = network.layers[layer];
  const from = layerSource(context, layer);
  const tiles = forwardTiling(context, layer);
  const split = tiles.parts > 1;
  return {
    kernel: `dense-forward${tiles.suffix}`,
    layer,
    product: "forward",
    roles: { source: from.role, result: split ? "result-partial" : "result-activation" },
    buffers: {},
    constants: {
      ...rowConstants(context),
      ...from.constants,
      ...dimensions(context, layer),
      ...(split ? partConstants(context, tiles.parts) : hiddenConstants(context, layer)),
      ...tiles.constants,
      BACKWARD: context.backward,
    },
    ...tiles.size,
    flops: 2 * rows * inputs * units,
  };
}

/** The delta of the layer below `layer`. */
export function inputGradientJob(context: JobContext, layer: number): JobDraft {
  const { network, tuning, activations, rows } = context;
  const { inputs, units } = network.layers[layer];
  const tiles = tiling(tuning, "inputGradient", layer, { rows, columns: inputs, depth: units });
  return {
    kernel: `dense-input-gradient${tiles.suffix}`,
    layer,
    product: "inputGradient",
    roles: { result: "result-delta" },
    buffers: {},
    constants: {
      ...dimensions(context, layer),
      ...tiles.constants,
      DELTA_OFFSET: activations.deltas[layer],
      DELTA_BELOW_OFFSET: activations.deltas[layer - 1],
    },
    ...tiles.size,
    flops: 2 * rows * inputs * units,
  };
}

/** Vectors of four units that a workgroup of `dense-bias-gradient-workgroup` owns. */
const BIAS_COLUMNS4 = 8;

/** The weight gradient of a layer and, beside it, the bias gradient. `squares` counts the sums of squares so far. */
export function gradientJobs(context: JobContext, layer: number, squares: { count: number }): JobDraft[] {
  const { network, tuning, activations, rows } = context;
  const { inputs, units } = network.layers[layer];
  const from = layerSource(context, layer);
  const epilogue: RoleChoice =
    context.epilogue === "store"
      ? { roles: { epilogue: "epilogue-store" }, constants: {} }
      : updateRoles(context.training);
  const tiles = tiling(tuning, "weightGradient", layer, { rows: inputs, columns: units, depth: rows });
  const weightSquares = squares.count;
  const biasSquares = weightSquares + tiles.items;
  squares.count = biasSquares + vectors(units);
  const shared = tuning.head.family === "workgroup";
  return [
    {
      kernel: `dense-weight-gradient${tiles.suffix}`,
      layer,
      product: "weightGradient",
      roles: { source: from.role, result: "result-gradient", ...epilogue.roles },
      buffers: {},
      constants: {
        ...rowConstants(context),
        ...from.constants,
        ...dimensions(context, layer),
        ...epilogue.constants,
        ...tiles.constants,
        DELTA_OFFSET: activations.deltas[layer],
        NORM_OFFSET: weightSquares,
      },
      ...tiles.size,
      flops: 2 * rows * inputs * units,
    },
    {
      kernel: shared ? "dense-bias-gradient-workgroup" : "dense-bias-gradient",
      layer,
      roles: epilogue.roles,
      buffers: {},
      constants: {
        ...dimensions(context, layer),
        ...epilogue.constants,
        ...(shared ? { COLUMNS4: BIAS_COLUMNS4 } : {}),
        DELTA_OFFSET: activations.deltas[layer],
        NORM_OFFSET: biasSquares,
      },
      ...(shared
        ? {
            workgroups: Math.ceil(vectors(units) / BIAS_COLUMNS4),
            sharedVectors: (size: number) => size,
          }
        : { items: vectors(units) }),
      flops: rows * units,
    },
  ];
}
