/** What is known of a dataset's files once they have been read one by one, and what is wrong between them. */
import { DataError } from "../core/errors.ts";
import { MAX_CLASSES } from "../core/spec.ts";
import { counted } from "../core/words.ts";
import type { DataFileRole } from "./dataset-files.ts";

export interface ImagesFacts {
  /** What messages call the file. */
  what: string;
  rows: number;
  height: number;
  width: number;
}

export interface LabelsFacts {
  /** What messages call the file. */
  what: string;
  rows: number;
  /** The largest label; 0 where there is none. */
  largest: number;
}

/** Those of the four files that are known. */
export interface DataFileFacts {
  trainImages?: ImagesFacts | undefined;
  trainLabels?: LabelsFacts | undefined;
  testImages?: ImagesFacts | undefined;
  testLabels?: LabelsFacts | undefined;
}

/** What is wrong with a file beside another one. */
export interface Mismatch {
  /** The file that is told of it: of two that do not fit, the one that is usually chosen later. */
  role: DataFileRole;
  /** `data/count` or `data/image-size` */
  error: DataError;
}

/** Every image needs one label, and all images one size. Files that are not known yet are held against nothing. */
export function mismatches(files: DataFileFacts): Mismatch[] {
  const { trainImages, trainLabels, testImages, testLabels } = files;
  const found: Mismatch[] = [];
  const add = (role: DataFileRole, error: DataError | undefined): void => {
    if (error) found.push({ role, error });
  };
  if (trainImages && trainLabels) add("trainLabels", countError(trainImages, trainLabels));
  if (testImages && testLabels) add("testLabels", countError(testImages, testLabels));
  if (trainImages && testImages) add("testImages", sizeError(trainImages, testImages));
  return found;
}

/** Of labels that are numbers: from 0 to the largest one of train and test. */
export function classCount(trainLabels: LabelsFacts, testLabels: LabelsFacts): number {
  return Math.max(trainLabels.largest, testLabels.largest) + 1;
}

/** `data/classes`, or undefined where a classifier can tell so many apart. @param name of the dataset */
export function classCountError(count: number, name: string): DataError | undefined {
  if (count >= 2 && count <= MAX_CLASSES) return undefined;
  return new DataError("data/classes", `${name} has ${counted(count, "class", "classes")}`, {
    hint: `A classifier needs 2 to ${MAX_CLASSES} classes, labelled from 0.`,
  });
}

function countError(images: ImagesFacts, labels: LabelsFacts): DataError | undefined {
  if (labels.rows === images.rows) return undefined;
  return new DataError(
    "data/count",
    `${images.what} holds ${counted(images.rows, "image")}, but ${labels.what} holds ${counted(labels.rows, "label")}`,
    { hint: "Every image needs exactly one label; check that the two files belong together." },
  );
}

function sizeError(train: ImagesFacts, test: ImagesFacts): DataError | undefined {
  if (test.height === train.height && test.width === train.width) return undefined;
  return new DataError(
    "data/image-size",
    `${train.what} holds images of ${train.height} x ${train.width}, ` +
      `but ${test.what} of ${test.height} x ${test.width}`,
    { hint: "Train and test images must have the same height and width." },
  );
}
