/**
 * Which tiles are worth a try for a product of a certain shape: pure arithmetic, no device. Every tile of a grid gets an
 * estimate of its cost (what it reads per multiply-add, what it computes in vain at the edges, whether it leaves the
 * machine empty); the most promising come first. The estimate only has to order them: what counts is measured.
 */
import type { ProductShape, Setting, Target } from "./tuner-types.ts";
import type { ProductTile, Tuning } from "./tuning.ts";

/** Most candidates of a target. */
export const MOST_CANDIDATES = 20;

/** What is known of a kind of adapter. */
interface Machine {
  /** Sums an invocation may own: registers on a GPU, a program's length on the CPU. */
  mostSums: number;
  leastSums: number;
  /** Invocations that keep it busy. */
  busy: number;
  workgroupSizes: readonly number[];
  rows: readonly number[];
  columns: readonly number[];
}

const MACHINES: Readonly<Record<"software" | "hardware", Machine>> = {
  software: {
    mostSums: 256,
    leastSums: 16,
    busy: 64,
    workgroupSizes: [4, 8, 32, 64],
    rows: [2, 4, 8, 16, 32],
    columns: [4, 8, 16, 32, 64],
  },
  hardware: {
    mostSums: 64,
    leastSums: 4,
    busy: 32_768,
    workgroupSizes: [32, 128, 256],
    rows: [1, 2, 4, 8, 16],
    columns: [4, 8, 16],
  },
};

const HEAD_ROWS = { software: [1, 2, 4, 8, 16], hardware: [1, 2, 4] } as const;

/** What a value read costs beside a multiply-add with it. */
const READ_COST = 2;

/** The settings to try for a target, most promising first; what the table has already is not among them. */
export function candidates(target: Target, tuning: Tuning, software: boolean): Setting[] {
  const kind = software ? "software" : "hardware";
  const present = JSON.stringify(settingOf(tuning, target));
  return all(target, kind, tuning)
    .filter((setting) => JSON.stringify(setting) !== present)
    .slice(0, MOST_CANDIDATES);
}

function all(target: Target, kind: "software" | "hardware", tuning: Tuning): Setting[] {
  const machine = MACHINES[kind];
  if (target.what === "workgroupSize")
    return machine.workgroupSizes.map((workgroupSize) => ({ workgroupSize }));
  const shape = target.shape!;
  if (target.what === "head") return headSettings(shape, HEAD_ROWS[kind], tuning);
  const tiles = registerTiles(machine, target.what === "weightGradient");
  return rank(tiles, (tile) => cost(tile, shape, machine));
}

/** @param byFour rows are whole vectors of inputs, too */
function registerTiles({ rows, columns, mostSums, leastSums }: Machine, byFour: boolean): ProductTile[] {
  return rows
    .filter((count) => !byFour || count % 4 === 0)
    .flatMap((count) =>
      columns.map((width): ProductTile => ({ family: "register", rows: count, columns: width })),
    )
    .filter(({ rows: r, columns: c }) => r * c <= mostSums && r * c >= leastSums);
}

function headSettings({ m, n }: ProductShape, rows: readonly number[], { head }: Tuning): Setting[] {
  const classes4 = Math.ceil(n / 4);
  const groups = [...new Set([1, 2, 3, 4].map((group) => Math.min(group, classes4)))];
  return groups.flatMap((group4) =>
    rows
      .filter((count) => count <= m)
      .map((count): Setting => ({ family: head.family, rows: count, group4 })),
  );
}

/** Relative time of a product with a tile: reads per multiply-add, times what is computed in vain, times idleness. */
function cost({ rows, columns }: ProductTile, { m, n }: ProductShape, { busy }: Machine): number {
  const reads = 1 + READ_COST * (1 / rows + 1 / columns);
  const width = Math.min(columns, 4 * Math.ceil(n / 4));
  const tiles = [Math.ceil(m / rows), Math.ceil(n / width)];
  const inVain = (tiles[0] * rows * tiles[1] * width) / (m * n);
  const idle = Math.max(1, busy / (tiles[0] * tiles[1]));
  return reads * inVain * idle;
}

/** By rising cost; of equals the earlier one first. */
function rank<T>(items: readonly T[], of: (item: T) => number): T[] {
  return items
    .map((item) => ({ item, cost: of(item) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ item }) => item);
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
