/** The shape of a classification report; `train/metrics.ts` computes it, with scikit-learn's definitions. */

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
