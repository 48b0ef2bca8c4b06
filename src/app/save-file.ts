/** Gives something away as a file. */
import { blobOf } from "../worker/blob-of.ts";

/** @param type MIME type of bytes and texts; a blob has its own */
export async function saveFile(name: string, content: Blob | Uint8Array | string, type = ""): Promise<void> {
  const url = URL.createObjectURL(
    content instanceof Blob
      ? content
      : typeof content === "string"
        ? new Blob([content], { type })
        : await blobOf(content, type),
  );
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the blob after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
