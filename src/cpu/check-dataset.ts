/** Whether a dataset fits a network, asked once, so that no loop has to. */
import type { Dataset, SplitName } from "../core/dataset.ts";
import { ShapeError } from "../core/errors.ts";
import type { Network } from "../core/spec.ts";

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
      `dataset ${name}: there are ${classes.length} classes, but the output layer has ${network.classes} units`,
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
