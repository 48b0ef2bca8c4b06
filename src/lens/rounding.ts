/**
 * How far a float32 computation may be from exact arithmetic on the same inputs. Everything here is derived from what
 * WGSL promises (each operation correctly rounded in an unspecified direction, subnormals possibly flushed to 0, the
 * listed accuracy of exp, log, division and sqrt), by running error analysis after Higham, "Accuracy and Stability of
 * Numerical Algorithms", chapter 3. Errors are absolute, one per element, and carried in float64.
 */
import { matmul, matmulTransposedA, matmulTransposedB } from "../cpu/dense.ts";
import type { Shape } from "../cpu/floats.ts";
import type { FloatArray } from "../core/engine.ts";
import type { Tuning } from "../gpu/tuning.ts";

/** Relative error of one operation when the rounding direction is free: 2^-23. */
export const UNIT = 2 ** -23;
/** What a flush to zero can take away: 2^-126. */
export const SMALLEST = 2 ** -126;
/** Relative error of a division, 2.5 units in the last place. */
export const DIVISION = 2.5 * UNIT;
/** Relative error of a square root, x * inverseSqrt(x): 2 units in the last place and a rounding each. */
export const SQUARE_ROOT = 5 * UNIT;

/** n u / (1 - n u): the relative error that n roundings in a row add up to. */
export function gamma(n: number): number {
  return (n * UNIT) / (1 - n * UNIT);
}

/** Relative error of exp(x), (3 + 2 |x|) units in the last place. */
export function exponentialError(x: number): number {
  return (3 + 2 * Math.abs(x)) * UNIT;
}

/** A tensor as the reference has it, and how far the same tensor may be off elsewhere, element by element. */
export interface Bounded {
  values: FloatArray;
  errors: Float64Array;
}

/** A tensor that both sides have bit for bit. */
export function exact(values: FloatArray): Bounded {
  return { values, errors: new Float64Array(values.length) };
}

/** A tensor that the other side has stored, and may read as 0 where it is subnormal. */
export function stored(values: FloatArray): Bounded {
  const wide = Float64Array.from(values);
  return { values: wide, errors: wide.map((x) => (Math.abs(x) < SMALLEST ? Math.abs(x) : 0)) };
}

/**
 * Roundings that the longest path of a kernel's sum goes through, the product's own included. A dot product of four,
 * wherever it occurs, may be summed in any order.
 */
export interface Depths {
  forward: (inputs: number) => number;
  inputGradient: (units: number) => number;
  weightGradient: (rows: number) => number;
  biasGradient: (rows: number) => number;
}

export const depths: Depths = {
  /** X.W + b: one running sum over the inputs, then the bias. */
  forward: (inputs: number): number => inputs + 1,
  /** dZ.Wt: dot products of four, added up over the units. */
  inputGradient: (units: number): number => 4 + Math.ceil(units / 4),
  /** Xt.dZ: one running sum over the rows. */
  weightGradient: (rows: number): number => rows,
  /** Column sums: a running sum without products. */
  biasGradient: (rows: number): number => rows,
};

/** The depths of the kernels that a tuning table chooses: tiles in workgroup memory add up dZ.Wt unit by unit. */
export function depthsOf(tuning: Tuning): Depths {
  const own = Object.values(tuning.layers ?? {}).map((layer) => layer.inputGradient);
  const staged = [tuning.inputGradient, ...own].some((tile) => tile?.family === "workgroup");
  return staged
    ? { ...depths, inputGradient: (units) => Math.max(units, depths.inputGradient(units)) }
    : depths;
}

const PRODUCTS = { "A.B": matmul, "At.B": matmulTransposedA, "A.Bt": matmulTransposedB };

/**
 * Errors of a matrix product whose factors may be off themselves:
 * sum (|a| + ea)(|b| + eb) - sum |a||b| + gamma_depth (sum (|a| + ea)(|b| + eb) + |bias|), and 2^-126 for every term that
 * may be flushed to 0, or that is added to a sum that is.
 * @param bias `[columns]`, exact, added to every row
 */
export function productErrors(
  form: keyof typeof PRODUCTS,
  a: Bounded,
  aShape: Shape,
  b: Bounded,
  bShape: Shape,
  depth: number,
  bias?: FloatArray,
): Float64Array {
  const product = PRODUCTS[form];
  const largest = product(magnitudes(a, 1), aShape, magnitudes(b, 1), bShape);
  const isExact = [a, b].every(({ errors }) => errors.every((error) => error === 0));
  const plain = isExact ? largest : product(magnitudes(a, 0), aShape, magnitudes(b, 0), bShape);
  const factor = gamma(depth);
  const terms = (form === "At.B" ? aShape[0] : aShape[1]) + (bias === undefined ? 0 : 1);
  const flushed = Math.max(depth, terms) * SMALLEST;
  return Float64Array.from(largest, (most, i) => {
    const offset = bias === undefined ? 0 : Math.abs(bias[i % bias.length]);
    return Math.max(0, most - plain[i]) + factor * (most + offset) + flushed;
  });
}

/** Errors of the column sums of a tensor `[rows, columns]`. */
export function columnSumErrors({ values, errors }: Bounded, [rows, columns]: Shape): Float64Array {
  const depth = depths.biasGradient(rows);
  const result = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) {
    result[i % columns] += errors[i] + gamma(depth) * (Math.abs(values[i]) + errors[i]);
  }
  return result.map((error) => error + depth * SMALLEST);
}

/** Error of a product of two numbers that may be off, rounded once. */
export function timesError(a: number, ea: number, b: number, eb: number): number {
  const carried = Math.abs(a) * eb + Math.abs(b) * ea + ea * eb;
  return carried + UNIT * (Math.abs(a * b) + carried) + SMALLEST;
}

/** |x|, plus its error when `share` is 1. */
function magnitudes({ values, errors }: Bounded, share: 0 | 1): Float64Array {
  return Float64Array.from(values, (value, i) => Math.abs(value) + share * errors[i]);
}
