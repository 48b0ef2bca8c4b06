/**
 * Matrix products, as plain loops: the dense layer forward and its three gradients. The loops run in the order that
 * walks memory row by row; each sum still adds its terms one after another, with k ascending, in float64.
 */
import type { FloatArray } from "../core/engine.ts";
import { ShapeError } from "../core/errors.ts";
import { checkLength, floatsLike, type Shape } from "./floats.ts";

/**
 * C = A.B, with A `[m, k]`, B `[k, n]`, C `[m, n]`.
 * @throws ShapeError when the inner sizes or the lengths do not match.
 */
export function matmul(a: FloatArray, aShape: Shape, b: FloatArray, bShape: Shape): FloatArray {
  return addedProduct("matmul", a, aShape, b, bShape, undefined);
}

/**
 * Y = X.W + b, with X `[rows, inputs]`, W `[inputs, units]`, b `[units]`, Y `[rows, units]`. The bias is added last.
 * @throws ShapeError
 */
export function dense(
  x: FloatArray,
  xShape: Shape,
  weight: FloatArray,
  weightShape: Shape,
  bias: FloatArray,
): FloatArray {
  checkLength("dense: the bias", bias, [weightShape[1]]);
  return addedProduct("dense", x, xShape, weight, weightShape, bias);
}

function addedProduct(
  what: string,
  a: FloatArray,
  [m, k]: Shape,
  b: FloatArray,
  [kOfB, n]: Shape,
  bias: FloatArray | undefined,
): FloatArray {
  if (k !== kOfB) {
    throw new ShapeError(`${what}: A is [${m}, ${k}] but B is [${kOfB}, ${n}]; the inner sizes must match`);
  }
  checkLength(`${what}: A`, a, [m, k]);
  checkLength(`${what}: B`, b, [k, n]);
  const c = floatsLike(b, m * n);
  const sums = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    sums.fill(0);
    for (let l = 0; l < k; l++) {
      const factor = a[i * k + l];
      const start = l * n;
      for (let j = 0; j < n; j++) sums[j] += factor * b[start + j];
    }
    for (let j = 0; j < n; j++) c[i * n + j] = bias === undefined ? sums[j] : sums[j] + bias[j];
  }
  return c;
}

/**
 * C = At.B, with A `[rows, m]`, B `[rows, n]`, C `[m, n]`; dW = Xt.dZ is of this form.
 * @throws ShapeError
 */
export function matmulTransposedA(a: FloatArray, aShape: Shape, b: FloatArray, bShape: Shape): FloatArray {
  const [rows, m] = aShape;
  const [rowsOfB, n] = bShape;
  if (rows !== rowsOfB) {
    throw new ShapeError(
      `matmulTransposedA: A is [${rows}, ${m}] but B is [${rowsOfB}, ${n}]; the row counts must match`,
    );
  }
  checkLength("matmulTransposedA: A", a, aShape);
  checkLength("matmulTransposedA: B", b, bShape);
  const c = floatsLike(b, m * n);
  const sums = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    sums.fill(0);
    for (let row = 0; row < rows; row++) {
      const factor = a[row * m + i];
      const start = row * n;
      for (let j = 0; j < n; j++) sums[j] += factor * b[start + j];
    }
    for (let j = 0; j < n; j++) c[i * n + j] = sums[j];
  }
  return c;
}

/**
 * C = A.Bt, with A `[m, k]`, B `[n, k]`, C `[m, n]`; dX = dZ.Wt is of this form.
 * @throws ShapeError
 */
export function matmulTransposedB(a: FloatArray, aShape: Shape, b: FloatArray, bShape: Shape): FloatArray {
  const [m, k] = aShape;
  const [n, kOfB] = bShape;
  if (k !== kOfB) {
    throw new ShapeError(
      `matmulTransposedB: A is [${m}, ${k}] but B is [${n}, ${kOfB}]; the column counts must match`,
    );
  }
  checkLength("matmulTransposedB: A", a, aShape);
  checkLength("matmulTransposedB: B", b, bShape);
  const c = floatsLike(a, m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += a[i * k + l] * b[j * k + l];
      c[i * n + j] = sum;
    }
  }
  return c;
}

/** db: the sum of each column of dZ `[rows, units]`, `[units]`. @throws ShapeError */
export function columnSums(dZ: FloatArray, shape: Shape): FloatArray {
  checkLength("columnSums", dZ, shape);
  const [rows, units] = shape;
  const sums = new Float64Array(units);
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) sums[unit] += dZ[row * units + unit];
  }
  const db = floatsLike(dZ, units);
  db.set(sums);
  return db;
}
