/** Says what a file is that was given in the place of a model or a checkpoint. */
import { FileFormatError } from "../core/errors.ts";
import { recogniseFile, type FileKind } from "../core/file-kind.ts";

const HINTS: Readonly<Record<Exclude<FileKind, "safetensors">, string>> = {
  image: "Images are read with a model: `backlit predict --model MODEL IMAGE`.",
  idx: "It is part of a dataset: name its folder with --data.",
  gzip: "Unpack it first; if there is an IDX file in it, it is part of a dataset, whose folder --data takes as it is.",
  zip: "Unpack it first, and give what is in it.",
  other: "Models and checkpoints of Backlit's are safetensors files.",
};

/** @throws FileFormatError `file/image`, `file/idx`, `file/gzip`, `file/zip` or `file/other` for what is known to be none */
export function refuseOtherFile(bytes: Uint8Array, wanted: "model" | "checkpoint"): void {
  const found = recogniseFile(bytes);
  if (found === undefined || found.kind === "safetensors") return;
  throw new FileFormatError(`file/${found.kind}`, `this is ${found.name}, not a ${wanted}`, {
    hint: HINTS[found.kind],
  });
}
