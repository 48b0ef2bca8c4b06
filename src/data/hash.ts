/** SHA-256, by which downloads are verified and datasets are named in run files. */
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/errors.ts";
import { concatenate } from "./gzip.ts";

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
 * Names a dataset by its contents: SHA-256 of the bytes the dataset holds, train images, train labels, test images,
 * test labels, one after the other. File headers are not part of it, so the same rows have the same hash whether they
 * came gzipped, raw, or were drawn. It covers all training rows, so it is taken before any are held out for validation.
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
  const { train, test } = dataset;
  return sha256(train.images, train.labels, test.images, test.labels);
}
