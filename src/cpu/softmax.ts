/** The head of a classifier: softmax, cross-entropy with label smoothing, and their joint gradient. */
import type { FloatArray } from "../core/engine.ts";
import { ShapeError } from "../core/errors.ts";
import { checkLength, floats, floatsLike, type Precision, type Shape } from "./floats.ts";

/** p[r, c] = exp(z[r, c] - max_r) / sum_c exp(z[r, c] - max_r), with z and p `[rows, classes]`. @throws ShapeError */
export function softmax(logits: FloatArray, shape: Shape): FloatArray {
  checkLength("softmax", logits, shape);
  const [rows, classes] = shape;
  const probabilities = floatsLike(logits, logits.length);
  const exponentials = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const largest = rowMaximum(logits, start, classes);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      exponentials[c] = Math.exp(logits[start + c] - largest);
      sum += exponentials[c];
    }
    for (let c = 0; c < classes; c++) probabilities[start + c] = exponentials[c] / sum;
  }
  return probabilities;
}

/**
 * log p[r, c] = (z[r, c] - max_r) - log(sum_c exp(z[r, c] - max_r)), finite wherever the logits are, also where p
 * itself has underflowed to 0. `[rows, classes]`. @throws ShapeError
 */
export function logSoftmax(logits: FloatArray, shape: Shape): FloatArray {
  checkLength("logSoftmax", logits, shape);
  const [rows, classes] = shape;
  const result = floatsLike(logits, logits.length);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const largest = rowMaximum(logits, start, classes);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(logits[start + c] - largest);
    for (let c = 0; c < classes; c++) result[start + c] = logits[start + c] - largest - Math.log(sum);
  }
  return result;
}

/**
 * What the probabilities should be: (1 - e) y + e / C, with y the one-hot label. `[rows, classes]`.
 * @param labels `[rows]` @param smoothing e, from 0 to below 1
 * @throws ShapeError when a label is not a class.
 */
export function targets(
  precision: Precision,
  labels: ArrayLike<number>,
  classes: number,
  smoothing: number,
): FloatArray {
  const result = floats(precision, labels.length * classes);
  result.fill(smoothing / classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (!(label >= 0 && label < classes)) {
      throw new ShapeError(`labels[${row}] is ${label}, but there are ${classes} classes`);
    }
    result[row * classes + label] = 1 - smoothing + smoothing / classes;
  }
  return result;
}

/** Cross-entropy of each row, -sum_c t[r, c] log p[r, c], `[rows]`. @throws ShapeError */
export function crossEntropy(logProbabilities: FloatArray, target: FloatArray, shape: Shape): FloatArray {
  checkLength("crossEntropy: the log probabilities", logProbabilities, shape);
  checkLength("crossEntropy: the targets", target, shape);
  const [rows, classes] = shape;
  const losses = floatsLike(logProbabilities, rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum -= target[row * classes + c] * logProbabilities[row * classes + c];
    losses[row] = sum;
  }
  return losses;
}

/** dLogits = (p - t) / rows: softmax and the mean cross-entropy differentiated as one. `[rows, classes]`. @throws ShapeError */
export function softmaxCrossEntropyGradient(
  probabilities: FloatArray,
  target: FloatArray,
  shape: Shape,
): FloatArray {
  checkLength("softmaxCrossEntropyGradient: the probabilities", probabilities, shape);
  checkLength("softmaxCrossEntropyGradient: the targets", target, shape);
  const dLogits = floatsLike(probabilities, probabilities.length);
  for (let i = 0; i < dLogits.length; i++) dLogits[i] = (probabilities[i] - target[i]) / shape[0];
  return dLogits;
}

/** The class with the largest value in each row; of equal ones, the first. `[rows]`. @throws ShapeError */
export function rowArgmax(values: FloatArray, shape: Shape): Uint8Array {
  checkLength("rowArgmax", values, shape);
  const [rows, classes] = shape;
  const result = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (values[row * classes + c] > values[row * classes + best]) best = c;
    }
    result[row] = best;
  }
  return result;
}

/** Rows in which the predicted class is the label. */
export function countCorrect(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  let correct = 0;
  for (let row = 0; row < predicted.length; row++) if (predicted[row] === labels[row]) correct++;
  return correct;
}

/**
 * How many classes come before the true one when a row is sorted by falling value, equal values in class order: 0
 * exactly where `rowArgmax` gives the label. `[rows]`. @throws ShapeError
 */
export function trueClassRanks(values: FloatArray, labels: ArrayLike<number>, shape: Shape): Uint8Array {
  checkLength("trueClassRanks", values, shape);
  const [rows, classes] = shape;
  const ranks = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const own = values[start + labels[row]];
    for (let c = 0; c < classes; c++) {
      const other = values[start + c];
      if (other > own || (other === own && c < labels[row])) ranks[row]++;
    }
  }
  return ranks;
}

/** Arithmetic mean, summed in float64. */
export function mean(values: FloatArray): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function rowMaximum(values: FloatArray, start: number, count: number): number {
  let largest = values[start];
  for (let c = 1; c < count; c++) if (values[start + c] > largest) largest = values[start + c];
  return largest;
}
