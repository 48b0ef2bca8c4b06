/**
 * The long form of back-propagation: every factor of the chain rule written out as the matrix it is. Nothing here is
 * needed to train; it is what the closed forms in pass.ts stand for, and what they are held against.
 *
 * One sample at a time. All vectors are rows, and dy/dx of a row y `[n]` by a row x `[m]` is `[n, m]`, one row per entry
 * of y and one column per entry of x; so the chain rule multiplies from left to right, `matmul` by `matmul`:
 *
 *     dl/dW = dl/dp . dp/dz . dz/da . da/dz . dz/dW
 */
import type { FloatArray } from "../core/engine.ts";
import type { Activation } from "../core/spec.ts";
import { activationSlope } from "./activations.ts";
import { checkLength, floats, floatsLike, type Precision, type Shape } from "./floats.ts";

/**
 * dl/dp of the cross-entropy l = -sum(t log p): -t / p, `[1, classes]`. A class that is not wanted at all (t = 0) adds
 * nothing to the loss, whatever its p. Where p has underflowed to 0 under a t above 0, this is -infinity.
 * @param p `[classes]` @param t `[classes]` @throws ShapeError
 */
export function lossByProbability(p: FloatArray, t: FloatArray): FloatArray {
  checkLength("lossByProbability: the targets", t, [p.length]);
  const result = floatsLike(p, p.length);
  for (let c = 0; c < p.length; c++) result[c] = t[c] === 0 ? 0 : -t[c] / p[c];
  return result;
}

/** dp/dz of the softmax: diag(p) - pt.p, `[classes, classes]`. @param p `[classes]` */
export function softmaxJacobian(p: FloatArray): FloatArray {
  const classes = p.length;
  const jacobian = floatsLike(p, classes * classes);
  for (let i = 0; i < classes; i++) {
    for (let j = 0; j < classes; j++) jacobian[i * classes + j] = p[i] * ((i === j ? 1 : 0) - p[j]);
  }
  return jacobian;
}

/** da/dz of an activation: f'(z) on the diagonal, `[units, units]`. @param z `[units]` */
export function activationJacobian(activation: Activation, z: FloatArray): FloatArray {
  const units = z.length;
  const slope = activationSlope(activation, z);
  const jacobian = floatsLike(z, units * units);
  for (let i = 0; i < units; i++) jacobian[i * units + i] = slope[i];
  return jacobian;
}

/**
 * dz/dW of z = x.W + b, `[units, inputs * units]`: the Kronecker product of x and the identity. Column i * units + k
 * belongs to W[i, k], which reaches z[k] alone, with x[i].
 * @param x `[inputs]`
 */
export function weightJacobian(x: FloatArray, units: number): FloatArray {
  const columns = x.length * units;
  const jacobian = floatsLike(x, units * columns);
  for (let j = 0; j < units; j++) {
    for (let i = 0; i < x.length; i++) jacobian[j * columns + i * units + j] = x[i];
  }
  return jacobian;
}

/** dz/db of z = x.W + b: the identity, `[units, units]`. */
export function biasJacobian(precision: Precision, units: number): FloatArray {
  const jacobian = floats(precision, units * units);
  for (let j = 0; j < units; j++) jacobian[j * units + j] = 1;
  return jacobian;
}

/** dz/dx of z = x.W + b: the weights with rows and columns exchanged, `[units, inputs]`. @throws ShapeError */
export function inputJacobian(weight: FloatArray, [inputs, units]: Shape): FloatArray {
  checkLength("inputJacobian", weight, [inputs, units]);
  const jacobian = floatsLike(weight, units * inputs);
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < units; j++) jacobian[j * inputs + i] = weight[i * units + j];
  }
  return jacobian;
}
