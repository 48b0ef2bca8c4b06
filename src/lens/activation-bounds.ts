/**
 * How far a float32 activation and its slope may be off: what the error of z does to them, and what computing the
 * formulas of shaders/activation.wgsl adds.
 */
import { LEAKY_SLOPE, type Activation } from "../core/spec.ts";
import { exponentialError, SMALLEST, UNIT } from "./rounding.ts";

export interface ActivationErrors {
  value: number;
  slope: number;
}

/**
 * @param z of the reference @param error of z @param value f(z) @param slope f'(z), both of the reference
 * @param decided whether the side of the kink of (leaky) ReLU is shared by both; otherwise it is open where |z| is
 *   within its error
 */
export function activationErrors(
  activation: Activation,
  z: number,
  error: number,
  value: number,
  slope: number,
  decided: boolean,
): ActivationErrors {
  const most = Math.abs(z) + error;
  const least = Math.max(0, Math.abs(z) - error);
  const open = !decided && Math.abs(z) <= error;
  switch (activation) {
    case "linear":
      return { value: error, slope: 0 };
    case "relu":
      return { value: error, slope: open ? 1 : 0 };
    case "leaky-relu":
      return {
        value: error + 2 * UNIT * LEAKY_SLOPE * most + SMALLEST,
        slope: open ? 1 : UNIT * LEAKY_SLOPE,
      };
    case "tanh": {
      const own = tanhError(least, most);
      const carried = 2 * Math.abs(value) * own + own ** 2;
      return { value: error + own, slope: 0.77 * error + carried + 3 * UNIT * (slope + carried) };
    }
    case "sigmoid": {
      const exponential = exponentialError(most) * Math.exp(-least) + SMALLEST;
      return {
        value: 0.25 * error + exponential + 4 * UNIT * value,
        slope: 0.1 * error + exponential + 7 * UNIT * slope,
      };
    }
    case "gelu": {
      const x = Math.min(20, most);
      const own = geluTanhError(Math.min(20, least), x);
      // (1 - t)(1 + t) where t = tanh(u) is off by `own`
      const bend = 1 / Math.cosh(Math.min(300, geluInner(Math.min(20, least)))) ** 2;
      const carried = 2 * own + own ** 2;
      const innerSlope = GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x);
      return {
        value: 1.13 * error + 0.5 * most * own + 4 * UNIT * (Math.abs(value) + 1.13 * error) + SMALLEST,
        slope:
          0.81 * error + 0.5 * own + UNIT + 0.5 * x * innerSlope * (carried + 14 * UNIT * (bend + carried)),
      };
    }
  }
}

const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;
const geluInner = (x: number): number => GELU_SCALE * (x + GELU_CUBIC * x ** 3);

/** Absolute error of (1 - e) / (1 + e) with e = exp(-2 |x|), |x| between `least` and `most`. */
function tanhError(least: number, most: number): number {
  const exponential = exponentialError(2 * most) * Math.exp(-2 * least) + SMALLEST;
  // d/de is at most 2 in size; then a sum, a difference and a division.
  return 2 * exponential + 5 * UNIT * Math.tanh(most) + SMALLEST;
}

/** Absolute error of tanh(u) in GELU: u itself has 8 roundings of terms of one sign. */
function geluTanhError(least: number, most: number): number {
  const [low, high] = [geluInner(least), geluInner(most)];
  const carried = (8 * UNIT * high) / Math.cosh(Math.min(300, low)) ** 2;
  return carried + tanhError(low, high);
}
