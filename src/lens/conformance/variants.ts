/**
 * The forms in which every kernel has to be right: each family of tiles, expanded and as loops. Tiles are small here, so
 * that small shapes have several, and whole ones beside cut ones.
 */
import { HARDWARE_TUNING, SOFTWARE_TUNING, SUBGROUP_TUNING, type Tuning } from "../../gpu/tuning.ts";

const SMALL_REGISTER = { family: "register", rows: 4, columns: 4 } as const;
const SMALL_SUBGROUP = { family: "subgroup", rows: 8, columns: 4, lanes: 4 } as const;
const SMALL_WORKGROUP = {
  family: "workgroup",
  rows: 4,
  columns: 4,
  tileRows: 16,
  tileColumns: 16,
  depth: 8,
} as const;
/** Nine invocations that read twelve blocks of either operand in two turns, each with more than one vector across. */
const WIDE_WORKGROUP = {
  ...SMALL_WORKGROUP,
  rows: 8,
  columns: 8,
  tileRows: 24,
  tileColumns: 24,
  depth: 8,
} as const;

/** The same tiles in every layer, also where they are larger than the product. */
const everywhere = (layer: NonNullable<Tuning["layers"]>[string]): Pick<Tuning, "layers"> => ({
  layers: { 0: layer, 1: layer, 2: layer, 3: layer },
});

export const VARIANTS: readonly Tuning[] = [
  { ...SOFTWARE_TUNING, name: "8x8 tiles, unrolled" },
  { ...SOFTWARE_TUNING, name: "8x8 tiles, loops", unrolled: false },
  {
    ...SOFTWARE_TUNING,
    name: "4x4 tiles, unrolled",
    workgroupSize: 64,
    forward: { ...SMALL_REGISTER, splits: 2 },
    inputGradient: SMALL_REGISTER,
    weightGradient: SMALL_REGISTER,
    head: { family: "register", rows: 1, group4: 3 },
  },
  {
    ...SUBGROUP_TUNING,
    name: "subgroup tiles",
    forward: SMALL_SUBGROUP,
    inputGradient: SMALL_SUBGROUP,
    // Thirteen vectors of inputs for four lanes: four turns, the last cut short.
    weightGradient: { ...SMALL_SUBGROUP, rows: 52, columns: 8 },
  },
  {
    ...HARDWARE_TUNING,
    name: "workgroup tiles, unrolled",
    workgroupSize: 16,
    forward: { ...SMALL_WORKGROUP, splits: 3 },
    inputGradient: SMALL_WORKGROUP,
    weightGradient: SMALL_WORKGROUP,
    ...everywhere({
      forward: { ...SMALL_WORKGROUP, splits: 3 },
      inputGradient: SMALL_WORKGROUP,
      weightGradient: SMALL_WORKGROUP,
    }),
    head: { family: "workgroup", rows: 1, group4: 3 },
  },
  {
    ...HARDWARE_TUNING,
    name: "workgroup tiles, loops",
    unrolled: false,
    // Odd, and odd again when halved: what is added up in halves has a lane left over.
    workgroupSize: 33,
    forward: WIDE_WORKGROUP,
    inputGradient: WIDE_WORKGROUP,
    weightGradient: WIDE_WORKGROUP,
    ...everywhere({ forward: WIDE_WORKGROUP, inputGradient: WIDE_WORKGROUP, weightGradient: WIDE_WORKGROUP }),
    head: { family: "workgroup", rows: 1, group4: 2 },
  },
];

/** The size that all subgroups of a device must have for this table; 0 where it does not matter. */
export function subgroupSizeFor(tuning: Tuning): number {
  const { forward, inputGradient, weightGradient, layers = {} } = tuning;
  const own = Object.values(layers).flatMap((layer) => Object.values(layer));
  const tiles = [forward, inputGradient, weightGradient, ...own];
  return Math.max(0, ...tiles.map((tile) => (tile?.family === "subgroup" ? tile.lanes : 0)));
}
