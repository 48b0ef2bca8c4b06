/** Labelled images as every part of Backlit passes them around: bytes, not floats. */

export type SplitName = "train" | "validation" | "test";

export interface Split {
  /** `[n * height * width]`, one byte per pixel, row by row. */
  images: Uint8Array;
  /** `[n]`, each below `classes.length`. */
  labels: Uint8Array;
}

export interface Dataset {
  name: string;
  height: number;
  width: number;
  /** Names of the classes, in label order. */
  classes: string[];
  train: Split;
  validation?: Split;
  test: Split;
  /** Hash of the uncompressed train images, train labels, test images, test labels, concatenated (hex), if known. */
  sha256?: string;
}

/** What a pixel becomes in the network, on every engine: `f32(u8) * f32(1/255)`. */
export function pixelToInput(byte: number): number {
  return Math.fround(byte * Math.fround(1 / 255));
}

export function splitOf(dataset: Dataset, name: SplitName): Split {
  return dataset[name] ?? { images: new Uint8Array(0), labels: new Uint8Array(0) };
}
