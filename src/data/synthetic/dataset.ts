/**
 * Synthetic digits: handwriting drawn by a program, so that everything runs and trains with no data and no network.
 * They are not MNIST and hold nothing of it, but they are prepared the same way (28 x 28, ink in a 20 x 20 box, centre
 * of mass in the middle), so a network trained on them reads most of MNIST. Every byte is a pure function of the seed
 * and the digit's index, by integer arithmetic and by operations that IEEE 754 rounds correctly (+, -, *, / and sqrt):
 * the same on every JavaScript engine.
 */
import type { Dataset, Split } from "../../core/dataset.ts";
import { SpecError } from "../../core/errors.ts";
import type { Handwriting } from "./handwriting.ts";
import { InkBox, SIDE } from "./ink.ts";
import { PenPath } from "./path.ts";
import { SampleRandom } from "./sample-random.ts";
import { ZERO_TO_FOUR } from "./skeletons-0-4.ts";
import { FIVE_TO_NINE } from "./skeletons-5-9.ts";

/** The handwritings of each digit, by label. */
export const HANDWRITINGS: readonly (readonly Handwriting[])[] = [...ZERO_TO_FOUR, ...FIVE_TO_NINE];

/** Index of the first digit of a test split; training digits count from 0, so the two never meet. */
export const TEST_START = 2 ** 31;

const PIXELS = SIDE * SIDE;
/** 1.6 GB of images, which every engine can still hold in one array. */
const MOST_DIGITS = 2_000_000;
/** Digits drawn between two calls of `onProgress`. */
const PROGRESS_EVERY = 1000;

export interface SyntheticOptions {
  /** Any integer; its low 32 bits count. */
  seed?: number;
  /** Digits in the training split. */
  train?: number;
  /** Digits in the test split. */
  test?: number;
  /** Called now and then, and at the end, with how many of all digits are drawn. */
  onProgress?: (drawn: number, total: number) => void;
}

/**
 * A whole dataset of synthetic digits, about a second's work for 70,000. More digits with the same seed begin with the
 * same digits; the test split does not depend on the size of the training split.
 * @throws SpecError for a seed or a count that is no whole number or out of range.
 */
export function syntheticDataset({
  seed = 1,
  train = 60_000,
  test = 10_000,
  onProgress,
}: SyntheticOptions = {}): Dataset {
  checkWhole("seed", seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  checkWhole("train", train, 1, MOST_DIGITS);
  checkWhole("test", test, 1, MOST_DIGITS);
  const total = train + test;
  return {
    name: "synthetic",
    height: SIDE,
    width: SIDE,
    classes: HANDWRITINGS.map((_, label) => String(label)),
    train: draw(seed, 0, train, (drawn) => onProgress?.(drawn, total)),
    test: draw(seed, TEST_START, test, (drawn) => onProgress?.(train + drawn, total)),
  };
}

/**
 * Digits `start … start + count - 1` of a seed: `[count * 784]` bytes, 0 is paper and 255 is ink, and their labels. Each
 * depends on its index alone, so a set can be drawn in pieces.
 * @throws SpecError for a seed, start or count that is no whole number or out of range.
 */
export function drawDigits({ seed, start, count }: { seed: number; start: number; count: number }): Split {
  checkWhole("seed", seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  checkWhole("count", count, 0, MOST_DIGITS);
  checkWhole("start", start, 0, 2 ** 32 - count);
  return draw(seed, start, count);
}

function draw(seed: number, start: number, count: number, onProgress?: (drawn: number) => void): Split {
  const images = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  const random = new SampleRandom();
  const path = new PenPath();
  const ink = new InkBox();
  for (let i = 0; i < count; i++) {
    random.restart(seed, start + i);
    const label = random.below(HANDWRITINGS.length);
    path.draw(choose(HANDWRITINGS[label], random), random);
    ink.draw(path, random, images, i * PIXELS);
    labels[i] = label;
    const drawn = i + 1;
    if (drawn % PROGRESS_EVERY === 0 || drawn === count) onProgress?.(drawn);
  }
  return { images, labels };
}

/** A handwriting by its share. */
function choose(handwritings: readonly Handwriting[], random: SampleRandom): Handwriting {
  let total = 0;
  for (const { share } of handwritings) total += share;
  let rest = random.uniform() * total;
  for (const handwriting of handwritings) {
    rest -= handwriting.share;
    if (rest < 0) return handwriting;
  }
  // Rounding may leave a sliver above zero.
  return handwritings[handwritings.length - 1];
}

function checkWhole(path: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new SpecError(
    path,
    `${path} of the synthetic digits must be a whole number from ${least} to ${most}, but is ${value}`,
  );
}
