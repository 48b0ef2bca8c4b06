/** A look at one of a person's own files before anything is trained on it: its sizes, and its first images. */
import { DataError } from "../core/errors.ts";
import type { ImagesFacts, LabelsFacts } from "../data/data-file-facts.ts";
import { readImages, readLabels, type DataFileRole } from "../data/dataset-files.ts";

export type DataFileLook =
  | (ImagesFacts & {
      kind: "images";
      /** `[n * height * width]`, as many as are shown. */
      first: Uint8Array;
    })
  | (LabelsFacts & { kind: "labels" });

/** How many images of a dataset are shown, and how many pixels of them: large images are fewer. */
const SAMPLES = { images: 90, pixels: 1_000_000 };

export function sampleCount({ height, width }: Pick<ImagesFacts, "height" | "width">): number {
  return Math.max(1, Math.min(SAMPLES.images, Math.floor(SAMPLES.pixels / (height * width))));
}

/** Reads the whole file, as a run would. @throws DataError as readFile, readImages and readLabels */
export async function lookAtFile(role: DataFileRole, file: File): Promise<DataFileLook> {
  const bytes = await readFile(file);
  if (role === "trainLabels" || role === "testLabels") {
    const { data: _, ...facts } = await readLabels(bytes, file.name);
    return { kind: "labels", ...facts };
  }
  const { data, ...facts } = await readImages(bytes, file.name);
  return { kind: "images", ...facts, first: data.slice(0, sampleCount(facts) * facts.height * facts.width) };
}

/** @throws DataError `data/unreadable` where the platform cannot read it any more */
export async function readFile(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new DataError("data/unreadable", `${file.name} could not be read: ${(error as Error).message}`, {
      hint: "It may have changed or gone since it was chosen; choose it again.",
      cause: error,
    });
  }
}
