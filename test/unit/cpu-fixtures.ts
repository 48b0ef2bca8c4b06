/** Small random networks and datasets for the tests of the CPU reference. */
import type { Dataset, Split } from "../../src/core/dataset.ts";
import type { Parameters } from "../../src/core/engine.ts";
import { Random } from "../../src/core/rng.ts";
import { resolveNetwork, type Activation, type Network } from "../../src/core/spec.ts";
import { parameterShapes } from "../../src/model/parameters.ts";

export function randomArray(random: Random, size: number, scale = 1): Float64Array {
  return Float64Array.from({ length: size }, () => scale * (2 * random.uniform() - 1));
}

export function randomLabels(random: Random, rows: number, classes: number): Uint8Array {
  return Uint8Array.from({ length: rows }, () => random.below(classes));
}

/** Weights and biases all non-zero, in float64. */
export function randomParameters(random: Random, network: Network, scale = 1): Parameters {
  return Object.fromEntries(
    parameterShapes(network).map(({ name, size }) => [name, randomArray(random, size, scale)]),
  );
}

export function networkOf(
  input: number,
  hidden: number[],
  classes: number,
  activation: Activation = "relu",
  dropout = 0,
): Network {
  return resolveNetwork(specOf(input, hidden, classes, activation, dropout));
}

export function specOf(
  input: number,
  hidden: number[],
  classes: number,
  activation: Activation = "relu",
  dropout = 0,
) {
  return { input, layers: [...hidden.map((units) => ({ units, activation, dropout })), { units: classes }] };
}

/** Noise images with random labels: nothing to learn, everything to compute. */
export function noiseDataset(
  seed: number,
  { rows = 10, testRows = 7, height = 3, width = 3, classes = 4 } = {},
): Dataset {
  const random = Random.fromSeed(seed, "cases");
  const split = (n: number): Split => ({
    images: Uint8Array.from({ length: n * height * width }, () => random.below(256)),
    labels: randomLabels(random, n, classes),
  });
  return {
    name: "noise",
    height,
    width,
    classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
    train: split(rows),
    test: split(testRows),
  };
}
