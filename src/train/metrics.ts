/** Measures of a classifier's answers, with scikit-learn's definitions. */
import { ShapeError } from "../core/errors.ts";
import { confusionMatrix, reportFromConfusion, type ClassificationReport } from "../core/report.ts";

export { reportFromConfusion };

/**
 * Accuracy, scores per class and on average, and the confusion matrix; `core/report.ts` states the definitions.
 * @param truth `[n]` labels @param predicted `[n]` labels, both below `classes.length`
 * @throws ShapeError when the lengths differ, nothing is given, or a label is not a class.
 */
export function classificationReport(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { classes }: { classes: readonly string[] },
): ClassificationReport {
  if (truth.length !== predicted.length) {
    throw new ShapeError(
      `classificationReport: ${truth.length} true labels, but ${predicted.length} predicted ones`,
    );
  }
  checkLabels("classificationReport: truth", truth, classes.length);
  checkLabels("classificationReport: predicted", predicted, classes.length);
  return reportFromConfusion(confusionMatrix(truth, predicted, classes.length), classes);
}

/**
 * The share of rows whose true class is among the k most probable ones (`top_k_accuracy_score`).
 * @param ranks `[n]` how many classes came before the true one, as `Evaluation.ranks`
 * @throws ShapeError when k is not a whole number from 1 or there are no rows.
 */
export function topKAccuracy(ranks: ArrayLike<number>, k: number): number {
  if (!Number.isInteger(k) || k < 1) {
    throw new ShapeError(`topKAccuracy: k is ${k}; it must be a whole number from 1`);
  }
  if (ranks.length === 0) throw new ShapeError("topKAccuracy: there are no rows");
  let hits = 0;
  for (let row = 0; row < ranks.length; row++) if (ranks[row] < k) hits++;
  return hits / ranks.length;
}

/**
 * Mean of -log p(true class) (`log_loss`). Each probability is first clipped to [eps, 1 - eps], eps the spacing of the
 * array's floats at 1 (2^-23 or 2^-52), so a confident mistake costs about 16 or 36 instead of infinity; rows are not
 * normalised again.
 * @param truth `[n]` labels @param probabilities `[n * classes]`
 * @throws ShapeError when the lengths do not fit, nothing is given, a label is not a class, or a probability not from 0
 * to 1.
 */
export function logLoss(truth: ArrayLike<number>, probabilities: Float32Array | Float64Array): number {
  const rows = truth.length;
  const classes = probabilities.length / rows;
  if (rows === 0 || !Number.isInteger(classes) || classes < 1) {
    throw new ShapeError(
      `logLoss: ${probabilities.length} probabilities are not the same number of classes for each of ${rows} rows`,
    );
  }
  checkLabels("logLoss: truth", truth, classes);
  const epsilon = probabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const p = probabilities[row * classes + truth[row]];
    if (!(p >= 0 && p <= 1)) {
      throw new ShapeError(
        `logLoss: the probability of row ${row}'s true class is ${p}; it must be from 0 to 1`,
      );
    }
    total -= Math.log(Math.min(1 - epsilon, Math.max(epsilon, p)));
  }
  return total / rows;
}

function checkLabels(what: string, labels: ArrayLike<number>, classes: number): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new ShapeError(
        `${what}[${row}] is ${label}; labels must be whole numbers from 0 to ${classes - 1}, one per class`,
      );
    }
  }
}
