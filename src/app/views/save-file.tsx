/** Gives a file of the run away; nothing while the run has not given it. */
import { byteSize } from "../format.ts";
import { saveFile } from "../save-file.ts";
import { files } from "../state/run.ts";

export function SaveFile({ name }: { name: "model.safetensors" | "checkpoint.safetensors" }) {
  const bytes = files.value[name];
  if (!bytes) return null;
  return (
    <button
      type="button"
      class="secondary"
      onClick={() => void saveFile(name, bytes, "application/octet-stream")}
    >
      Save {name} <small>{byteSize(bytes.length)}</small>
    </button>
  );
}
