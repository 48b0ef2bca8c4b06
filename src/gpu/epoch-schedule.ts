/** The words that go to the GPU once per epoch: the numbers of each step and the order of the rows. */
import { stepNumbers } from "../core/schedule.ts";
import type { Training } from "../core/spec.ts";
import type { BatchSequence } from "../data/batches.ts";
import { ENTRY_WORDS } from "./plan-programs.ts";

export interface EntryNumbers {
  /** Steps taken before this one. */
  step: number;
  /** Word of `schedule` where the row numbers begin, or the first row where rows are met in order. */
  first: number;
  rows: number;
}

/** Writes one entry; shaders/step.wgsl reads it. Without `training` only rows are set. */
export function writeEntry(
  words: Uint32Array,
  at: number,
  { step, first, rows }: EntryNumbers,
  numbers?: ReturnType<typeof stepNumbers>,
): void {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  words.set([step, first, rows], at);
  if (numbers !== undefined) {
    floats.set([numbers.learningRate, numbers.stepSize, numbers.secondMomentScale, numbers.decay], at + 3);
  }
  floats[at + 7] = 1 / rows;
}

/**
 * The entries of the current epoch from its next batch on.
 * @param step that the next batch will be
 * @param firstRowWord where the permutation begins in `schedule`
 */
export function epochEntries(
  training: Training,
  batches: BatchSequence,
  step: number,
  firstRowWord: number,
): Uint32Array {
  const { stepsPerEpoch, batchSize, rows } = batches;
  const total = training.epochs * stepsPerEpoch;
  const words = new Uint32Array(ENTRY_WORDS * (stepsPerEpoch - batches.position));
  for (let position = batches.position; position < stepsPerEpoch; position++) {
    const ahead = position - batches.position;
    writeEntry(
      words,
      ENTRY_WORDS * ahead,
      {
        step: step + ahead,
        first: firstRowWord + position * batchSize,
        rows: Math.min(batchSize, rows - position * batchSize),
      },
      stepNumbers(training, step + ahead, total, stepsPerEpoch),
    );
  }
  return words;
}
