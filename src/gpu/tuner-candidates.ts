/**
 * Which tiles are worth a try for a product of a certain shape: pure arithmetic, no device. Every tile of a grid gets an
 * estimate of its cost (what it reads per multiply-add, what it computes in vain at the edges, whether it leaves the
 * machine empty); the most promising of each family come first, and the families take turns. The estimate only has to
 * order them: what counts is measured.
 */
import type { PlanLimits } from "./plan-types.ts";
import type { ProductShape, Setting, Target } from "./tuner-types.ts";
import type { ProductTile, Tuning } from "./tuning.ts";

/** Most candidates of a target. */
export const MOST_CANDIDATES = 20;

/** What candidates are made for. */
export interface Device {
  software: boolean;
  limits: PlanLimits;
}

type Family = ProductTile["family"];

/** What is known of a kind of adapter. */
interface Machine {
  /** Families in the order in which they take turns. */
  turns: readonly Family[];
  /** Sums an invocation may own: registers on a GPU, the length of a program on the CPU. */
  mostSums: number;
  leastSums: number;
  /** Beyond so many, an invocation is taken to wait for what its registers do not hold. */
  heldSums: number;
  /** Invocations that keep it busy, and workgroups where tiles are theirs. */
  busy: number;
  busyGroups: number;
  workgroupSizes: readonly number[];
  rows: readonly number[];
  columns: readonly number[];
  headRows: readonly number[];
  headFamilies: readonly Tuning["head"]["family"][];
  /** Into how many parts K may be cut where that is possible. */
  splits: readonly number[];
}

const MACHINES: Readonly<Record<"software" | "hardware", Machine>> = {
  software: {
    turns: ["subgroup", "register"],
    mostSums: 256,
    leastSums: 16,
    heldSums: 256,
    busy: 64,
    busyGroups: 1,
    workgroupSizes: [4, 8, 32, 64],
    rows: [2, 4, 8, 16, 32],
    columns: [4, 8, 16, 32, 64],
    headRows: [1, 2, 4, 8, 16],
    headFamilies: ["register"],
    splits: [1],
  },
  hardware: {
    turns: ["workgroup", "workgroup", "register", "workgroup", "subgroup"],
    mostSums: 256,
    leastSums: 4,
    heldSums: 64,
    busy: 32_768,
    busyGroups: 128,
    workgroupSizes: [32, 128, 256],
    rows: [1, 2, 4, 8, 16],
    columns: [4, 8, 16],
    headRows: [1, 2, 4],
    headFamilies: ["workgroup", "register"],
    splits: [1, 2, 4, 8],
  },
};

/** Sides of the tile of a workgroup, slices of K, and sums of an invocation in it. */
const TILE_SIDES = [16, 32, 64, 128];
const DEPTHS = [8, 16, 32];
const OWN_SUMS = [
  [4, 4],
  [4, 8],
  [8, 4],
  [8, 8],
  [8, 16],
  [16, 16],
] as const;
/** Fewer invocations than this do not fill a workgroup. */
const LEAST_INVOCATIONS = 32;
/** Workgroup memory for anything else. */
const OTHER_BYTES = 256;
/** Subgroups wider than this would need tiles taller than registers hold. */
const WIDEST_SUBGROUP = 8;

/** What a value costs beside a multiply-add with it: read from a buffer, or from what a workgroup shares. */
const READ_COST = 2;
const SHARED_READ_COST = 0.5;
/** What a part of K costs that is added up later, and a workgroup's wait for another slice of K. */
const SPLIT_COST = 0.05;
const SLICE_COST = 0.5;

/** The settings to try for a target, most promising first; what the table has already is not among them. */
export function candidates(target: Target, tuning: Tuning, device: Device): Setting[] {
  const present = JSON.stringify(settingOf(tuning, target));
  const order = all(target, device).filter((setting) => JSON.stringify(setting) !== present);
  // The estimate knows nothing of a GPU's registers: the best tile of every size is measured, wherever it stands.
  const sized = OWN_SUMS.flatMap((sums) => order.find((setting) => owns(setting, sums)) ?? []);
  const others = order.filter((setting) => !sized.includes(setting));
  const kept = new Set([...sized, ...others.slice(0, MOST_CANDIDATES - sized.length)]);
  return order.filter((setting) => kept.has(setting));
}

function owns(setting: Setting, [rows, columns]: readonly [number, number]): boolean {
  return "columns" in setting && setting.rows === rows && setting.columns === columns;
}

function all(target: Target, { software, limits }: Device): Setting[] {
  const machine = MACHINES[software ? "software" : "hardware"];
  if (target.what === "workgroupSize")
    return machine.workgroupSizes.map((workgroupSize) => ({ workgroupSize }));
  const shape = target.shape!;
  if (target.what === "head") return headSettings(shape, machine);
  const splits = target.splittable ? machine.splits : [1];
  const byFour = target.what === "weightGradient";
  const families: Record<Family, ProductTile[]> = {
    register: registerTiles(machine, byFour).flatMap((tile) => inParts(tile, splits)),
    subgroup: subgroupTiles(machine, limits),
    workgroup: workgroupTiles(machine, limits).flatMap((tile) => inParts(tile, splits)),
  };
  const ranked = {
    register: rank(families.register, (tile) => cost(tile, shape, machine)),
    subgroup: rank(families.subgroup, (tile) => cost(tile, shape, machine)),
    workgroup: rank(families.workgroup, (tile) => cost(tile, shape, machine)),
  };
  return takeTurns(machine.turns, ranked);
}

/** @param byFour rows are whole vectors of inputs, too */
function registerTiles(machine: Machine, byFour: boolean): ProductTile[] {
  return sides(machine)
    .filter(([rows]) => !byFour || rows % 4 === 0)
    .map(([rows, columns]) => ({ family: "register", rows, columns }));
}

/** None where the device has no subgroups of one size. */
function subgroupTiles(machine: Machine, { subgroupSize }: PlanLimits): ProductTile[] {
  if (subgroupSize === 0 || subgroupSize > WIDEST_SUBGROUP) return [];
  return sides(machine)
    .filter(([rows]) => rows % (4 * Math.ceil(subgroupSize / 4)) === 0 && rows >= 8)
    .map(([rows, columns]) => ({ family: "subgroup", rows, columns, lanes: subgroupSize }));
}

function sides({ rows, columns, mostSums, leastSums }: Machine): (readonly [number, number])[] {
  return rows
    .flatMap((count) => columns.map((width) => [count, width] as const))
    .filter(([r, c]) => r * c <= mostSums && r * c >= leastSums);
}

function workgroupTiles({ turns }: Machine, limits: PlanLimits): ProductTile[] {
  if (!turns.includes("workgroup")) return [];
  const most = Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
  return OWN_SUMS.flatMap(([rows, columns]) =>
    TILE_SIDES.flatMap((tileRows) =>
      TILE_SIDES.flatMap((tileColumns) =>
        DEPTHS.map((depth): ProductTile => ({
          family: "workgroup",
          rows,
          columns,
          tileRows,
          tileColumns,
          depth,
        })),
      ),
    ),
  ).filter((tile) => {
    const count = invocations(tile);
    const bytes = stagedBytes(tile) + OTHER_BYTES;
    return count >= LEAST_INVOCATIONS && count <= most && bytes <= limits.maxComputeWorkgroupStorageSize;
  });
}

/** About what a workgroup stages: two slices of both factors, with a vector of padding for each line. */
function stagedBytes(tile: ProductTile): number {
  if (tile.family !== "workgroup") return 0;
  return 2 * 16 * tile.depth * (tile.tileRows / 4 + tile.tileColumns / 4 + 2);
}

function inParts(tile: ProductTile, splits: readonly number[]): ProductTile[] {
  if (tile.family === "subgroup" || splits.length === 1) return [tile];
  return splits.map((count) => ({ ...tile, splits: count }));
}

function headSettings({ m, n }: ProductShape, { headRows, headFamilies }: Machine): Setting[] {
  const classes4 = Math.ceil(n / 4);
  const groups = [...new Set([3, 2, 1, 4].map((group) => Math.min(group, classes4)))];
  return headFamilies.flatMap((family) =>
    groups.flatMap((group4) =>
      (family === "workgroup" ? [1] : headRows.filter((count) => count <= m)).map((rows) => ({
        family,
        rows,
        group4,
      })),
    ),
  );
}

/** Invocations that share a tile. */
function invocations(tile: ProductTile): number {
  if (tile.family === "register") return 1;
  if (tile.family === "subgroup") return tile.lanes;
  return (tile.tileRows / tile.rows) * (tile.tileColumns / tile.columns);
}

/** Relative time of a product with a tile: reads per multiply-add, times what is computed in vain, times idleness. */
function cost(tile: ProductTile, { m, n }: ProductShape, { busy, busyGroups, heldSums }: Machine): number {
  const width4 = Math.ceil(n / 4);
  const [height, width] = shared(tile, width4);
  const tiles = [Math.ceil(m / height), Math.ceil(n / width)];
  const inVain = (tiles[0] * height * tiles[1] * width) / (m * n);
  const splits = tile.family === "subgroup" ? 1 : (tile.splits ?? 1);
  const parts = tiles[0] * tiles[1] * splits;
  const groups = tile.family === "workgroup" ? busyGroups / parts : 0;
  const idle = Math.max(1, busy / (parts * invocations(tile)), groups);
  const spilt = Math.max(1, (tile.rows * tile.columns) / heldSums);
  return reads(tile, height, width) * inVain * idle * spilt * (1 + SPLIT_COST * (splits - 1));
}

/** Sides of what is computed together. */
function shared(tile: ProductTile, width4: number): [height: number, width: number] {
  switch (tile.family) {
    case "register":
      return [tile.rows, Math.min(tile.columns, 4 * width4)];
    case "subgroup":
      return [tile.rows, tile.lanes * Math.min(tile.columns, 4 * Math.ceil(width4 / tile.lanes))];
    case "workgroup":
      return [tile.tileRows, tile.tileColumns];
  }
}

function reads(tile: ProductTile, height: number, width: number): number {
  const buffer = 1 / height + 1 / width;
  if (tile.family === "register") return 1 + READ_COST * buffer;
  const own = 1 / tile.rows + 1 / tile.columns;
  const slices = tile.family === "workgroup" ? SLICE_COST / tile.depth : 0;
  return 1 + READ_COST * buffer + SHARED_READ_COST * own + slices;
}

/** By rising cost; of equals the earlier one first. */
function rank<T>(items: readonly T[], of: (item: T) => number): T[] {
  return items
    .map((item) => ({ item, cost: of(item) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ item }) => item);
}

/** The best of each family in turn, until all are through. */
function takeTurns(turns: readonly Family[], ranked: Record<Family, ProductTile[]>): ProductTile[] {
  const left = {
    register: [...ranked.register],
    subgroup: [...ranked.subgroup],
    workgroup: [...ranked.workgroup],
  };
  const order: ProductTile[] = [];
  while (turns.some((family) => left[family].length > 0)) {
    for (const family of turns) {
      const tile = left[family].shift();
      if (tile !== undefined) order.push(tile);
    }
  }
  return order;
}

/** What a table has for a target. */
export function settingOf(tuning: Tuning, { what, layer }: Target): Setting {
  if (what === "workgroupSize") return { workgroupSize: tuning.workgroupSize };
  if (what === "head") return tuning.head;
  return (layer === null ? undefined : tuning.layers?.[layer]?.[what]) ?? tuning[what];
}

/** The table with another setting for a target. */
export function withSetting(tuning: Tuning, { what, layer }: Target, setting: Setting): Tuning {
  if ("workgroupSize" in setting) return { ...tuning, workgroupSize: setting.workgroupSize };
  if (what === "head" || what === "workgroupSize") return { ...tuning, head: setting as Tuning["head"] };
  if (layer === null) return { ...tuning, [what]: setting };
  return {
    ...tuning,
    layers: { ...tuning.layers, [layer]: { ...tuning.layers?.[layer], [what]: setting } },
  };
}
