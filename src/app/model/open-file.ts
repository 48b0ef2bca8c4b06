/** A file that a person gave, as a held model: `model.safetensors`, `checkpoint.safetensors`, or a run as a ZIP archive. */
import { DataError, FileFormatError } from "../../core/errors.ts";
import { readCheckpoint } from "../../model/checkpoint.ts";
import { modelOfCheckpoint } from "../../model/checkpoint-model.ts";
import { readModel } from "../../model/model-file.ts";
import { holdModel, type HeldModel } from "../state/model.ts";
import { unpackRun, type RunFiles } from "./run-archive.ts";

/** "PK", with which every ZIP archive begins. */
const ZIP = [0x50, 0x4b];

/**
 * Holds what is in the file.
 * @throws FileFormatError `file/…`, `safetensors/…`, `model/…`, `checkpoint/…`, `run/…`, DataError `data/unreadable`; then the model
 *   held before stays
 */
export async function openFile(file: File): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new DataError("data/unreadable", `${file.name} could not be read: ${(error as Error).message}`, {
      hint: "It may have changed or gone since it was chosen; choose it again.",
      cause: error,
    });
  }
  openBytes(bytes, { kind: "file", name: file.name });
}

/** @throws as openFile */
export function openBytes(bytes: Uint8Array, origin: HeldModel["origin"]): void {
  const files: RunFiles = ZIP.every((byte, i) => bytes[i] === byte) ? unpackRun(bytes) : sorted(bytes);
  const { "model.safetensors": model, "checkpoint.safetensors": checkpoint = null, ...others } = files;
  // Read whole, even beside a model: a checkpoint that is damaged should be known now, not when the run is to go on.
  const contents = checkpoint && readCheckpoint(checkpoint);
  holdModel(model ?? modelOfCheckpoint(contents!), origin, {
    checkpoint,
    run: Object.keys(others).length > 0 ? { files: others } : null,
  });
}

/** Which of the two kinds of safetensors file it is. */
function sorted(bytes: Uint8Array): RunFiles {
  try {
    readModel(bytes);
    return { "model.safetensors": bytes };
  } catch (error) {
    if (error instanceof FileFormatError && error.code === "model/kind") {
      return { "checkpoint.safetensors": bytes };
    }
    throw error;
  }
}
