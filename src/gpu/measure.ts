/** How long something takes that is too short for a clock: many times in a row, several times over, the median. */

export interface MeasureOptions {
  /** Milliseconds that one batch should take. */
  batchMs: number;
  /** Batches that are timed. */
  samples: number;
  /** Most runs in a batch. */
  most?: number;
  /** Stops after the first batch when a run takes more milliseconds than this. */
  hopeless?: number;
}

export interface Measurement {
  /** Milliseconds of one run: the median over the batches. */
  ms: number;
  /** Milliseconds of one run in each batch. */
  times: number[];
  /** Runs in each batch. */
  runs: number;
}

/** Batches grow by no more than this at a time: a first run can be slower than all others. */
const GROWTH = 16;

/** @param batch runs it so many times in a row and gives the milliseconds that took */
export async function measure(
  batch: (runs: number) => Promise<number>,
  { batchMs, samples, most = 1000, hopeless = Infinity }: MeasureOptions,
): Promise<Measurement> {
  // What a first run has to wait for does not count.
  await batch(1);
  let runs = 1;
  let first = await batch(runs);
  while (first < batchMs / 2 && runs < most) {
    const wanted = Math.ceil((runs * batchMs) / Math.max(first, batchMs / GROWTH));
    runs = Math.min(most, Math.max(runs + 1, wanted));
    first = await batch(runs);
  }
  const times = [first / runs];
  while (times.length < samples && times[0] <= hopeless) times.push((await batch(runs)) / runs);
  return { ms: median(times), times, runs };
}

/** Of at least one value; the mean of the middle two where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
