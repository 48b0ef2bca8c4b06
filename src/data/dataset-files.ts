/** Four IDX files become one dataset, once they are known to belong together. */
import type { Dataset, Split } from "../core/dataset.ts";
import { DataError } from "../core/errors.ts";
import {
  classCount,
  classCountError,
  mismatches,
  type ImagesFacts,
  type LabelsFacts,
} from "./data-file-facts.ts";
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

export interface Images extends ImagesFacts {
  /** `[rows * height * width]` */
  data: Uint8Array;
}

export interface Labels extends LabelsFacts {
  /** `[rows]` */
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
  const trainLabels = await readLabels(files.trainLabels, names.trainLabels);
  const testImages = await readImages(files.testImages, names.testImages);
  const testLabels = await readLabels(files.testLabels, names.testLabels);
  const [mismatch] = mismatches({ trainImages, trainLabels, testImages, testLabels });
  if (mismatch) throw mismatch.error;
  const classes = description.classes
    ? [...description.classes]
    : Array.from({ length: classCount(trainLabels, testLabels) }, (_, label) => String(label));
  const wrongCount = classCountError(classes.length, description.name);
  if (wrongCount) throw wrongCount;
  checkLabels(trainLabels, classes.length);
  checkLabels(testLabels, classes.length);

  const { height, width } = trainImages;
  const train: Split = { images: trainImages.data, labels: trainLabels.data };
  const test: Split = { images: testImages.data, labels: testLabels.data };
  const dataset: Dataset = { name: description.name, height, width, classes, train, test };
  if (canHash()) dataset.sha256 = await datasetHash(dataset);
  return dataset;
}

/**
 * @param bytes a whole file, gzipped or not
 * @param what messages call it
 * @throws DataError `data/empty`, and those of `parseIdx`
 */
export async function readImages(bytes: Uint8Array, what: string): Promise<Images> {
  const { shape, data } = await parseIdx(bytes, what, 3);
  const [rows, height, width] = shape;
  if (data.length === 0) {
    throw new DataError("data/empty", `${what} holds no pixels: its shape is [${shape.join(", ")}]`, {
      hint: "Training and testing need at least one image each, of at least one pixel.",
    });
  }
  return { what, rows, height, width, data };
}

/** As readImages. @throws DataError those of `parseIdx` */
export async function readLabels(bytes: Uint8Array, what: string): Promise<Labels> {
  const { data } = await parseIdx(bytes, what, 1);
  const largest = data.reduce((most, label) => Math.max(most, label), 0);
  return { what, rows: data.length, largest, data };
}

function checkLabels({ data, what }: Labels, classes: number): void {
  const row = data.findIndex((label) => label >= classes);
  if (row < 0) return;
  throw new DataError(
    "data/label",
    `${what}: the label of row ${row} is ${data[row]}, but there are ${classes} classes`,
    {
      hint: `Labels go from 0 to ${classes - 1}.`,
    },
  );
}
