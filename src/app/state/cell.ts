/** The cell of a confusion matrix whose images are shown. */
import { signal } from "@preact/signals";
import type { Cell, CellImages } from "../../worker/trainer-api.ts";
import { cellInWorker } from "./trainer.ts";

/** Images shown at most. */
export const MOST_IMAGES = 60;

export const openCell = signal<Cell | null>(null);

/** Of the open cell: null until they are there, "gone" where the worker has them no more. */
export const cellImages = signal<CellImages | "gone" | null>(null);

export async function showCell(cell: Cell): Promise<void> {
  openCell.value = cell;
  cellImages.value = null;
  let found: CellImages | "gone";
  try {
    found = (await cellInWorker(cell, MOST_IMAGES)) ?? "gone";
  } catch {
    // The worker was ended, or broke: then the run itself says so.
    found = "gone";
  }
  // Another cell may have been opened meanwhile, or none.
  if (openCell.peek() === cell) cellImages.value = found;
}

export function closeCell(): void {
  openCell.value = null;
  cellImages.value = null;
}
