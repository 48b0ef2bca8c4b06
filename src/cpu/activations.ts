/**
 * Every activation and its derivative, elementwise. All of them are built from exp(-|x|), which lies in (0, 1] and can
 * neither overflow nor be NaN for a finite x; the derivatives are computed from z, not from the activation's value, so
 * that they do not cancel where the function saturates.
 */
import type { FloatArray } from "../core/engine.ts";
import { LEAKY_SLOPE, type Activation } from "../core/spec.ts";
import { floatsLike } from "./floats.ts";

interface ScalarFunction {
  /** f(x) */
  value: (x: number) => number;
  /** f'(x); at the kink of (leaky) ReLU, the derivative from the left, as in PyTorch. */
  slope: (x: number) => number;
}

/** 1 / (1 + e^-x); relative error of a few units in the last place on both sides. */
function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

function sigmoidSlope(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
}

/** sign(x) (1 - e^-2|x|) / (1 + e^-2|x|); its absolute error is below 2^-52, also near 0. */
function tanh(x: number): number {
  const e = Math.exp(-Math.abs(x));
  const size = (1 - e * e) / (1 + e * e);
  return x >= 0 ? size : -size;
}

function tanhSlope(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return (4 * e * e) / ((1 + e * e) * (1 + e * e));
}

const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

/** u of GELU's tanh form: sqrt(2 / pi) (x + 0.044715 x^3). */
function geluInner(x: number): number {
  return GELU_SCALE * (x + GELU_CUBIC * x * x * x);
}

/**
 * GELU in its tanh form, x (1 + tanh(u)) / 2 (Hendrycks and Gimpel, arXiv:1606.08415), written as x sigmoid(2u), which
 * is the same function and does not cancel for negative x.
 */
function gelu(x: number): number {
  return x * sigmoid(2 * geluInner(x));
}

function geluSlope(x: number): number {
  const u = geluInner(x);
  const bend = sigmoidSlope(2 * u);
  // Far out the bend is exactly 0 while u' overflows; their product is 0.
  if (bend === 0) return sigmoid(2 * u);
  const innerSlope = GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x);
  return sigmoid(2 * u) + x * bend * 2 * innerSlope;
}

const FUNCTIONS: Record<Activation, ScalarFunction> = {
  // A NaN stays one: x < 0 is false for it, so it is passed on.
  relu: { value: (x) => (x < 0 ? 0 : x), slope: (x) => (x > 0 ? 1 : 0) },
  "leaky-relu": { value: (x) => (x < 0 ? LEAKY_SLOPE * x : x), slope: (x) => (x > 0 ? 1 : LEAKY_SLOPE) },
  tanh: { value: tanh, slope: tanhSlope },
  sigmoid: { value: sigmoid, slope: sigmoidSlope },
  gelu: { value: gelu, slope: geluSlope },
  linear: { value: (x) => x, slope: () => 1 },
};

/** a = f(z), element by element, any shape. */
export function activate(activation: Activation, z: FloatArray): FloatArray {
  return map(z, FUNCTIONS[activation].value);
}

/** f'(z), element by element, any shape: the diagonal of the activation's Jacobian. */
export function activationSlope(activation: Activation, z: FloatArray): FloatArray {
  return map(z, FUNCTIONS[activation].slope);
}

function map(values: FloatArray, f: (x: number) => number): FloatArray {
  const result = floatsLike(values, values.length);
  for (let i = 0; i < values.length; i++) result[i] = f(values[i]);
  return result;
}
