/** Training loss and accuracy over the epoch so far: what the table of epochs will say when it ends. */
import type { StepsEvent } from "../../worker/trainer-api.ts";

export interface Means {
  loss: number;
  accuracy: number;
}

export class EpochMean {
  readonly #stepsPerEpoch: number;
  #next = 0;
  #epoch = -1;
  #sums = { loss: 0, correct: 0, rows: 0 };

  constructor(stepsPerEpoch: number) {
    this.#stepsPerEpoch = stepsPerEpoch;
  }

  /** A step that was counted before (a device was lost, and the run went back) is not counted again. */
  add({ first, losses, correct, rows }: StepsEvent): void {
    losses.forEach((loss, i) => {
      const step = first + i;
      if (step < this.#next) return;
      this.#next = step + 1;
      const epoch = Math.floor(step / this.#stepsPerEpoch);
      if (epoch !== this.#epoch) this.#sums = { loss: 0, correct: 0, rows: 0 };
      this.#epoch = epoch;
      this.#sums.loss += loss * rows[i];
      this.#sums.correct += correct[i];
      this.#sums.rows += rows[i];
    });
  }

  /** Null before the first step. */
  means(): Means | null {
    const { loss, correct, rows } = this.#sums;
    return rows === 0 ? null : { loss: loss / rows, accuracy: correct / rows };
  }
}
