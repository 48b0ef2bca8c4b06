/** The products of a dense layer by themselves, Backlit's kernels beside the products of peers. */
import { SpecError } from "../core/errors.ts";
import { Random } from "../core/rng.ts";
import { counted } from "../core/words.ts";
import { ratioRange } from "./ratios.ts";
import type {
  BackendName,
  ContenderName,
  MatmulRatio,
  MatmulResult,
  MatmulRow,
  ProductId,
} from "./result.ts";
import type { BenchEvent, BenchOptions } from "./run.ts";
import { median, relativeSpread } from "./statistics.ts";
import type { Narrowing } from "./suites.ts";
import { attempt, newTurn, takeTurns, warmUp, type Timed, type Turn } from "./turns.ts";

/** `x` is `[rows * inputs]`, `w` is `[inputs * units]`, `dz` is `[rows * units]`. */
export interface Factors {
  x: Float32Array;
  w: Float32Array;
  dz: Float32Array;
}

export interface ProductSession extends Timed {
  /** The sum over the product. Not timed. */
  total(): Promise<number>;
  readonly notes: readonly string[];
  dispose(): void;
}

export interface ProductContender {
  readonly contender: ContenderName;
  readonly backend: BackendName;
  open(id: ProductId, factors: Factors): Promise<ProductSession>;
}

interface Shape extends Omit<ProductId, "product"> {
  /** Too much for a program on the CPU. */
  hardwareOnly?: boolean;
}

/** The large products of 784-512-10 at batch 128, then squares. */
const SHAPES: readonly Shape[] = [
  { rows: 128, inputs: 784, units: 512 },
  { rows: 256, inputs: 256, units: 256 },
  { rows: 512, inputs: 512, units: 512 },
  { rows: 1024, inputs: 1024, units: 1024, hardwareOnly: true },
  { rows: 2048, inputs: 2048, units: 2048, hardwareOnly: true },
  { rows: 4096, inputs: 4096, units: 4096, hardwareOnly: true },
];
const PRODUCTS = ["X.W", "Xt.dZ", "dZ.Wt"] as const;

/** A sum over a float32 product may be off by this share of the sum of its absolute terms. */
const TOLERANCE = 1e-5;

interface Entry extends Turn {
  contender: ProductContender;
  session: ProductSession;
  agrees: boolean;
}

export async function* runMatmulSuite(
  result: MatmulResult,
  options: BenchOptions,
): AsyncGenerator<BenchEvent, void> {
  const { adapter, narrowing, protocol, signal } = options;
  const wanted = shapesOf(narrowing);
  const shapes = wanted.filter(({ hardwareOnly }) => !(hardwareOnly && adapter.software));
  if (shapes.length < wanted.length) result.notes.push("Squares of 1024 and more are for hardware adapters.");
  const ids = shapes.flatMap(({ rows, inputs, units }) =>
    PRODUCTS.map((product): ProductId => ({ product, rows, inputs, units })),
  );
  const who = options.products.filter(({ backend }) => narrowing.backend?.includes(backend) ?? true);
  for (const [index, id] of ids.entries()) {
    if (signal?.aborted) return;
    const measuring = measureProduct(result, id, drawFactors(id, protocol.seed), who, options);
    for (;;) {
      const next = await measuring.next();
      if (next.done) {
        result.rows.push(...next.value);
        result.ratios.push(...matmulRatios(next.value));
        for (const row of next.value) yield { type: "row", row };
        break;
      }
      const { phase, contender, round } = next.value;
      const counts = { done: round, total: protocol.rounds, part: index, parts: ids.length };
      yield { type: "progress", phase, contender, work: productText(id), ...counts };
    }
  }
}

/** The suite's own, or those of the hidden layers of a network that is named, at each batch. */
function shapesOf({ hidden, batch }: Narrowing): readonly Shape[] {
  if (hidden === undefined && batch === undefined) return SHAPES;
  const { rows, inputs, units } = SHAPES[0];
  const widths = [inputs, ...(hidden ?? [units])];
  const shapes = (batch ?? [rows]).flatMap((size) => {
    const layers = widths
      .slice(1)
      .map((width, layer) => ({ rows: size, inputs: widths[layer], units: width }));
    const keys = layers.map(({ inputs, units }) => `${inputs} ${units}`);
    return layers.filter((_, layer) => keys.indexOf(keys[layer]) === layer);
  });
  if (shapes.length === 0)
    throw new SpecError("hidden", "a network without hidden layers has no products here");
  return shapes;
}

async function* measureProduct(
  result: MatmulResult,
  id: ProductId,
  factors: Factors,
  who: readonly ProductContender[],
  { protocol, clock, signal }: BenchOptions,
): AsyncGenerator<{ phase: "warm-up" | "round"; contender: string; round: number }, MatmulRow[]> {
  const entries: Entry[] = [];
  const label = ({ contender, backend }: ProductContender): string => `${contender} ${backend}`;
  const skip = ({ contender, backend }: ProductContender, reason: string): void => {
    result.skipped.push({ contender, backend, reason: `${productText(id)}: ${reason}` });
  };
  const exact = exactTotal(id, factors);
  try {
    for (const contender of who) {
      if (signal?.aborted) break;
      yield { phase: "warm-up", contender: label(contender), round: 0 };
      let session: ProductSession | undefined;
      const problem = await attempt(async () => {
        session = await contender.open(id, factors);
        const total = await session.total();
        const agrees = Math.abs(total - exact.total) <= TOLERANCE * exact.scale;
        const entry = { ...newTurn(session), contender, session, agrees };
        await warmUp(entry, protocol, clock);
        entries.push(entry);
      });
      if (problem === undefined) continue;
      session?.dispose();
      skip(contender, problem);
    }
    const failed = ({ contender, session }: Entry, reason: string): void => {
      skip(contender, reason);
      session.dispose();
    };
    for await (const { turn, round } of takeTurns(entries, protocol, clock, failed, signal)) {
      yield { phase: "round", contender: label(turn.contender), round };
    }
    return entries.filter(({ rounds }) => rounds.length > 0).map((entry) => matmulRow(id, entry));
  } finally {
    for (const { session } of entries) session.dispose();
  }
}

function matmulRow(id: ProductId, { contender, session, agrees, rounds }: Entry): MatmulRow {
  const ms = median(rounds);
  return {
    contender: contender.contender,
    backend: contender.backend,
    ...id,
    ms,
    spread: relativeSpread(rounds),
    gflops: (2 * id.rows * id.inputs * id.units) / ms / 1e6,
    agrees,
    rounds: [...rounds],
    notes: [...session.notes],
  };
}

/** `X.W, 128 rows, 784 → 512` */
export function productText({ product, rows, inputs, units }: ProductId): string {
  return `${product}, ${counted(rows, "row")}, ${inputs} → ${units}`;
}

/** Backlit on WebGPU against every other row of its product; who disagrees is in no ratio. */
export function matmulRatios(rows: readonly MatmulRow[]): MatmulRatio[] {
  const ranked = rows.filter(({ agrees }) => agrees);
  const ours = ranked.filter(({ contender }) => contender === "backlit");
  return ours.flatMap((own) => {
    const { product, rows: count, inputs, units } = own;
    return ranked
      .filter((row) => row !== own && productText(row) === productText(own))
      .map(({ contender, backend, ms, rounds }) => ({
        against: contender,
        backend,
        product,
        rows: count,
        inputs,
        units,
        ratio: own.ms / ms,
        ...ratioRange(own.rounds, rounds, own.ms / ms),
      }));
  });
}

/** Evenly from -1 to 1, without zeros to gain from. */
function drawFactors({ rows, inputs, units }: ProductId, seed: number): Factors {
  const random = Random.fromSeed(seed, "data");
  const draw = (size: number): Float32Array =>
    Float32Array.from({ length: size }, () => 2 * random.uniform() - 1);
  return { x: draw(rows * inputs), w: draw(inputs * units), dz: draw(rows * units) };
}

/**
 * The sum over a product, in float64, from the sums of its factors' columns and rows; and the same of absolute values,
 * which rounding errors are a share of.
 */
export function exactTotal(
  { product, rows, inputs, units }: ProductId,
  { x, w, dz }: Factors,
): { total: number; scale: number } {
  // Sums over all but the axis that the product sums over.
  const alongColumns = (
    a: Float32Array,
    height: number,
    width: number,
    of: (v: number) => number,
  ): Float64Array => {
    const sums = new Float64Array(width);
    for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) sums[j] += of(a[i * width + j]);
    return sums;
  };
  const alongRows = (
    a: Float32Array,
    height: number,
    width: number,
    of: (v: number) => number,
  ): Float64Array =>
    Float64Array.from({ length: height }, (_, i) =>
      a.subarray(i * width, (i + 1) * width).reduce((sum, value) => sum + of(value), 0),
    );
  const dot = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  const sumOf = (of: (v: number) => number): number => {
    switch (product) {
      case "X.W":
        return dot(alongColumns(x, rows, inputs, of), alongRows(w, inputs, units, of));
      case "Xt.dZ":
        return dot(alongRows(x, rows, inputs, of), alongRows(dz, rows, units, of));
      case "dZ.Wt":
        return dot(alongColumns(dz, rows, units, of), alongColumns(w, inputs, units, of));
    }
  };
  return { total: sumOf((value) => value), scale: sumOf(Math.abs) };
}
