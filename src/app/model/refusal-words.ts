/** What the page says of a file that it could not open as a model, a checkpoint or a run. Pure. */
import type { BacklitError } from "../../core/errors.ts";

/** Continues the file's name. */
export function refusalTitle(code: string): string {
  if (code === "data/unreadable") return "could not be read";
  if (code === "model/format" || code === "checkpoint/format") return "a file of another program";
  if (code.endsWith("/replay")) return "a step that a trace has kept, not a model";
  if (code.endsWith("/version")) return "of another version of Backlit";
  const family = code.split("/")[0];
  if (family === "file") return "another kind of file";
  if (family === "image") return "could not be read as a picture";
  if (family === "safetensors") return "not a whole safetensors file";
  if (family === "run") return "not an archive of a run";
  if (family === "checkpoint") return "not a checkpoint to go on from";
  return "not a model to read with";
}

const WANTED =
  "Give a model.safetensors, a checkpoint.safetensors, a run as a ZIP archive, or the four IDX files of a dataset to train on.";

/** Where such a file belongs. */
const PLACES: Readonly<Record<string, string>> = {
  "file/image": `${WANTED} Pictures are read in the view Draw: open it, and drop this one there.`,
  "file/idx": "It is part of a dataset: in the view Train, choose own files, and give all four there.",
  "file/gzip": `Unpack it first. ${WANTED} Only the IDX files may stay packed: they are own files in the view Train.`,
  "file/other": WANTED,
};

/** What to do. The command's flags are no help here. @param pictures whether the view takes them, too */
export function refusalHint({ code, hint }: Pick<BacklitError, "code" | "hint">, pictures = false): string {
  if (pictures && code === "file/other") return `${WANTED} This view takes pictures, too.`;
  if (PLACES[code] !== undefined) return PLACES[code];
  if (hint !== "" && !hint.includes("--")) return hint;
  return code.endsWith("/format") ? "Only Backlit’s own files say what their network is." : WANTED;
}
