/** Rows of a split as a network sees them, and passes over many rows in pieces that fit in memory. */
import { pixelToInput, type Split } from "../core/dataset.ts";
import type { FloatArray, Parameters } from "../core/engine.ts";
import type { Network } from "../core/spec.ts";
import { floats, type Precision } from "./floats.ts";
import { forwardPass, type ForwardPass } from "./pass.ts";

/** Rows per piece: large enough to be quick, small enough to leave the event loop alive between two. */
const PIECE_ROWS = 64;

/** What each byte becomes, computed once. */
const INPUT_OF_BYTE = Float64Array.from({ length: 256 }, (_, byte) => pixelToInput(byte));

/** `[indices.length, pixels]`, pixels divided by 255 as on every engine. */
export function gatherInputs(
  precision: Precision,
  split: Split,
  indices: Uint32Array,
  pixels: number,
): FloatArray {
  const inputs = floats(precision, indices.length * pixels);
  indices.forEach((index, row) => {
    for (let pixel = 0; pixel < pixels; pixel++) {
      inputs[row * pixels + pixel] = INPUT_OF_BYTE[split.images[index * pixels + pixel]];
    }
  });
  return inputs;
}

/** `[indices.length]` */
export function gatherLabels(split: Split, indices: Uint32Array): Uint8Array {
  return Uint8Array.from(indices, (index) => split.labels[index]);
}

/**
 * Forward passes over all rows, without dropout, piece by piece.
 * @param inputsOf gives the inputs of rows `start` to before `end`, `[end - start, input]`
 * @param pause awaited between pieces
 */
export async function forEachPiece(
  network: Network,
  parameters: Parameters,
  rows: number,
  inputsOf: (start: number, end: number) => FloatArray,
  visit: (forward: ForwardPass, start: number) => void,
  pause: () => Promise<void>,
): Promise<void> {
  for (let start = 0; start < rows; start += PIECE_ROWS) {
    const end = Math.min(start + PIECE_ROWS, rows);
    visit(forwardPass(network, parameters, inputsOf(start, end)), start);
    await pause();
  }
}
