/**
 * Synthetic digits: handwriting drawn by a program, so that everything runs and trains with no data and no network.
 * They are not MNIST and hold nothing of it, but they are prepared the same way (28 x 28, ink in a 20 x 20 box, centre
 * of mass in the middle), so a network trained on them reads most of MNIST.
 */
import type { Dataset, Split } from "../../core/dataset.ts";
import type { Handwriting } from "./handwriting.ts";
import { InkBox, SIDE } from "./ink.ts";
import { PenPath } from "./path.ts";
import { SampleRandom } from "./sample-random.ts";
import { ZERO_TO_FOUR } from "./skeletons-0-4.ts";
import { FIVE_TO_NINE } from "./skeletons-5-9.ts";

const HANDWRITINGS: readonly (readonly Handwriting[])[] = [...ZERO_TO_FOUR, ...FIVE_TO_NINE];
const PIXELS = SIDE * SIDE;

/** Index of the first digit of the test split; training digits count from 0. */
export const TEST_START = 2 ** 31;

/** Digits drawn between two calls of `onProgress`. */
const CHUNK = 1000;

export function drawDigits({ seed, start, count }: { seed: number; start: number; count: number }): Split {
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
  return handwritings[0];
}
