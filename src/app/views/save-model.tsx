/** Gives the trained model away as a file. */
import { byteSize } from "../format.ts";
import { saveFile } from "../save-file.ts";
import { files } from "../state/run.ts";

export function SaveModel() {
  const bytes = files.value["model.safetensors"];
  if (!bytes) return null;
  return (
    <button
      type="button"
      class="secondary"
      onClick={() => saveFile("model.safetensors", bytes, "application/octet-stream")}
    >
      Save model.safetensors <small>{byteSize(bytes.length)}</small>
    </button>
  );
}
