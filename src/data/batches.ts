/**
 * The order in which training rows are met: a fresh seeded shuffle per epoch, cut into batches. The last short batch is
 * trained, not dropped. Both engines use this, so both see the same rows in the same steps.
 */
import { Random } from "../core/rng.ts";

export class BatchSequence {
  readonly rows: number;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  /** Row numbers of the current epoch in the order they are met. */
  readonly permutation: Uint32Array;
  #random: Random;
  #generatorBefore: number[] = [];
  /** Epochs finished. */
  epoch = 0;
  /** Batches taken in the current epoch; always below `stepsPerEpoch`. */
  position = 0;

  constructor(rows: number, batchSize: number, seed: number) {
    this.rows = rows;
    this.batchSize = batchSize;
    this.stepsPerEpoch = Math.ceil(rows / batchSize);
    this.permutation = new Uint32Array(rows);
    this.#random = Random.fromSeed(seed, "shuffle");
    this.#shuffle();
  }

  /** Rows of the batch at a position of the current epoch (a view, valid until the epoch ends). */
  batch(position: number = this.position): Uint32Array {
    const start = position * this.batchSize;
    return this.permutation.subarray(start, Math.min(start + this.batchSize, this.rows));
  }

  /** Moves on by n batches within the current epoch; at its end the next epoch is shuffled. Returns whether it ended. */
  advance(n: number = 1): boolean {
    this.position += n;
    if (this.position < this.stepsPerEpoch) return false;
    this.position = 0;
    this.epoch++;
    this.#shuffle();
    return true;
  }

  /** The generator's state from before the current epoch was shuffled. */
  get generator(): number[] {
    return [...this.#generatorBefore];
  }

  /** Goes on exactly where these values were taken. */
  restore(generator: readonly number[], epoch: number, position: number): void {
    this.#random = Random.fromState(generator);
    this.epoch = epoch;
    this.position = position;
    this.#shuffle();
  }

  #shuffle(): void {
    this.#generatorBefore = this.#random.state();
    for (let i = 0; i < this.rows; i++) this.permutation[i] = i;
    this.#random.shuffle(this.permutation);
  }
}
