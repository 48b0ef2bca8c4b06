/** Single images of a split that was evaluated: what they show, what they were read as, and what else was considered. */
import { pixelToInput, splitOf } from "../core/dataset.ts";
import type { FloatArray } from "../core/engine.ts";
import { forwardPass } from "../cpu/pass.ts";
import type { EvaluatedSplit, Guess, Mistake } from "./job.ts";

/** How many of the most probable classes are told. */
const GUESSES = 3;

/**
 * By the CPU reference, whose work grows with rows and parameters: meant for some dozens of rows.
 * @param rows of the split
 */
export function readRows(
  { split, dataset, network, parameters, evaluation }: EvaluatedSplit,
  rows: readonly number[],
): Mistake[] {
  if (rows.length === 0) return [];
  const { images, labels } = splitOf(dataset, split);
  const { input, classes } = network;
  const pixels = rows.map((row) => images.slice(row * input, (row + 1) * input));
  const inputs = new Float32Array(rows.length * input);
  pixels.forEach((image, i) => inputs.set(Float32Array.from(image, pixelToInput), i * input));
  const { probabilities } = forwardPass(network, parameters, inputs);
  return rows.map((index, i) => ({
    index,
    truth: labels[index],
    predicted: evaluation.predicted[index],
    loss: evaluation.losses[index],
    guesses: mostProbable(probabilities.subarray(i * classes, (i + 1) * classes)),
    pixels: pixels[i],
  }));
}

/** The most probable classes in falling order, the lower label first where two are equal. */
export function mostProbable(probabilities: FloatArray, count: number = GUESSES): Guess[] {
  return Array.from(probabilities, (probability, label) => ({ label, probability }))
    .sort((a, b) => b.probability - a.probability || a.label - b.label)
    .slice(0, count);
}
