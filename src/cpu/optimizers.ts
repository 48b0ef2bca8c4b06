/**
 * Update rules with PyTorch's formulas (torch.optim.SGD, Adam, AdamW; torch.nn.utils.clip_grad_norm_), one parameter
 * tensor at a time. g is the clipped gradient, w the parameter; L2 weight decay g += weightDecay w and AdamW's decay act
 * on weights only, never on biases.
 *
 *     sgd       w -= lr g
 *     momentum  u = momentum u + g;  w -= lr u
 *     nesterov  u = momentum u + g;  w -= lr (g + momentum u)
 *     adam      m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *               w -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon),  t = step + 1
 *     adamw     w *= 1 - lr weightDecay first, then as adam, without L2
 *
 * u starts at 0, which makes PyTorch's special first step (u = g) the general one.
 */
import type { FloatArray, Parameters } from "../core/engine.ts";
import type { StepNumbers } from "../core/schedule.ts";
import type { Training } from "../core/spec.ts";
import { momentNames, type TensorShape } from "../model/parameters.ts";
import { floatsLike } from "./floats.ts";

/** A tensor after its update, with its moments in the order of `momentNames`. */
export interface UpdatedTensor {
  value: FloatArray;
  moments: FloatArray[];
}

/**
 * One tensor's update as a pure function; all arrays have the tensor's length.
 * @param moments in the order of `momentNames(training.optimizer)`
 */
export function updateTensor(
  training: Training,
  numbers: StepNumbers,
  kind: TensorShape["kind"],
  value: FloatArray,
  gradient: FloatArray,
  moments: readonly FloatArray[],
): UpdatedTensor {
  const { optimizer, momentum, beta1, beta2, epsilon } = training;
  const { learningRate, stepSize, secondMomentScale } = numbers;
  const decoupled = optimizer === "adamw";
  const decay = decoupled && kind === "weight" ? numbers.decay : 1;
  const l2 = !decoupled && kind === "weight" ? training.weightDecay : 0;
  const next = floatsLike(value, value.length);
  const nextMoments = moments.map((moment) => floatsLike(moment, moment.length));
  const g = (i: number): number => gradient[i] + l2 * value[i];
  switch (optimizer) {
    case "sgd":
      for (let i = 0; i < next.length; i++) next[i] = value[i] - learningRate * g(i);
      break;
    case "momentum":
    case "nesterov": {
      const [before] = moments;
      const [after] = nextMoments;
      for (let i = 0; i < next.length; i++) {
        after[i] = momentum * before[i] + g(i);
        const direction = optimizer === "nesterov" ? g(i) + momentum * after[i] : after[i];
        next[i] = value[i] - learningRate * direction;
      }
      break;
    }
    case "adam":
    case "adamw": {
      const [mBefore, vBefore] = moments;
      const [m, v] = nextMoments;
      for (let i = 0; i < next.length; i++) {
        m[i] = beta1 * mBefore[i] + (1 - beta1) * g(i);
        v[i] = beta2 * vBefore[i] + (1 - beta2) * g(i) * g(i);
        const denominator = Math.sqrt(v[i]) / secondMomentScale + epsilon;
        next[i] = value[i] * decay - (stepSize * m[i]) / denominator;
      }
      break;
    }
  }
  return { value: next, moments: nextMoments };
}

/**
 * Every tensor's update as a pure function.
 * @param gradients already clipped
 */
export function updateParameters(
  training: Training,
  numbers: StepNumbers,
  shapes: readonly TensorShape[],
  parameters: Parameters,
  gradients: Parameters,
  moments: Parameters,
): { parameters: Parameters; moments: Parameters } {
  const suffixes = momentNames(training.optimizer);
  const result: { parameters: Parameters; moments: Parameters } = { parameters: {}, moments: {} };
  for (const { name, kind } of shapes) {
    const before = suffixes.map((suffix) => moments[`${name}.${suffix}`]);
    const updated = updateTensor(training, numbers, kind, parameters[name], gradients[name], before);
    result.parameters[name] = updated.value;
    suffixes.forEach((suffix, i) => (result.moments[`${name}.${suffix}`] = updated.moments[i]));
  }
  return result;
}

/** The 2-norm over all elements of all gradients, biases included, summed in float64. */
export function globalNorm(gradients: Parameters): number {
  let squares = 0;
  for (const gradient of Object.values(gradients)) {
    for (const g of gradient) squares += g * g;
  }
  return Math.sqrt(squares);
}

/** What clipping multiplies every gradient by: min(1, clipNorm / (norm + 1e-6)). 0 as `clipNorm` is no clipping. */
export function clipCoefficient(norm: number, clipNorm: number): number {
  return clipNorm === 0 ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
}

/** New gradients, every element multiplied by the factor. */
export function scaleGradients(gradients: Parameters, factor: number): Parameters {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => {
      const scaled = floatsLike(gradient, gradient.length);
      for (let i = 0; i < scaled.length; i++) scaled[i] = gradient[i] * factor;
      return [name, scaled];
    }),
  );
}
