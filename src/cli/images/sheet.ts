/** Pictures of images: a dataset's contact sheet, and single images for report.html. */
import { encode } from "fast-png";
import type { Dataset, SplitName } from "../../core/dataset.ts";
import { splitOf } from "../../core/dataset.ts";

export function encodeGreyPng(width: number, height: number, data: Uint8Array): Uint8Array {
  return encode({ width, height, data, channels: 1, depth: 8 });
}

/** A grey image as a `data:` URL. */
export function pngDataUrl(width: number, height: number, pixels: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(encodeGreyPng(width, height, pixels)).toString("base64")}`;
}

const GAP = 2;
const PAPER = 40;

export interface Sheet {
  png: Uint8Array;
  width: number;
  height: number;
  rows: number;
  columns: number;
}

/** The first images of every class, one row per class, in label order. */
export function contactSheet(dataset: Dataset, splitName: SplitName, columns: number): Sheet {
  const split = splitOf(dataset, splitName);
  const { height, width } = dataset;
  const rows = dataset.classes.length;
  const sheetWidth = columns * (width + GAP) + GAP;
  const sheetHeight = rows * (height + GAP) + GAP;
  const pixels = new Uint8Array(sheetWidth * sheetHeight).fill(PAPER);
  const placed = new Uint32Array(rows);
  for (let i = 0; i < split.labels.length; i++) {
    const row = split.labels[i];
    const column = placed[row];
    if (column >= columns) continue;
    placed[row]++;
    const left = GAP + column * (width + GAP);
    const top = GAP + row * (height + GAP);
    for (let y = 0; y < height; y++) {
      const start = (i * height + y) * width;
      pixels.set(split.images.subarray(start, start + width), (top + y) * sheetWidth + left);
    }
  }
  const png = encodeGreyPng(sheetWidth, sheetHeight, pixels);
  return { png, width: sheetWidth, height: sheetHeight, rows, columns };
}
