/** Four IDX files become one dataset, once they are known to belong together. */
import type { Dataset, Split } from "../core/dataset.ts";
import { DataError } from "../core/errors.ts";
import { MAX_CLASSES } from "../core/spec.ts";
import { counted } from "../core/words.ts";
import { canHash, datasetHash } from "./hash.ts";
import { parseIdx } from "./idx.ts";

/** What each of the four files holds. */
export const DATA_FILE_ROLES = ["trainImages", "trainLabels", "testImages", "testLabels"] as const;
export type DataFileRole = (typeof DATA_FILE_ROLES)[number];

/** Whole files, gzipped or not. */
export type DataFiles = Record<DataFileRole, Uint8Array>;

export interface DatasetDescription {
  name: string;
  /** Class names in label order; when left out, "0" to the largest label of train and test. */
  classes?: readonly string[];
  /** What messages call each file, for example its path. */
  fileNames?: Record<DataFileRole, string>;
}

const PLAIN_NAMES: Record<DataFileRole, string> = {
  trainImages: "train images",
  trainLabels: "train labels",
  testImages: "test images",
  testLabels: "test labels",
};

interface Images {
  what: string;
  rows: number;
  height: number;
  width: number;
  data: Uint8Array;
}

/**
 * Any image size and 2 to 256 classes. `sha256` is filled in wherever the platform can hash.
 * @throws DataError `data/empty`, `data/count`, `data/image-size`, `data/classes`, `data/label`, and those of `parseIdx`
 */
export async function datasetFromFiles(files: DataFiles, description: DatasetDescription): Promise<Dataset> {
  const names = description.fileNames ?? PLAIN_NAMES;
  // One after the other: unpacking all at once would hold every file twice.
  const trainImages = await readImages(files.trainImages, names.trainImages);
  const trainLabels = await readLabels(files.trainLabels, names.trainLabels, trainImages);
  const testImages = await readImages(files.testImages, names.testImages);
  const testLabels = await readLabels(files.testLabels, names.testLabels, testImages);
  const { height, width } = trainImages;
  if (testImages.height !== height || testImages.width !== width) {
    throw new DataError(
      "data/image-size",
      `${trainImages.what} holds images of ${height} x ${width}, ` +
        `but ${testImages.what} of ${testImages.height} x ${testImages.width}`,
      { hint: "Train and test images must have the same height and width." },
    );
  }
  const classes = description.classes
    ? [...description.classes]
    : numberedClasses(Math.max(largest(trainLabels), largest(testLabels)) + 1);
  checkClassCount(classes.length, description.name);
  checkLabels(trainLabels, classes.length, names.trainLabels);
  checkLabels(testLabels, classes.length, names.testLabels);

  const train: Split = { images: trainImages.data, labels: trainLabels };
  const test: Split = { images: testImages.data, labels: testLabels };
  const dataset: Dataset = { name: description.name, height, width, classes, train, test };
  if (canHash()) dataset.sha256 = await datasetHash(dataset);
  return dataset;
}

async function readImages(bytes: Uint8Array, what: string): Promise<Images> {
  const { shape, data } = await parseIdx(bytes, what, 3);
  const [rows, height, width] = shape;
  if (data.length === 0) {
    throw new DataError("data/empty", `${what} holds no pixels: its shape is [${shape.join(", ")}]`, {
      hint: "Training and testing need at least one image each, of at least one pixel.",
    });
  }
  return { what, rows, height, width, data };
}

/** As many labels as images, or an error. */
async function readLabels(bytes: Uint8Array, what: string, images: Images): Promise<Uint8Array> {
  const { data } = await parseIdx(bytes, what, 1);
  if (data.length !== images.rows) {
    throw new DataError(
      "data/count",
      `${images.what} holds ${counted(images.rows, "image")}, but ${what} holds ${counted(data.length, "label")}`,
      { hint: "Every image needs exactly one label; check that the two files belong together." },
    );
  }
  return data;
}

function checkClassCount(count: number, name: string): void {
  if (count >= 2 && count <= MAX_CLASSES) return;
  throw new DataError("data/classes", `${name} has ${counted(count, "class", "classes")}`, {
    hint: `A classifier needs 2 to ${MAX_CLASSES} classes, labelled from 0.`,
  });
}

function checkLabels(labels: Uint8Array, classes: number, what: string): void {
  const row = labels.findIndex((label) => label >= classes);
  if (row < 0) return;
  throw new DataError(
    "data/label",
    `${what}: the label of row ${row} is ${labels[row]}, but there are ${classes} classes`,
    {
      hint: `Labels go from 0 to ${classes - 1}.`,
    },
  );
}

function largest(labels: Uint8Array): number {
  return labels.reduce((most, label) => Math.max(most, label), 0);
}

function numberedClasses(count: number): string[] {
  return Array.from({ length: count }, (_, label) => String(label));
}
