/** What both engines ask of their arguments, so that both refuse the same input in the same words. */
import type { Dataset, Split, SplitName } from "../core/dataset.ts";
import type { EngineState } from "../core/engine.ts";
import { notFiniteText, ShapeError, SpecError } from "../core/errors.ts";
import type { Network } from "../core/spec.ts";
import { counted, grouped } from "../core/words.ts";

/** @throws ShapeError when image size, class count, array lengths or labels do not fit together. */
export function checkDataset(dataset: Dataset, network: Network): void {
  const { name, height, width, classes } = dataset;
  if (height * width !== network.input) {
    throw new ShapeError(
      `dataset ${name}: images are ${height} x ${width} = ${height * width} pixels, ` +
        `but the network's input is ${network.input}`,
    );
  }
  if (classes.length !== network.classes) {
    throw new ShapeError(
      `dataset ${name} has ${counted(classes.length, "class", "classes")}, but the output layer has ${counted(network.classes, "unit")}`,
    );
  }
  for (const splitName of ["train", "validation", "test"] as const) checkSplit(dataset, splitName);
}

function checkSplit(dataset: Dataset, splitName: SplitName): void {
  const split = dataset[splitName];
  if (split === undefined) return;
  const { images, labels } = split;
  const pixels = dataset.height * dataset.width;
  if (images.length !== labels.length * pixels) {
    throw new ShapeError(
      `dataset ${dataset.name}: ${splitName} has ${labels.length} labels and so needs ` +
        `${labels.length * pixels} pixels, but has ${images.length}`,
    );
  }
  const bad = labels.findIndex((label) => label >= dataset.classes.length);
  if (bad >= 0) {
    throw new ShapeError(
      `dataset ${dataset.name}: ${splitName}.labels[${bad}] is ${labels[bad]}, ` +
        `but there are ${dataset.classes.length} classes`,
    );
  }
}

/** The split of that name. @throws SpecError when there is no dataset or the split is empty. */
export function requireSplit(dataset: Dataset | undefined, what: string, name: SplitName): Split {
  if (dataset === undefined) {
    throw new SpecError(
      "dataset",
      `${what} needs a dataset, but the engine was made without one`,
      "Give the engine a dataset when you create it.",
    );
  }
  const split = dataset[name];
  if (split === undefined || split.labels.length === 0) {
    throw new SpecError("dataset", `${what}: dataset ${dataset.name} has no ${name} rows`);
  }
  return split;
}

/** @throws SpecError unless n is a whole number from 0. */
export function checkStepCount(n: number): void {
  if (!Number.isInteger(n) || n < 0) {
    throw new SpecError("n", `run: the number of steps must be a whole number from 0, but is ${n}`);
  }
}

/** @throws ShapeError when there are no rows, more than a batch (or a smaller split) of them, or one that the split does not have. */
export function checkIndices(indices: Uint32Array, batchSize: number, rows: number): void {
  const most = Math.min(batchSize, rows);
  if (indices.length < 1 || indices.length > most) {
    const limit = rows < batchSize ? `as the training split has ${counted(rows, "row")}` : "the batch size";
    throw new ShapeError(
      `step: ${counted(indices.length, "row")} ${indices.length === 1 ? "was" : "were"} given; ` +
        `a step takes 1 to ${grouped(most)}, ${limit}`,
      "Give fewer rows, or make the engine with a larger batch size or dataset.",
    );
  }
  const bad = indices.findIndex((index) => index >= rows);
  if (bad >= 0) {
    throw new ShapeError(
      `step: indices[${bad}] is ${indices[bad]}, but the training split has ${counted(rows, "row")}`,
    );
  }
}

/** What inputs that are not finite, or lead to numbers that are not, are refused with. @param tensor the first that is not */
export function notFinite(tensor: string, layer: number): ShapeError {
  return new ShapeError(`${notFiniteText({ tensor, layer })} for these inputs`, "Inputs must be finite.");
}

/** How many rows inputs hold. @param inputs `[n * width]` @throws ShapeError when they do not divide into rows. */
export function countRows(what: string, inputs: ArrayLike<number>, width: number): number {
  if (inputs.length % width !== 0) {
    throw new ShapeError(`${what}: ${inputs.length} inputs do not divide into rows of ${width}`);
  }
  return inputs.length / width;
}

/** @throws ShapeError unless there is at least one row and one valid label for each. */
export function checkLabels(what: string, labels: Uint8Array, rows: number, classes: number): void {
  if (rows === 0) throw new ShapeError(`${what}: at least one row is needed`);
  if (labels.length !== rows) {
    throw new ShapeError(`${what}: ${rows} rows need ${rows} labels, but ${labels.length} were given`);
  }
  const bad = labels.findIndex((label) => label >= classes);
  if (bad >= 0) {
    throw new ShapeError(`${what}: labels[${bad}] is ${labels[bad]}, but there are ${classes} classes`);
  }
}

/** Words of the shuffle generator's state. */
const GENERATOR_WORDS = 4;

/** @throws ShapeError when a count, the generator or a sum is not what an engine with this many steps could have given. */
export function checkCounts(state: EngineState, stepsPerEpoch: number): void {
  for (const name of ["step", "epoch", "position"] as const) {
    if (!Number.isSafeInteger(state[name]) || state[name] < 0) {
      throw new ShapeError(`setState: ${name} is ${state[name]}; it must be a whole number from 0`);
    }
  }
  if (state.position >= Math.max(1, stepsPerEpoch)) {
    throw new ShapeError(
      `setState: position is ${state.position}, but an epoch has ${counted(stepsPerEpoch, "step")}`,
      "The state was taken with another dataset or batch size.",
    );
  }
  const { generator, sums } = state;
  if (generator.length !== GENERATOR_WORDS || !generator.every((word) => Number.isInteger(word))) {
    throw new ShapeError(
      `setState: generator is [${generator.join(", ")}]; it must be ${GENERATOR_WORDS} whole numbers`,
    );
  }
  for (const name of ["loss", "correct", "rows"] as const) {
    if (!Number.isFinite(sums[name])) {
      throw new ShapeError(`setState: sums.${name} is ${sums[name]}; it must be finite`);
    }
  }
}
