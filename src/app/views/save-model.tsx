/** Gives the trained model away as a file. */
import { byteSize } from "../format.ts";
import { files } from "../state/run.ts";

export function SaveModel() {
  const bytes = files.value["model.safetensors"];
  if (!bytes) return null;
  return (
    <button type="button" class="secondary" onClick={() => save("model.safetensors", bytes)}>
      Save model.safetensors <small>{byteSize(bytes.length)}</small>
    </button>
  );
}

function save(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the blob after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
