/**
 * One pass through a network and back, as pure functions that give every intermediate by name: the specification that
 * every kernel is held against, and what the first-principles views are drawn from.
 */
import type { FloatArray, Parameters } from "../core/engine.ts";
import type { Network } from "../core/spec.ts";
import { countRows } from "../model/engine-checks.ts";
import { activate, activationSlope } from "./activations.ts";
import { columnSums, dense, matmulTransposedA, matmulTransposedB } from "./dense.ts";
import { dropoutFactors, multiply, type DropoutKey } from "./dropout.ts";
import { checkLength, toPrecision, type Precision } from "./floats.ts";
import {
  countCorrect,
  crossEntropy,
  logSoftmax,
  mean,
  rowArgmax,
  softmax,
  softmaxCrossEntropyGradient,
  targets,
} from "./softmax.ts";

/** What one layer computed from its input. All but the input are `[rows, units]`. */
export interface LayerForward {
  /** `[rows, inputs]` */
  input: FloatArray;
  /** X.W + b */
  z: FloatArray;
  /** Derivative of the activation at z. Backward uses this array, so a comparison can put in shared kink decisions. */
  slope: FloatArray;
  /** f(z) */
  a: FloatArray;
  /** 0 or 1 / (1 - rate) where dropout was active. */
  factors?: FloatArray;
  /** a times the factors: the next layer's input. */
  output: FloatArray;
}

export interface ForwardPass {
  rows: number;
  layers: LayerForward[];
  /** `[rows, classes]`, z of the output layer */
  logits: FloatArray;
  /** `[rows, classes]` */
  probabilities: FloatArray;
}

export interface BackwardPass {
  /** Mean cross-entropy over the rows. */
  loss: number;
  /** `[rows]` */
  losses: FloatArray;
  /** Rows whose largest logit is the label's. */
  correct: number;
  /** dL/dz of each layer, `[rows, units]`; the last is dLogits. */
  deltas: FloatArray[];
  /** dL/dW and dL/db under the parameters' names. */
  gradients: Parameters;
}

/**
 * @param parameters in one precision, which becomes that of every result
 * @param inputs `[rows, input]`
 * @param dropout seed and step of the masks; left out, nothing is dropped
 * @throws ShapeError when the inputs are not whole rows.
 */
export function forwardPass(
  network: Network,
  parameters: Parameters,
  inputs: FloatArray,
  dropout?: DropoutKey,
): ForwardPass {
  const rows = countRows("forwardPass", inputs, network.input);
  const precision = precisionOf(parameters);
  const layers: LayerForward[] = [];
  let input = toPrecision(precision, inputs);
  network.layers.forEach((layer, index) => {
    const weight = parameters[`layers.${index}.weight`];
    const bias = parameters[`layers.${index}.bias`];
    const z = dense(input, [rows, layer.inputs], weight, [layer.inputs, layer.units], bias);
    const a = activate(layer.activation, z);
    const slope = activationSlope(layer.activation, z);
    const forward: LayerForward = { input, z, slope, a, output: a };
    if (dropout !== undefined && layer.dropout > 0) {
      forward.factors = dropoutFactors(precision, dropout, index, layer.dropout, [rows, layer.units]);
      forward.output = multiply(a, forward.factors);
    }
    layers.push(forward);
    input = forward.output;
  });
  const logits = layers[layers.length - 1].z;
  return { rows, layers, logits, probabilities: softmax(logits, [rows, network.classes]) };
}

/**
 * Gradients of the mean cross-entropy over the rows, by the closed forms
 *
 *     dLogits = (p - t) / rows
 *     dW = Xt.dZ        [inputs, units]
 *     db = column sums of dZ        [units]
 *     dZ of the layer below = (dZ.Wt) * dropout factors * slope        [rows, inputs]
 *
 * @param labels `[rows]` @throws ShapeError
 */
export function backwardPass(
  network: Network,
  parameters: Parameters,
  forward: ForwardPass,
  labels: ArrayLike<number>,
  labelSmoothing: number = 0,
): BackwardPass {
  const { rows, logits, probabilities } = forward;
  const head = [rows, network.classes] as const;
  checkLength("backwardPass: the labels", labels, [rows]);
  const target = targets(precisionOf(parameters), labels, network.classes, labelSmoothing);
  const losses = crossEntropy(logSoftmax(logits, head), target, head);
  const last = network.layers.length - 1;
  const deltas: FloatArray[] = [];
  deltas[last] = softmaxCrossEntropyGradient(probabilities, target, head);
  for (let index = last; index > 0; index--) {
    const { inputs, units } = network.layers[index];
    const below = forward.layers[index - 1];
    const weight = parameters[`layers.${index}.weight`];
    let dX = matmulTransposedB(deltas[index], [rows, units], weight, [inputs, units]);
    if (below.factors !== undefined) dX = multiply(dX, below.factors);
    deltas[index - 1] = multiply(dX, below.slope);
  }
  const gradients: Parameters = {};
  network.layers.forEach(({ inputs, units }, index) => {
    const x = forward.layers[index].input;
    const dZ = deltas[index];
    gradients[`layers.${index}.weight`] = matmulTransposedA(x, [rows, inputs], dZ, [rows, units]);
    gradients[`layers.${index}.bias`] = columnSums(dZ, [rows, units]);
  });
  const correct = countCorrect(rowArgmax(logits, head), labels);
  return { loss: mean(losses), losses, correct, deltas, gradients };
}

function precisionOf(parameters: Parameters): Precision {
  return parameters["layers.0.weight"] instanceof Float64Array ? "float64" : "float32";
}
