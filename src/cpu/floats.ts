/**
 * In which precision the reference computes. A float64 engine stores everything in `Float64Array`s and is the
 * specification. A float32 engine stores everything in `Float32Array`s: each stored number (an element of X, z, slope,
 * a, logits, probabilities, deltas, gradients, moments, parameters, row losses) is rounded to float32 once, when it is
 * stored. What lives only inside an operation is float64 in both: the running sum of a dot product, the terms of one
 * elementwise formula, the learning rate and the other numbers of a step, means over rows, the gradient norm.
 */
import type { FloatArray, Parameters } from "../core/engine.ts";
import { ShapeError } from "../core/errors.ts";

export type Precision = "float64" | "float32";

/** `[rows, columns]` of a row-major matrix. */
export type Shape = readonly [rows: number, columns: number];

/** Zeros in the given precision. */
export function floats(precision: Precision, size: number): FloatArray {
  return precision === "float64" ? new Float64Array(size) : new Float32Array(size);
}

/** Zeros in the precision of another array: every operation answers in the precision of its operands. */
export function floatsLike(array: FloatArray, size: number): FloatArray {
  return floats(array instanceof Float64Array ? "float64" : "float32", size);
}

/** A copy in the given precision. */
export function toPrecision(precision: Precision, values: ArrayLike<number>): FloatArray {
  return precision === "float64" ? Float64Array.from(values) : Float32Array.from(values);
}

/** Copies of all tensors in the given precision. */
export function tensorsToPrecision(precision: Precision, tensors: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, values]) => [name, toPrecision(precision, values)]),
  );
}

/** @throws ShapeError when an array is not as long as its shape says. */
export function checkLength(what: string, values: ArrayLike<number>, shape: readonly number[]): void {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (values.length !== size) {
    throw new ShapeError(
      `${what} is [${shape.join(", ")}] and needs ${size} values, but ${values.length} were given`,
    );
  }
}
