/**
 * Inverted dropout (Srivastava et al., JMLR 2014): a unit is kept with probability 1 - rate and then scaled by
 * 1 / (1 - rate), so that its expectation does not change and prediction needs no correction.
 */
import type { FloatArray } from "../core/engine.ts";
import { dropoutKeeps, dropoutThreshold } from "../core/rng.ts";
import { floats, floatsLike, type Precision, type Shape } from "./floats.ts";

/** What the masks of a step depend on. */
export interface DropoutKey {
  seed: number;
  /** Counted from 0. */
  step: number;
}

/**
 * What each activation of a layer is multiplied by, 0 or 1 / (1 - rate): `[rows, units]`, a pure function of seed, step,
 * layer, position of the row in the batch, and unit.
 */
export function dropoutFactors(
  precision: Precision,
  key: DropoutKey,
  layer: number,
  rate: number,
  shape: Shape,
): FloatArray {
  const [rows, units] = shape;
  const threshold = dropoutThreshold(rate);
  const scale = 1 / (1 - rate);
  const factors = floats(precision, rows * units);
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      const keeps = dropoutKeeps(key.seed, key.step, layer, row, unit, threshold);
      factors[row * units + unit] = keeps ? scale : 0;
    }
  }
  return factors;
}

/** Elementwise product of two arrays of the same length. */
export function multiply(a: FloatArray, b: FloatArray): FloatArray {
  const result = floatsLike(a, a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i] * b[i];
  return result;
}
