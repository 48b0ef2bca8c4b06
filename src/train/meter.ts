/**
 * Running sums of losses and counts, in float64 and in the order of the steps: over the current epoch, and since the last
 * step event. A run that goes back to a snapshot meets steps again; the epoch's sums go back with it, while a
 * step event never counts a row twice.
 */
import type { EpochSums, StepRecord } from "../core/engine.ts";
import { BacklitError } from "../core/errors.ts";
import type { Scores } from "../model/trainer-state.ts";

const none = (): EpochSums => ({ loss: 0, correct: 0, rows: 0 });

export class Meter {
  /** The step whose record comes next. */
  next = 0;
  #epoch = none();
  #window = none();
  /** Steps below this have been in a step event's window. */
  #seen = 0;

  /** Goes to where these sums were taken. @param step steps taken by then */
  restore(step: number, sums: EpochSums): void {
    this.next = step;
    this.#seen = Math.max(this.#seen, step);
    this.#epoch = { ...sums };
  }

  /** @throws BacklitError `training/records` when a step's record never came: means over the rest would be wrong. */
  add(records: StepRecord[]): void {
    for (const record of records) {
      // Left over from steps before the run.
      if (record.step < this.next) continue;
      if (record.step > this.next) {
        throw new BacklitError(
          "training/records",
          `the engine reported step ${record.step}, but step ${this.next} was expected`,
        );
      }
      this.next++;
      count(this.#epoch, record);
      if (record.step >= this.#seen) {
        this.#seen = this.next;
        count(this.#window, record);
      }
    }
  }

  /** Sums over the current epoch so far. */
  get sums(): EpochSums {
    return { ...this.#epoch };
  }

  startEpoch(): void {
    this.#epoch = none();
  }

  /** Rows waiting for the next step event. */
  get waiting(): number {
    return this.#window.rows;
  }

  /** Means over the rows since the last call. */
  takeWindow(): Scores & { rows: number } {
    const window = this.#window;
    this.#window = none();
    return { ...means(window), rows: window.rows };
  }
}

function count(sums: EpochSums, { loss, correct, rows }: StepRecord): void {
  sums.loss += loss * rows;
  sums.correct += correct;
  sums.rows += rows;
}

export function means({ loss, correct, rows }: EpochSums): Scores {
  return { loss: loss / rows, accuracy: correct / rows };
}
