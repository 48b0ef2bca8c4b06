/** How values are spread: counts in equal bins from the least to the largest, with the usual moments. */

export interface Histogram {
  least: number;
  most: number;
  mean: number;
  /** Of the values themselves, not of an estimate for a larger population. */
  standardDeviation: number;
  /** Fraction of the values that are exactly 0. */
  zeros: number;
  /** Values in each bin; the last one holds the largest, too. Where all values are equal, they are in the middle. */
  counts: number[];
}

/**
 * @param values finite, at least one
 * @param options.bins of equal width
 * @param options.withoutZeros leaves exact zeros out of the bins, where they would hide everything else (moments and range keep
 *   them)
 */
export function histogram(
  values: ArrayLike<number>,
  { bins = 40, withoutZeros = false }: { bins?: number; withoutZeros?: boolean } = {},
): Histogram {
  let least = Infinity;
  let most = -Infinity;
  let sum = 0;
  let zeros = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < least) least = value;
    if (value > most) most = value;
    if (value === 0) zeros++;
    sum += value;
  }
  const mean = sum / values.length;
  const counts = Array.from({ length: bins }, () => 0);
  const range = most - least;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    squares += (value - mean) ** 2;
    if (withoutZeros && value === 0) continue;
    const bin = range > 0 ? Math.floor((bins * (value - least)) / range) : Math.floor(bins / 2);
    counts[Math.min(bins - 1, bin)]++;
  }
  return {
    least,
    most,
    mean,
    standardDeviation: Math.sqrt(squares / values.length),
    zeros: zeros / values.length,
    counts,
  };
}
