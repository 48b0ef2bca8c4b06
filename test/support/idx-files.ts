/** Small IDX files for tests: well-formed ones, to be damaged on purpose. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Catalogue, CatalogueEntry, Mirror } from "../../src/data/catalogue.ts";
import { DATA_FILE_ROLES, type DataFileRole, type DataFiles } from "../../src/data/dataset-files.ts";

export const FILE_NAMES: Record<DataFileRole, string> = {
  trainImages: "train-images-idx3-ubyte.gz",
  trainLabels: "train-labels-idx1-ubyte.gz",
  testImages: "t10k-images-idx3-ubyte.gz",
  testLabels: "t10k-labels-idx1-ubyte.gz",
};

/** An IDX file of unsigned bytes. */
export function idxFile(shape: number[], values: ArrayLike<number>, type = 0x08): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + values.length);
  file[2] = type;
  file[3] = shape.length;
  const view = new DataView(file.buffer);
  shape.forEach((size, i) => view.setUint32(4 + 4 * i, size));
  file.set(values, 4 + 4 * shape.length);
  return file;
}

export function gzipped(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}

export function sha256Of(...parts: Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** `n` bytes that differ from row to row. */
export function pattern(n: number, start = 0): Uint8Array {
  return Uint8Array.from({ length: n }, (_, i) => (start + i * 37 + (i >> 3)) & 255);
}

/** Raw pixels and labels: 7 train and 3 test images of 4 x 5, labels 0 to 2. */
export const SMALL = {
  trainImages: pattern(7 * 20),
  trainLabels: Uint8Array.of(2, 0, 1, 2, 1, 0, 2),
  testImages: pattern(3 * 20, 101),
  testLabels: Uint8Array.of(1, 0, 2),
};

/** The four files of `SMALL`, not gzipped. */
export function smallFiles(): DataFiles {
  return {
    trainImages: idxFile([7, 4, 5], SMALL.trainImages),
    trainLabels: idxFile([7], SMALL.trainLabels),
    testImages: idxFile([3, 4, 5], SMALL.testImages),
    testLabels: idxFile([3], SMALL.testLabels),
  };
}

/** SHA-256 of the four files of `SMALL`, one after the other. */
export function smallHash(): string {
  const files = smallFiles();
  return sha256Of(files.trainImages, files.trainLabels, files.testImages, files.testLabels);
}

export function gzipAll(files: DataFiles): DataFiles {
  return Object.fromEntries(DATA_FILE_ROLES.map((role) => [role, gzipped(files[role])])) as DataFiles;
}

/** A catalogue whose one entry, `small`, stands for the given (gzipped) files on the given mirrors. */
export function smallCatalogue(
  files: DataFiles,
  mirrors: Mirror[],
  changes: Partial<CatalogueEntry> = {},
): Catalogue {
  const published = (role: DataFileRole) => ({
    name: FILE_NAMES[role],
    bytes: files[role].length,
    sha256: sha256Of(files[role]),
  });
  const small: CatalogueEntry = {
    name: "small",
    title: "Small",
    description: "ten small images",
    classes: ["round", "square", "flat"],
    files: {
      trainImages: published("trainImages"),
      trainLabels: published("trainLabels"),
      testImages: published("testImages"),
      testLabels: published("testLabels"),
    },
    mirrors,
    licence: "none",
    licenceUrl: "https://example.invalid/licence",
    authors: "nobody",
    citation: "none",
    homepage: "https://example.invalid/",
    ...changes,
  };
  return { small };
}
