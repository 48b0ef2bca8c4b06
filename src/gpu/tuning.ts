/**
 * Which tile each kernel uses and how invocations are grouped. A table is data: a plan is made from it, a run records it,
 * and the same table on the same adapter gives the same bits.
 */
import * as v from "valibot";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const four = v.pipe(count, v.multipleOf(4));

/**
 * How a matrix product C [M, N] = sum over K is computed.
 *
 * `register`: every invocation owns `rows` x `columns` sums and reads what it needs from the buffers. No barriers.
 * `subgroup`: the `lanes` invocations of a subgroup stand side by side, each with `rows` x `columns` sums, and hand round
 * what they share. For adapters whose subgroups all have that size.
 *
 * `workgroup`: every workgroup owns `tileRows` x `tileColumns` sums, of which each invocation owns `rows` x `columns`;
 * slices of `depth` along K are staged in workgroup memory.
 *
 * `splits` cuts K into as many parts, each summed by invocations of its own, where C alone would leave the machine empty; by
 * default as many as `occupancy` suggests. Only the forward product in front of the head can be split.
 */
const tileEntries = v.variant("family", [
  v.object({ family: v.literal("register"), rows: count, columns: four, splits: v.optional(count) }),
  v.object({ family: v.literal("subgroup"), rows: four, columns: four, lanes: count }),
  v.object({
    family: v.literal("workgroup"),
    rows: four,
    columns: four,
    tileRows: four,
    tileColumns: four,
    depth: four,
    splits: v.optional(count),
  }),
]);
export type ProductTile = v.InferOutput<typeof tileEntries>;

/** The three products of a dense layer: X.W, dZ.Wt and Xt.dZ. */
export const PRODUCTS = ["forward", "inputGradient", "weightGradient"] as const;
export type ProductKind = (typeof PRODUCTS)[number];

/**
 * `register`: every invocation owns `rows` whole rows and holds `group4` vectors of four classes at a time.
 * `workgroup`: every row has a workgroup of its own.
 */
const headEntries = v.object({ family: v.picklist(["register", "workgroup"]), rows: count, group4: count });

const tuningEntries = v.object({
  name: v.string(),
  /** Invocations per workgroup, where no tile says otherwise. */
  workgroupSize: count,
  /** Expand marked loops and arrays of the shaders before compiling them. */
  unrolled: v.boolean(),
  /** M = rows of the batch, N = units, K = inputs. */
  forward: tileEntries,
  /** M = rows of the batch, N = inputs, K = units. */
  inputGradient: tileEntries,
  /** M = inputs, N = units, K = rows of the batch. */
  weightGradient: tileEntries,
  head: headEntries,
  /** Other tiles for single layers, by their index. */
  layers: v.optional(
    v.record(
      v.string(),
      v.object({
        forward: v.optional(tileEntries),
        inputGradient: v.optional(tileEntries),
        weightGradient: v.optional(tileEntries),
      }),
    ),
  ),
  /** How many workgroups keep the adapter busy. */
  occupancy: count,
  /** Steps handed over at once are bounded by an estimate: this many floating-point operations a second … */
  assumedFlops: v.number(),
  /** … this much time per dispatch, in seconds … */
  dispatchSeconds: v.number(),
  /** … and this much time per submit, in seconds. */
  submitSeconds: v.number(),
});
export type Tuning = v.InferOutput<typeof tuningEntries>;

/** Whether something that was stored is a table of today's form. */
export function isTuning(value: unknown): value is Tuning {
  return v.is(tuningEntries, value);
}

/** The tile of a layer's product. */
export function tileOf(tuning: Tuning, product: ProductKind, layer: number): ProductTile {
  return tuning.layers?.[layer]?.[product] ?? tuning[product];
}

/** For adapters that run shaders on the CPU: large unrolled register tiles, few invocations, long submits. */
export const SOFTWARE_TUNING: Tuning = {
  name: "software",
  workgroupSize: 16,
  unrolled: true,
  forward: { family: "register", rows: 8, columns: 8 },
  inputGradient: { family: "register", rows: 8, columns: 8 },
  weightGradient: { family: "register", rows: 8, columns: 32 },
  head: { family: "register", rows: 4, group4: 3 },
  occupancy: 1,
  assumedFlops: 3e9,
  dispatchSeconds: 1e-4,
  submitSeconds: 1,
};

/** The same for software adapters whose subgroups have four lanes, as SwiftShader's. */
export const SUBGROUP_TUNING: Tuning = {
  ...SOFTWARE_TUNING,
  name: "software with subgroups",
  forward: { family: "subgroup", rows: 16, columns: 8, lanes: 4 },
  inputGradient: { family: "subgroup", rows: 16, columns: 8, lanes: 4 },
  weightGradient: { family: "subgroup", rows: 16, columns: 8, lanes: 4 },
};

/** For GPUs: enough invocations to fill them, submits short enough for a page to stay alive. */
export const HARDWARE_TUNING: Tuning = {
  name: "hardware",
  workgroupSize: 64,
  unrolled: true,
  forward: { family: "workgroup", rows: 4, columns: 4, tileRows: 32, tileColumns: 64, depth: 8 },
  inputGradient: { family: "workgroup", rows: 4, columns: 4, tileRows: 32, tileColumns: 64, depth: 8 },
  weightGradient: { family: "workgroup", rows: 4, columns: 8, tileRows: 64, tileColumns: 64, depth: 8 },
  head: { family: "workgroup", rows: 1, group4: 3 },
  occupancy: 256,
  assumedFlops: 4e11,
  dispatchSeconds: 1e-5,
  submitSeconds: 0.05,
};

/** The table for an adapter, before anything has been measured. @param subgroupSize as in `PlanLimits` */
export function defaultTuning(software: boolean, subgroupSize: number = 0): Tuning {
  if (!software) return HARDWARE_TUNING;
  return subgroupSize === 4 ? SUBGROUP_TUNING : SOFTWARE_TUNING;
}
