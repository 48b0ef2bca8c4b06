/** What the trainer, as opposed to the engine, must remember to go on with a run; part of every checkpoint. */
import * as v from "valibot";
import type { Parameters } from "../core/engine.ts";

export interface Scores {
  /** Mean cross-entropy. */
  loss: number;
  /** Fraction of rows that were right, 0 to 1. */
  accuracy: number;
}

/** How an epoch ended. */
export interface EpochSummary {
  /** Epochs finished, this one included. */
  epoch: number;
  /** Steps taken in all. */
  step: number;
  /** Of the epoch's last step. */
  learningRate: number;
  /** Spent on this epoch's steps; evaluation and pauses left out. */
  seconds: number;
  /** Running mean over the epoch's rows as they were trained: with dropout and label smoothing. */
  train: Scores;
  /** `null` without a validation split. */
  validation: Scores | null;
}

export type Criterion = "loss" | "accuracy";

/** The epoch that was best on the validation split so far. */
export interface BestEpoch {
  criterion: Criterion;
  /** As in `EpochSummary`. */
  epoch: number;
  value: number;
  /** Kept only where the run is to end with them. */
  parameters: Parameters | null;
}

export interface TrainerState {
  /** Spent on steps so far; evaluation and pauses left out. */
  seconds: number;
  /** One entry per finished epoch, oldest first. */
  history: EpochSummary[];
  /** `null` before the first epoch's end and where nothing depends on it. */
  best: BestEpoch | null;
}

/** JSON has no NaN and no infinities, which a loss may be: these three are stored as words. */
const real = v.union([
  v.number(),
  v.pipe(
    v.picklist(["NaN", "Infinity", "-Infinity"]),
    v.transform((word) => Number(word)),
  ),
]);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const scores = v.strictObject({ loss: real, accuracy: real });

/** A trainer state without the best epoch's parameters, which are tensors. */
export const trainerSchema = v.strictObject({
  seconds: v.pipe(v.number(), v.finite(), v.minValue(0)),
  history: v.array(
    v.strictObject({
      epoch: count,
      step: count,
      learningRate: real,
      seconds: real,
      train: scores,
      validation: v.nullable(scores),
    }),
  ),
  best: v.nullable(
    v.strictObject({ criterion: v.picklist(["loss", "accuracy"]), epoch: count, value: real }),
  ),
});

/** What `trainerSchema` reads back. */
export function trainerToJson({ seconds, history, best }: TrainerState): string {
  const named = best && { criterion: best.criterion, epoch: best.epoch, value: best.value };
  return JSON.stringify({ seconds, history, best: named }, (_key, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}
