/** Medians and spreads of a handful of timings, where a mean would follow the one round that something disturbed. */

/** Value at a fraction of the sorted values, interpolated between neighbours. @throws RangeError without values */
export function quantile(values: readonly number[], fraction: number): number {
  if (values.length === 0) throw new RangeError("quantile: there are no values");
  const sorted = Float64Array.from(values).sort();
  const at = fraction * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Interquartile range over the median: half of the rounds lie within this share around it. */
export function relativeSpread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
}
