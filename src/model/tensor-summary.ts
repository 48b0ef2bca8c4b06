/** A tensor in a few numbers: what a person looks at to see whether weights are sound. */
import type { FloatArray } from "../core/engine.ts";
import { histogram } from "../core/histogram.ts";

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
  const { least, most, mean, counts } = histogram(values, { bins: BINS });
  let squares = 0;
  for (const value of values) squares += value * value;
  return { name, shape, min: least, mean, max: most, norm: Math.sqrt(squares), histogram: counts };
}
