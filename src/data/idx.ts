/**
 * Reads IDX, the format MNIST and its kin are published in: two zero bytes, a type code, the number of dimensions, each
 * dimension as a big-endian 32-bit integer, then the values, last dimension fastest. Every field is held against the
 * bytes that are really there. Source: http://yann.lecun.com/exdb/mnist/, "The IDX file format".
 */
import { DataError } from "../core/errors.ts";
import { recogniseFile } from "../core/file-kind.ts";
import { counted } from "../core/words.ts";
import { gunzip, isGzip } from "./gzip.ts";

export interface IdxArray {
  /** Sizes of the dimensions, slowest first: `[n, height, width]` for images, `[n]` for labels. */
  shape: number[];
  /** `[product of shape]` unsigned bytes in a buffer of their own. */
  data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const OTHER_TYPES: Record<number, string> = {
  0x09: "signed bytes",
  0x0b: "16-bit integers",
  0x0c: "32-bit integers",
  0x0d: "32-bit floats",
  0x0e: "64-bit floats",
};

/** The header of an uncompressed IDX file of unsigned bytes. @param shape slowest dimension first */
export function idxHeader(shape: readonly number[]): Uint8Array {
  const header = new Uint8Array(4 + 4 * shape.length);
  header.set([0, 0, UNSIGNED_BYTE, shape.length]);
  const view = new DataView(header.buffer);
  shape.forEach((size, dimension) => view.setUint32(4 + 4 * dimension, size));
  return header;
}

/**
 * @param bytes a whole file, gzipped or not: its first bytes tell
 * @param what named in messages, for example the file's name
 * @param rank how many dimensions the file must have; any number from 1 when left out
 * @throws DataError `idx/magic`, `idx/type`, `idx/rank`, `idx/length` or `gzip/…`
 */
export async function parseIdx(bytes: Uint8Array, what: string, rank?: number): Promise<IdxArray> {
  const raw = isGzip(bytes) ? await gunzip(bytes, what) : bytes;
  if (raw.length < 4) {
    throw new DataError(
      "idx/length",
      `${what} holds ${raw.length} bytes, but an IDX file starts with 4 bytes of type and rank`,
      { hint: "Fetch the file again; it is empty or cut off." },
    );
  }
  if (raw[0] !== 0 || raw[1] !== 0) throw notIdx(raw, what);
  checkType(raw[2], what);
  const shape = readShape(raw, what, rank);
  const offset = 4 + 4 * shape.length;
  const found = raw.length - offset;
  // Sizes beyond 2^53 lose digits here, but stay far above any number of bytes there can be.
  const expected = shape.reduce((product, size) => product * size, 1);
  if (found !== expected) {
    throw new DataError(
      "idx/length",
      `${what}: the header promises [${shape.join(", ")}] = ${expected} values of one byte, ` +
        `but ${found} bytes follow it`,
      {
        hint:
          found < expected
            ? "The end of the file is missing, or its header is damaged; fetch it again."
            : "There is something after the values, or the header is damaged; fetch the file again.",
      },
    );
  }
  return { shape, data: new Uint8Array(raw.subarray(offset)) };
}

function checkType(code: number, what: string): void {
  if (code === UNSIGNED_BYTE) return;
  const other = OTHER_TYPES[code];
  throw new DataError(
    "idx/type",
    `${what}: its type code is ${hex(code)} (${other ?? "not an IDX type"}), but pixels and labels are ` +
      `unsigned bytes, ${hex(UNSIGNED_BYTE)}`,
    {
      hint: other
        ? "Convert the values to unsigned bytes, 0 to 255."
        : "This is not an IDX file, or it is damaged.",
    },
  );
}

function readShape(raw: Uint8Array, what: string, rank: number | undefined): number[] {
  const dimensions = raw[3];
  if (dimensions === 0 || (rank !== undefined && dimensions !== rank)) {
    throw new DataError(
      "idx/rank",
      `${what} has ${counted(dimensions, "dimension")}, but ` +
        `${rank === undefined ? "at least 1 is" : `${rank} ${rank === 1 ? "is" : "are"}`} needed`,
      {
        hint: "Images have 3 (rows of data, height, width), labels 1; check that the files are not swapped.",
      },
    );
  }
  if (raw.length < 4 + 4 * dimensions) {
    throw new DataError(
      "idx/length",
      `${what} ends inside its header: ${dimensions} dimensions need ${4 + 4 * dimensions} bytes, ` +
        `but it holds ${raw.length}`,
      { hint: "Fetch the file again; its end is missing." },
    );
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
}

function notIdx(raw: Uint8Array, what: string): DataError {
  const start = Array.from(raw.subarray(0, 4), hex).join(" ");
  const found = recogniseFile(raw);
  return new DataError(
    "idx/magic",
    `${what} ${found ? `is ${found.name}: it ` : ""}starts with the bytes ${start}, but an IDX file starts with 0x00 0x00`,
    {
      hint: (found && HINTS[found.name]) ?? "Backlit reads the four files of MNIST's format, gzipped or not.",
    },
  );
}

/** Of files that are mistaken for data more often than others. */
const HINTS: Readonly<Record<string, string>> = {
  "a web page": "A web page is often an error message saved in the file's place; fetch the file again.",
  "a ZIP archive": "Unpack it first; Backlit reads the four files of MNIST's format, gzipped or not.",
};

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
