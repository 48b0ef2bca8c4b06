/**
 * The bill: what the long form costs beside the short one as a network grows, from the shapes, and measured where it
 * fits in memory. It answers why the short form exists.
 */
import type { FloatArray } from "../../core/engine.ts";
import { Random } from "../../core/rng.ts";
import type { Network } from "../../core/spec.ts";
import { targets } from "../../cpu/softmax.ts";
import { initialParameters } from "../../model/parameters.ts";
import { formCosts, type FormCost } from "./cost.ts";
import { evaluate, operandsOf, type Valued } from "./operations.ts";
import { outline } from "./outline.ts";
import { networkOf } from "./start.ts";
import type { MatrixPlan, StageName } from "./types.ts";

/** From what can be read to the reference network, every one a few times as large as the one before. */
export const BILL_SIZES: readonly (readonly number[])[] = [
  [4, 3, 3],
  [8, 8, 4],
  [16, 16, 10],
  [49, 32, 10],
  [98, 64, 10],
  [196, 128, 10],
  [392, 256, 10],
  [784, 512, 10],
];

/** So long both forms of the smallest network run unmeasured first, so that their code is compiled for all that follow. */
const WARM_UP_SECONDS = 0.15;
/** A timing is repeated until this much time is spent on it, or often enough; the shortest counts. */
const ENOUGH_SECONDS = 0.05;
const ENOUGH_TIMINGS = 50;
/** What takes longer than that is still timed so often, as the first time also compiles; but not for longer than this. */
const LEAST_TIMINGS = 4;
const MOST_SECONDS = 0.4;
/** What takes less is timed several times in a row: the clock of a page may tick in tenths of a millisecond. */
const LEAST_SECONDS = 2e-3;

export interface BilledForm extends FormCost {
  /** Measured for one sample in float32, on this machine; missing where the form was only computed from the shapes. */
  seconds?: number;
}

export interface BillRow {
  /** Inputs and units of each layer. */
  sizes: readonly number[];
  long: BilledForm;
  short: BilledForm;
}

/** The bill of one sample for networks of these sizes, with relu, from their shapes alone. */
export function billOfShapes(sizes: readonly (readonly number[])[] = BILL_SIZES): BillRow[] {
  return sizes.map((each) => ({ sizes: each, ...formCosts(networkOf(each, "relu"), 1) }));
}

/**
 * The same, with the time that it takes here.
 * @param mostBytes the long form is really run only where its matrices take at most this much, in float32
 */
export function bill(mostBytes: number, sizes: readonly (readonly number[])[] = BILL_SIZES): BillRow[] {
  const rows = billOfShapes(sizes);
  const formsIn = ({ sizes: each, long }: BillRow): Forms =>
    formsOf(networkOf(each, "relu"), long.bytes <= mostBytes);
  if (rows.length > 0) warmUp(formsIn(rows[0]));
  return rows.map((row): BillRow => {
    const { long, short } = formsIn(row);
    return {
      sizes: row.sizes,
      long: { ...row.long, ...(long && { seconds: shortest(long) }) },
      short: { ...row.short, seconds: shortest(short) },
    };
  });
}

/** Each carries its form out, from the probabilities to the gradients. */
interface Forms {
  long?: () => void;
  short: () => void;
}

/** What the forms start from is worked out at once. */
function formsOf(network: Network, runLong: boolean): Forms {
  const stages = outline({ network, rows: 1, learningRate: 1, labelSmoothing: 0, longForm: runLong });
  const values = new Map<string, Valued>();
  const run = (name: StageName): void => {
    for (const { sections } of stages.filter((stage) => stage.name === name)) {
      for (const plan of sections.flatMap(({ matrices }) => matrices)) values.set(plan.id, carryOut(plan));
    }
  };
  const given = givenValues(network);
  const carryOut = ({ operation, shape }: MatrixPlan): Valued => {
    if (operation.kind === "given") return { shape, values: given[operation.source] };
    const of = operandsOf(operation).map((id) => values.get(id)!);
    return { shape, values: evaluate(operation, of, shape) };
  };
  run("forward");
  run("loss");
  return { short: () => run("short"), ...(runLong && { long: () => run("long") }) };
}

function givenValues(network: Network): Record<string, FloatArray> {
  const random = Random.fromSeed(1, "data");
  return {
    ...initialParameters(network, 1),
    inputs: Float32Array.from({ length: network.input }, () => random.uniform()),
    labels: targets("float32", [0], network.classes, 0),
  };
}

function warmUp({ long, short }: Forms): void {
  const end = performance.now() + 1000 * WARM_UP_SECONDS;
  do {
    long?.();
    short();
  } while (performance.now() < end);
}

/** Seconds. */
function shortest(work: () => void): number {
  let best = Infinity;
  let spent = 0;
  let count = 1;
  for (
    let timings = 0;
    timings < ENOUGH_TIMINGS &&
    (spent < ENOUGH_SECONDS || best === Infinity || (timings < LEAST_TIMINGS && spent < MOST_SECONDS));
    timings++
  ) {
    const start = performance.now();
    for (let i = 0; i < count; i++) work();
    const seconds = (performance.now() - start) / 1000;
    if (seconds >= LEAST_SECONDS) best = Math.min(best, seconds / count);
    else count *= 2;
    spent += seconds;
  }
  return best;
}
