/** Bytes on their way to a file or the browser's storage, without a task that holds the page up however many they are. */
import { eventLoopTurn } from "../train/turn.ts";

/** Copied in a few milliseconds. */
const PIECE_BYTES = 4 << 20;

/** A copy, as those may change or be given away that are asked for. @param type MIME type */
export async function blobOf(bytes: Uint8Array, type = ""): Promise<Blob> {
  const parts: Blob[] = [];
  for await (const piece of inPieces(bytes)) parts.push(new Blob([new Uint8Array(piece)]));
  return new Blob(parts, { type });
}

/** Views of the bytes, one after another, with a turn of the event loop between them; of no bytes an empty one. */
export async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start === 0 || start < bytes.length; start += PIECE_BYTES) {
    if (start > 0) await eventLoopTurn();
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}
