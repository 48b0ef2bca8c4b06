/** Holds validation rows out of the training rows, the same ones for the same seed on every platform. */
import type { Dataset, Split } from "../core/dataset.ts";
import { SpecError } from "../core/errors.ts";
import { Random } from "../core/rng.ts";
import { counted } from "../core/words.ts";

/**
 * A dataset whose `validation` holds `count` training rows drawn at random, and whose `train` holds the others. Both
 * keep the order the rows had; the rows are copied, the dataset given is left as it was, and the test rows are shared
 * with it. `sha256` still stands for the whole. With a count of 0 there is no validation.
 * @throws SpecError when at least one training row would not be left, or rows were held out before
 */
export function holdOutValidation(dataset: Dataset, count: number, seed: number): Dataset {
  const rows = dataset.train.labels.length;
  if (!Number.isInteger(count) || count < 0) {
    throw new SpecError("validation", `validation must be a whole number of rows, but is ${count}`);
  }
  if (count === 0) return dataset;
  if (dataset.validation) {
    throw new SpecError(
      "validation",
      `${dataset.name} already has ${counted(dataset.validation.labels.length, "validation row")}`,
      "Hold rows out of the dataset as it was loaded.",
    );
  }
  if (count >= rows) {
    throw new SpecError(
      "validation",
      `validation takes ${counted(count, "row")}, but ${dataset.name} has only ${rows} to train on`,
      `Hold out at most ${rows - 1}; 0 holds out none.`,
    );
  }
  const order = Random.fromSeed(seed, "split").shuffle(Uint32Array.from({ length: rows }, (_, row) => row));
  const imageSize = dataset.height * dataset.width;
  return {
    ...dataset,
    train: takeRows(dataset.train, order.subarray(count).sort(), imageSize),
    validation: takeRows(dataset.train, order.subarray(0, count).sort(), imageSize),
  };
}

function takeRows(split: Split, rows: Uint32Array, imageSize: number): Split {
  const images = new Uint8Array(rows.length * imageSize);
  const labels = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    images.set(split.images.subarray(row * imageSize, (row + 1) * imageSize), i * imageSize);
    labels[i] = split.labels[row];
  });
  return { images, labels };
}

/**
 * How many rows of a training split are held out.
 * @param asked by a person; undefined where the default is to be taken, which takes no more of few rows than fits
 */
export function rowsHeldOut(asked: number | undefined, usual: number, rows: number): number {
  return asked ?? fittingValidation(usual, rows);
}

/** How many rows a default validation split takes of a training split: at most a tenth, so that small ones keep theirs. */
export function fittingValidation(wanted: number, rows: number): number {
  return Math.min(wanted, Math.floor(rows / 10));
}
