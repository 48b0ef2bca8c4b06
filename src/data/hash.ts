/** SHA-256, by which downloads are verified and datasets are named in run files; and a quick sum that tells files apart. */
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/errors.ts";
import { concatenate } from "./gzip.ts";
import { idxHeader } from "./idx.ts";

/** Web pages have it in secure contexts (https, localhost) only. */
export function canHash(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

/**
 * SHA-256 of the parts one after the other, in lower-case hexadecimal.
 * @throws DataError `data/insecure-context` where the platform offers no hashing
 */
export async function sha256(...parts: Uint8Array[]): Promise<string> {
  if (!canHash()) {
    throw new DataError("data/insecure-context", "this page cannot compute SHA-256 sums", {
      hint: "Open the page over https or on localhost.",
    });
  }
  const digest = await crypto.subtle.digest("SHA-256", concatenate(parts));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Names a dataset by its contents: SHA-256 of its train images, train labels, test images and test labels as
 * uncompressed IDX files, one after the other. It is what `zcat` of the four published files gives, and the same rows
 * have the same hash whether they came gzipped, raw, or were drawn. It covers all training rows, so it is taken before
 * any are held out for validation.
 * @throws DataError `data/split` when validation rows have been held out already
 */
export async function datasetHash(dataset: Dataset): Promise<string> {
  if (dataset.validation) {
    throw new DataError(
      "data/split",
      `the hash of ${dataset.name} covers all its training rows, ` +
        `but ${dataset.validation.labels.length} of them are held out for validation`,
      { hint: "Take the hash before holdOutValidation(), which keeps it in the dataset's sha256." },
    );
  }
  const parts = [dataset.train, dataset.test].flatMap(({ images, labels }) => [
    idxHeader([labels.length, dataset.height, dataset.width]),
    images,
    idxHeader([labels.length]),
    labels,
  ]);
  return sha256(...parts);
}

/** The dataset with its hash, computed where it is not known yet. @throws DataError like `datasetHash` */
export async function withHash(dataset: Dataset): Promise<Dataset> {
  return dataset.sha256 === undefined ? { ...dataset, sha256: await datasetHash(dataset) } : dataset;
}

/** FNV-1a of 32 bits, as eight hexadecimal digits: tells files apart at once, and promises nothing against forgery. */
export function fnv1a(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
