/** A tensor in a few numbers: what a person looks at to see whether weights are sound. */
import type { FloatArray } from "../core/engine.ts";

export interface TensorSummary {
  name: string;
  shape: number[];
  min: number;
  mean: number;
  max: number;
  /** Euclidean: the root of the sum of squares. */
  norm: number;
  /** How many values lie in each of equal parts from min to max. */
  histogram: number[];
}

const BINS = 24;

/** @param values `[n]`, n at least 1, finite */
export function summarizeTensor(name: string, shape: number[], values: FloatArray): TensorSummary {
  let [min, max, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    squares += value * value;
  }
  const histogram: number[] = Array.from({ length: BINS }, () => 0);
  const range = max - min;
  for (const value of values) {
    // The largest belongs to the last bin; where all are equal, to the middle one.
    const bin = range > 0 ? Math.floor((BINS * (value - min)) / range) : BINS / 2;
    histogram[Math.min(BINS - 1, bin)]++;
  }
  return { name, shape, min, mean: sum / values.length, max, norm: Math.sqrt(squares), histogram };
}
