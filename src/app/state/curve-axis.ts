/** What a logarithmic axis reaches over, and where its ticks are. Pure. */

/** Of what it reaches over, so much lies beyond the values at either end. */
const MARGIN = 0.05;

/** From the values themselves: whole powers of ten would leave most of a plot empty. Both are above 0. */
export function logLimits(least: number, most: number): [number, number] {
  const factor = Math.max(1.02, (most / least) ** MARGIN);
  return [least / factor, most * factor];
}

/** Of every power of ten, in the order of their number. */
const FACTORS = [[1, 1.5, 2, 3, 4, 6, 8], [1, 2, 5], [1, 3], [1]];

/**
 * Round values between two that are above 0, as many as there may be: some of every power of ten, or of every second, third
 * and so on. Where too few of them lie between, those of a linear axis.
 */
export function logTicks(from: number, to: number, most = 6): number[] {
  const lowest = Math.floor(Math.log10(from));
  const powers = Array.from({ length: Math.ceil(Math.log10(to)) - lowest + 1 }, (_, i) => lowest + i);
  // Read as they are written: 10 ** -5 is not 0.00001.
  const between = (factors: readonly number[], stride = 1): number[] =>
    powers
      .filter((power) => power % stride === 0)
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((value) => value >= from && value <= to);
  if (between(FACTORS[0]).length < 3) return linearTicks(from, to, most);
  const found = FACTORS.map((factors) => between(factors)).find(({ length }) => length <= most);
  if (found) return found;
  for (let stride = 2; ; stride++) {
    const ticks = between([1], stride);
    if (ticks.length <= most) return ticks;
  }
}

/** Multiples of the smallest 1, 2 or 5 of a power of ten that are no more than so many. */
function linearTicks(from: number, to: number, most: number): number[] {
  const lowest = Math.floor(Math.log10((to - from) / most));
  const steps = [0, 1].flatMap((above) => [1, 2, 5].map((factor) => Number(`${factor}e${lowest + above}`)));
  for (const step of steps) {
    const first = Math.ceil(from / step);
    const count = Math.floor(to / step) - first + 1;
    if (count > most) continue;
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toFixed(digits)));
  }
  return [];
}
