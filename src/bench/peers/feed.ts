/**
 * Batches for peers, in the order in which Backlit meets them. A batch is turned into floats and one-hot labels, and
 * stays on the peer's device. Slicing batches beforehand is a peer's best way: no library here keeps bytes on a device,
 * and gathering rows would cost a dispatch per step. After the first epoch the same batches come round again, where
 * Backlit shuffles anew; only while losses are compared are the rows of later epochs uploaded, as they must be the same.
 */
import { pixelToInput, type Split } from "../../core/dataset.ts";
import { BatchSequence } from "../../data/batches.ts";
import type { Workload } from "../workload.ts";

/** `inputs` `[rows * input]`, `targets` `[rows * classes]`. */
export type Upload<B> = (inputs: Float32Array, targets: Float32Array) => B;

export class Feed<B> {
  readonly #workload: Workload;
  readonly #sequence: BatchSequence;
  readonly #upload: Upload<B>;
  readonly #release: (batch: B) => void;
  readonly #resident: B[] = [];
  /** Rows of the batches of the first epoch. */
  readonly #firstEpoch: Uint32Array[] = [];
  /** Batches taken. */
  #taken = 0;

  constructor(workload: Workload, upload: Upload<B>, release: (batch: B) => void) {
    const { dataset, training } = workload;
    this.#workload = workload;
    this.#sequence = new BatchSequence(dataset.train.labels.length, training.batchSize, training.seed);
    this.#upload = upload;
    this.#release = release;
    for (let i = 0; i < this.#sequence.stepsPerEpoch; i++)
      this.#firstEpoch.push(this.#sequence.batch(i).slice());
  }

  /** The next batch while losses are compared, for as long as `work` takes. */
  async exact<T>(work: (batch: B) => Promise<T>): Promise<T> {
    const rows = this.#sequence.batch();
    const isFirstEpoch = this.#sequence.epoch === 0;
    const batch = isFirstEpoch ? this.#residentAt(this.#sequence.position) : this.#load(rows);
    this.#sequence.advance();
    this.#taken++;
    try {
      return await work(batch);
    } finally {
      if (!isFirstEpoch) this.#release(batch);
    }
  }

  /** The next batch while time is taken: resident. */
  next(): B {
    return this.#residentAt(this.#taken++ % this.#firstEpoch.length);
  }

  /** Makes every batch resident. */
  fill(): void {
    for (let i = 0; i < this.#firstEpoch.length; i++) this.#residentAt(i);
  }

  dispose(): void {
    for (const batch of this.#resident) if (batch !== undefined) this.#release(batch);
    this.#resident.length = 0;
  }

  #residentAt(position: number): B {
    return (this.#resident[position] ??= this.#load(this.#firstEpoch[position]));
  }

  #load(rows: Uint32Array): B {
    const { dataset, network } = this.#workload;
    const { labels } = dataset.train;
    const targets = new Float32Array(rows.length * network.classes);
    rows.forEach((row, i) => (targets[i * network.classes + labels[row]] = 1));
    return this.#upload(inputsOf(dataset.train, rows, network.input), targets);
  }
}

/** `[rows * input]` floats, as every engine sees them. */
function inputsOf({ images }: Split, rows: Uint32Array, input: number): Float32Array {
  const inputs = new Float32Array(rows.length * input);
  rows.forEach((row, i) => {
    for (let k = 0; k < input; k++) inputs[i * input + k] = pixelToInput(images[row * input + k]);
  });
  return inputs;
}

/** Test rows at a time. */
const PIECE = 1000;

/** Fraction of the test rows whose label is found. @param classify the most probable class of each of these rows */
export async function testAccuracy(
  { dataset, network }: Workload,
  classify: (inputs: Float32Array, rows: number) => Promise<ArrayLike<number>>,
): Promise<number> {
  const { labels } = dataset.test;
  let right = 0;
  for (let first = 0; first < labels.length; first += PIECE) {
    const rows = Uint32Array.from({ length: Math.min(PIECE, labels.length - first) }, (_, i) => first + i);
    const found = await classify(inputsOf(dataset.test, rows, network.input), rows.length);
    rows.forEach((row, i) => (right += found[i] === labels[row] ? 1 : 0));
  }
  return right / labels.length;
}
