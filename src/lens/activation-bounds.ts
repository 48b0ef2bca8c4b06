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
      // tanh'(z) = 4 sigmoid'(2z)
      const exponential = exponentialError(2 * most) * Math.exp(-2 * least) + SMALLEST;
      return {
        value: error + tanhError(least, most),
        slope: 0.77 * error + 4 * exponential + 7 * UNIT * (slope + 0.77 * error) + SMALLEST,
      };
    }
    case "sigmoid": {
      const exponential = exponentialError(most) * Math.exp(-least) + SMALLEST;
      return {
        value: 0.25 * error + exponential + 4 * UNIT * value,
        slope: 0.1 * error + exponential + 7 * UNIT * slope,
      };
    }
    case "gelu": {
      // v = 2u lies between `low` and `high` in size; it has 8 roundings of terms of one sign.
      const x = Math.min(20, most);
      const [low, high] = [geluInner(Math.min(20, least)), geluInner(x)];
      const exponential = exponentialError(high) * Math.exp(-low) + SMALLEST;
      // sigmoid'(v) falls with |v|; so does what is left of sigmoid(v) where z is negative.
      const bend = Math.exp(-low) / (1 + Math.exp(-low)) ** 2;
      const level = z > 0 || least === 0 ? 1 : Math.exp(-low);
      const ofV = 8 * UNIT * high * bend;
      const sigmoid = ofV + exponential + 4 * UNIT * level;
      const ofBend = ofV + exponential + 7 * UNIT * bend;
      const innerSlope = 2 * GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x);
      return {
        value: 1.13 * error + most * sigmoid + 2 * UNIT * (Math.abs(value) + 1.13 * error) + SMALLEST,
        slope:
          0.81 * error +
          sigmoid +
          x * innerSlope * (ofBend + 8 * UNIT * (bend + ofBend)) +
          2 * UNIT +
          SMALLEST,
      };
    }
  }
}

const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;
/** 2u of GELU's tanh form, z sigmoid(2u). */
const geluInner = (x: number): number => 2 * GELU_SCALE * (x + GELU_CUBIC * x ** 3);

/** Absolute error of (1 - e) / (1 + e) with e = exp(-2 |x|), |x| between `least` and `most`. */
function tanhError(least: number, most: number): number {
  const exponential = exponentialError(2 * most) * Math.exp(-2 * least) + SMALLEST;
  // d/de is at most 2 in size; then a sum, a difference and a division.
  return 2 * exponential + 5 * UNIT * Math.tanh(most) + SMALLEST;
}
