/**
 * The classification report and how it follows from a confusion matrix, with scikit-learn's definitions
 * (`precision_recall_fscore_support` with `labels=range(classes)` and `zero_division=0`). Engines count the confusion
 * matrix where the data is; everything else is derived here.
 */
import { ShapeError } from "./errors.ts";

export interface ClassScores {
  precision: number;
  recall: number;
  f1: number;
  /** Rows that truly belong to the class (of an average: all rows). */
  support: number;
}

export interface ClassificationReport {
  accuracy: number;
  perClass: (ClassScores & { name: string })[];
  /** Unweighted mean over the classes. */
  macro: ClassScores;
  /** Over all decisions at once. */
  micro: ClassScores;
  /** Mean weighted by support. */
  weighted: ClassScores;
  /** `confusion[truth][predicted]`, counts. */
  confusion: number[][];
}

/**
 * Counts of each true class (row) given each class (column), `[classes][classes]`. The labels must be below `classes`.
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  const confusion = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let row = 0; row < truth.length; row++) confusion[truth[row]][predicted[row]]++;
  return confusion;
}

/**
 * The report of a confusion matrix. A class that was never given has precision 0, one that never occurs has recall 0, and
 * where precision and recall are both 0 so is F1. Classes that never occur still count in the macro average. With one
 * label per row the micro averages all equal the accuracy.
 * @param confusion `[classes][classes]`, `confusion[truth][predicted]`
 * @throws ShapeError when the matrix does not fit the classes, holds something other than counts, or counts no row.
 */
export function reportFromConfusion(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
): ClassificationReport {
  checkConfusion(confusion, classes);
  const rowSums = confusion.map((row) => sum(row));
  const columnSums = classes.map((_, column) => sum(confusion.map((row) => row[column])));
  const total = sum(rowSums);
  if (total === 0) throw new ShapeError("the confusion matrix counts no rows, so there is nothing to report");
  const hits = sum(confusion.map((row, index) => row[index]));
  const perClass = classes.map((name, index) => ({
    name,
    ...scores(confusion[index][index], columnSums[index], rowSums[index]),
  }));
  const average = (weights: readonly number[]): ClassScores => {
    const all = sum(weights);
    const of = (score: "precision" | "recall" | "f1"): number =>
      sum(perClass.map((entry, index) => entry[score] * weights[index])) / all;
    return { precision: of("precision"), recall: of("recall"), f1: of("f1"), support: total };
  };
  return {
    accuracy: hits / total,
    perClass,
    macro: average(classes.map(() => 1)),
    micro: scores(hits, total, total),
    weighted: average(rowSums),
    confusion: confusion.map((row) => [...row]),
  };
}

/** Scores of a class with `hits` right decisions, given to `given` rows, true of `support` rows. */
function scores(hits: number, given: number, support: number): ClassScores {
  return {
    precision: ratio(hits, given),
    recall: ratio(hits, support),
    // The harmonic mean of precision and recall, without their rounding.
    f1: ratio(2 * hits, given + support),
    support,
  };
}

/** scikit-learn's `zero_division=0`. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function checkConfusion(confusion: readonly (readonly number[])[], classes: readonly string[]): void {
  const size = classes.length;
  if (confusion.length !== size) {
    throw new ShapeError(`the confusion matrix has ${confusion.length} rows, but there are ${size} classes`);
  }
  confusion.forEach((row, truth) => {
    if (row.length !== size) {
      throw new ShapeError(
        `row ${truth} of the confusion matrix has ${row.length} columns, but there are ${size} classes`,
      );
    }
    const bad = row.findIndex((count) => !Number.isSafeInteger(count) || count < 0);
    if (bad >= 0) throw new ShapeError(`confusion[${truth}][${bad}] is ${row[bad]}; it must be a count`);
  });
}
