/** The two kinds of input: digits, four fifths of whose pixels are 0, and noise, which has no zeros to gain from. */
import type { Dataset } from "../core/dataset.ts";
import { Random } from "../core/rng.ts";
import { counted } from "../core/words.ts";
import { syntheticDataset } from "../data/synthetic/dataset.ts";
import type { DatasetUsed, InputKind } from "./result.ts";

const SIDE = 28;
const CLASSES = 10;
/** Of the synthetic digits; only the suite `accuracy` reads them. */
const TEST_ROWS = 2000;

export interface Input {
  dataset: Dataset;
  used: DatasetUsed;
}

/** @param given real images; without any, digits that a program draws take their place */
export function openInput(kind: InputKind, rows: number, seed: number, given: Dataset | undefined): Input {
  return kind === "dense" ? denseInput(rows, seed) : digits(rows, given);
}

function digits(rows: number, given: Dataset | undefined): Input {
  if (given === undefined) {
    const dataset = syntheticDataset({ train: rows, test: TEST_ROWS });
    const { name } = dataset;
    return { dataset, used: { input: "mnist", name, description: `${rows} synthetic digits` } };
  }
  const { train, height, width, name } = given;
  const count = Math.min(rows, train.labels.length);
  const images = train.images.subarray(0, count * height * width);
  const dataset = { ...given, train: { images, labels: train.labels.subarray(0, count) } };
  return {
    dataset,
    used: { input: "mnist", name, description: `the first ${counted(count, "training image")} of ${name}` },
  };
}

/** Every byte drawn evenly from 0 to 255, labels too. */
function denseInput(rows: number, seed: number): Input {
  const random = Random.fromSeed(seed, "data");
  const words = new Uint32Array((rows * SIDE * SIDE) / 4);
  for (let i = 0; i < words.length; i++) words[i] = random.uint32();
  const labels = Uint8Array.from({ length: rows }, () => random.below(CLASSES));
  const empty = { images: new Uint8Array(0), labels: new Uint8Array(0) };
  const dataset: Dataset = {
    name: "noise",
    height: SIDE,
    width: SIDE,
    classes: Array.from({ length: CLASSES }, (_, label) => String(label)),
    train: { images: new Uint8Array(words.buffer), labels },
    test: empty,
  };
  return {
    dataset,
    used: { input: "dense", name: "noise", description: `${counted(rows, "image")} of random bytes` },
  };
}
