/**
 * The reference's clipping and update from given (warm) moments, with how far the same in float32 may be off when its
 * gradient is. Adam's quotient makes this necessary: where v is small, a small error of the gradient is a large one of
 * the step, and only the propagated bound knows by how much.
 */
import type { Parameters } from "../core/engine.ts";
import type { StepNumbers } from "../core/schedule.ts";
import type { Training } from "../core/spec.ts";
import { clipCoefficient, globalNorm, scaleGradients, updateParameters } from "../cpu/optimizers.ts";
import { momentNames, type TensorShape } from "../model/parameters.ts";
import { DIVISION, gamma, SMALLEST, SQUARE_ROOT, timesError, UNIT } from "./rounding.ts";

export interface BoundedUpdate {
  parameters: Parameters;
  moments: Parameters;
  parameterErrors: Record<string, Float64Array>;
  momentErrors: Record<string, Float64Array>;
}

/**
 * @param parameters @param moments before the step, the same bits on both sides
 * @param gradients of the reference, not clipped @param gradientErrors how far the other side's may be off
 * @param normDepth roundings of the longest path of the other side's sum of squares
 */
export function boundedUpdate(
  training: Training,
  numbers: StepNumbers,
  shapes: readonly TensorShape[],
  parameters: Parameters,
  moments: Parameters,
  gradients: Parameters,
  gradientErrors: Readonly<Record<string, Float64Array>>,
  normDepth: number,
): BoundedUpdate {
  const wide = (tensors: Parameters): Parameters =>
    Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, Float64Array.from(values)]));
  const before = wide(parameters);
  const momentsBefore = wide(moments);
  const clipped = clip(training, gradients, gradientErrors, normDepth);
  const after = updateParameters(training, numbers, shapes, before, clipped.gradients, momentsBefore);
  const result: BoundedUpdate = { ...after, parameterErrors: {}, momentErrors: {} };
  const suffixes = momentNames(training.optimizer);
  for (const { name, kind, size } of shapes) {
    const parameterErrors = new Float64Array(size);
    const momentErrors = suffixes.map(() => new Float64Array(size));
    for (let i = 0; i < size; i++) {
      const errors = elementErrors(training, numbers, kind, {
        w: before[name][i],
        g: clipped.gradients[name][i],
        eg: clipped.errors[name][i],
        before: suffixes.map((suffix) => momentsBefore[`${name}.${suffix}`][i]),
        after: suffixes.map((suffix) => after.moments[`${name}.${suffix}`][i]),
        next: after.parameters[name][i],
      });
      parameterErrors[i] = errors.parameter;
      errors.moments.forEach((error, m) => (momentErrors[m][i] = error));
    }
    result.parameterErrors[name] = parameterErrors;
    suffixes.forEach((suffix, m) => (result.momentErrors[`${name}.${suffix}`] = momentErrors[m]));
  }
  return result;
}

interface Clipped {
  gradients: Parameters;
  errors: Readonly<Record<string, Float64Array>>;
}

function clip(
  { clipNorm }: Training,
  gradients: Parameters,
  errors: Readonly<Record<string, Float64Array>>,
  normDepth: number,
): Clipped {
  if (clipNorm === 0) return { gradients, errors };
  const norm = globalNorm(gradients);
  const normError = globalNorm(errors) + (gamma(normDepth) / 2 + SQUARE_ROOT) * norm;
  const coefficient = clipCoefficient(norm, clipNorm);
  // min() is continuous, so the error of clipNorm / norm bounds that of the coefficient on both sides of 1.
  const unclamped = clipNorm / (norm + 1e-6);
  const coefficientError =
    unclamped * (normError / Math.max(norm - normError, SMALLEST) + 3 * UNIT + DIVISION);
  const isOff = unclamped - coefficientError < 1;
  const clippedErrors = Object.entries(gradients).map(([name, values]) => [
    name,
    Float64Array.from(values, (g, i) =>
      isOff ? timesError(g, errors[name][i], coefficient, coefficientError) : errors[name][i],
    ),
  ]);
  return { gradients: scaleGradients(gradients, coefficient), errors: Object.fromEntries(clippedErrors) };
}

interface Element {
  w: number;
  g: number;
  eg: number;
  before: number[];
  after: number[];
  next: number;
}

function elementErrors(
  training: Training,
  numbers: StepNumbers,
  kind: TensorShape["kind"],
  { w, g, eg, before, after, next }: Element,
): { parameter: number; moments: number[] } {
  const { optimizer, momentum, beta1, beta2, epsilon, weightDecay } = training;
  const { learningRate, stepSize, secondMomentScale } = numbers;
  const isWeight = kind === "weight";
  const l2 = isWeight && optimizer !== "adamw" ? Math.abs(weightDecay * w) : 0;
  // What is flushed to 0 counts once for each product, and once for what is read. g + L2_DECAY * w: a rounded constant, a
  // product, a sum
  const eg2 = eg + (l2 > 0 ? 3 * UNIT * l2 + UNIT * (Math.abs(g) + eg + l2) + SMALLEST : 0);
  const g2 = Math.abs(g) + l2;
  /** Of w - learningRate * direction. */
  const stepError = (direction: number, error: number): number =>
    learningRate * error +
    3 * UNIT * learningRate * (Math.abs(direction) + error) +
    UNIT * Math.abs(next) +
    2 * SMALLEST;
  switch (optimizer) {
    case "sgd":
      return { parameter: 1.01 * stepError(g2, eg2), moments: [] };
    case "momentum":
    case "nesterov": {
      const carried = Math.abs(momentum * before[0]);
      const error = eg2 + 3 * UNIT * carried + UNIT * (carried + g2 + eg2) + SMALLEST;
      if (optimizer === "momentum") return { parameter: 1.01 * stepError(after[0], error), moments: [error] };
      const ahead = momentum * (Math.abs(after[0]) + error);
      const direction = eg2 + momentum * error + 3 * UNIT * ahead + UNIT * (g2 + ahead) + SMALLEST;
      return { parameter: 1.01 * stepError(g2 + ahead, direction), moments: [error] };
    }
    case "adam":
    case "adamw": {
      const [mBefore, vBefore] = before;
      const [m, v] = after;
      const largest = g2 + eg2;
      const em =
        (1 - beta1) * eg2 + 4 * UNIT * (Math.abs(beta1 * mBefore) + (1 - beta1) * largest) + 2 * SMALLEST;
      const ev =
        (1 - beta2) * (2 * g2 * eg2 + eg2 ** 2) +
        5 * UNIT * (beta2 * vBefore + (1 - beta2) * largest ** 2) +
        2 * SMALLEST;
      const root = Math.sqrt(v);
      const eroot =
        Math.min(Math.sqrt(ev), ev / Math.max(root, SMALLEST)) + SQUARE_ROOT * (root + Math.sqrt(ev));
      const denominator = root / secondMomentScale + epsilon;
      const edenominator =
        eroot / secondMomentScale + (UNIT + DIVISION) * (root / secondMomentScale) + 2 * UNIT * denominator;
      const quotient = Math.abs(m) / denominator;
      const least = Math.max(denominator - edenominator, SMALLEST);
      // rate * m comes first, and may be flushed before it is divided by something small.
      const equotient = (em + quotient * edenominator) / least;
      const flushed = SMALLEST / least;
      const moved = stepSize * (quotient + equotient);
      const decay = optimizer === "adamw" && isWeight ? 2 * UNIT * Math.abs(w) : 0;
      const parameter =
        stepSize * equotient +
        flushed +
        (2 * UNIT + DIVISION) * moved +
        decay +
        UNIT * Math.abs(next) +
        2 * SMALLEST;
      return { parameter: 1.01 * parameter, moments: [em, ev] };
    }
  }
}

/** Roundings of a sum of squares over tensors of gradients in tiles. @param tile elements per tile @param tiles in all */
export function tiledNormDepth(tile: number, tiles: number, lanes: number): number {
  return 4 + Math.ceil(tile / 4) + Math.ceil(tiles / lanes) + lanes;
}
