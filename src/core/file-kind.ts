/**
 * What a file is, by its first bytes: for messages, when somebody gives one file in the place of another. Only what may
 * well lie beside models and data is known. Pure.
 */

export type FileKind = "image" | "idx" | "gzip" | "zip" | "safetensors" | "other";

export interface RecognisedFile {
  kind: FileKind;
  /** With its article: `a PNG image`. */
  name: string;
}

/** First bytes as characters, each a byte. */
const SIGNATURES: readonly (readonly [start: string, kind: FileKind, name: string])[] = [
  ["\x89PNG\r\n", "image", "a PNG image"],
  ["\xff\xd8\xff", "image", "a JPEG image"],
  ["GIF8", "image", "a GIF image"],
  ["II*\0", "image", "a TIFF image"],
  ["MM\0*", "image", "a TIFF image"],
  ["\x1f\x8b", "gzip", "a gzip file"],
  ["PK\x03\x04", "zip", "a ZIP archive"],
  ["PK\x05\x06", "zip", "an empty ZIP archive"],
  ["%PDF", "other", "a PDF document"],
  ["\x89HDF", "other", "an HDF5 file, as Keras writes"],
  ["\x93NUMPY", "other", "a NumPy array"],
  ["GGUF", "other", "a GGUF model"],
  ["\x80\x02}q", "other", "a Python pickle"],
  ["7z\xbc\xaf", "other", "a 7z archive"],
];

/** Types of IDX values, and the most dimensions that anybody uses. */
const IDX_TYPES: readonly number[] = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e];
const IDX_RANKS = 8;

/** Enough to tell text from other bytes. */
const PROBE = 512;

/** @param bytes a file, or its beginning. @returns undefined for what is not known */
export function recogniseFile(bytes: Uint8Array): RecognisedFile | undefined {
  if (bytes.length === 0) return { kind: "other", name: "an empty file" };
  // Its header begins after eight bytes of length, of which a sensible one leaves the last two 0.
  if (bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0) {
    return { kind: "safetensors", name: "a safetensors file" };
  }
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  const [, kind, name] = SIGNATURES.find(([signature]) => start.startsWith(signature)) ?? [];
  if (kind !== undefined && name !== undefined) return { kind, name };
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return { kind: "image", name: "a WebP image" };
  if (bytes.length >= 8 && bytes[0] === 0 && bytes[1] === 0 && IDX_TYPES.includes(bytes[2])) {
    const rank = bytes[3];
    if (rank >= 1 && rank <= IDX_RANKS) return { kind: "idx", name: idxName(rank) };
  }
  const text = textOf(bytes);
  return text === undefined ? undefined : { kind: "other", name: textName(text) };
}

function idxName(rank: number): string {
  if (rank === 1) return "an IDX file of labels";
  return rank === 3 ? "an IDX file of images" : "an IDX file";
}

/** The beginning, where it is text in UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    // The last character may be cut.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, PROBE), { stream: true });
    return isReadable(text) ? text.trimStart() : undefined;
  } catch {
    return undefined;
  }
}

/** Control characters tell other bytes from text. */
function isReadable(text: string): boolean {
  return Array.from(text).every((character) => character >= " " || "\t\n\f\r".includes(character));
}

function textName(text: string): string {
  if (/^<(!doctype html|html)/i.test(text)) return "a web page";
  if (/^<\?xml|^<svg/i.test(text)) return "an XML document";
  return /^[[{]/.test(text) ? "a JSON file" : "a text file";
}
