/**
 * Gzip through the platform's DecompressionStream, held to one strict reading everywhere: browsers refuse bytes after
 * the end of the stream, older Node versions ignore zeros there and join several streams. Here all of that is an error.
 */
import { DataError } from "../core/errors.ts";

/** What one file may unpack to: enough for any dataset a page can hold, and a stop for a file made to fill the memory. */
const LARGEST_OUTPUT = 2 ** 31;

/** Header (10), an empty deflate block (2), checksum (4), length (4). */
const SMALLEST_FILE = 20;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a file of exactly one gzip stream.
 * @param what named in messages, for example a file name
 * @throws DataError `gzip/truncated`, `gzip/corrupt`, `gzip/trailing` or `gzip/too-large`
 */
export async function gunzip(bytes: Uint8Array, what: string): Promise<Uint8Array> {
  if (bytes.length < SMALLEST_FILE) throw truncated(what, bytes.length);
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  // A bad stream rejects both ends with the same error; the reading end reports it.
  const written = writer
    .write(new Uint8Array(bytes))
    .then(() => writer.close())
    .catch(() => undefined);
  const reader = stream.readable.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      length += part.value.length;
      if (length > LARGEST_OUTPUT) {
        await reader.cancel();
        throw new DataError("gzip/too-large", `${what} unpacks to more than ${LARGEST_OUTPUT} bytes`);
      }
    }
  } catch (error) {
    throw error instanceof DataError ? error : classify(error, what, bytes.length);
  }
  await written;

  // The last four bytes hold the unpacked length modulo 2^32 (RFC 1952): other bytes there were not part of the stream.
  const end = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4);
  if (end.getUint32(0, true) !== length % 2 ** 32) throw trailing(what, undefined);
  return concatenate(chunks);
}

/** One new array with the contents of all, in order. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Platforms agree on what is an error, but only their messages tell the causes apart. */
function classify(error: unknown, what: string, length: number): DataError {
  const message = error instanceof Error ? error.message : String(error);
  if (/truncated|unexpected end|incomplete/i.test(message)) return truncated(what, length, error);
  if (/junk|extra bytes|after the end|trailing|incorrect header/i.test(message)) return trailing(what, error);
  return new DataError("gzip/corrupt", `${what} is damaged: gzip reports "${message}"`, {
    hint: "Fetch the file again; its bytes changed on the way.",
    cause: error,
  });
}

function truncated(what: string, length: number, cause?: unknown): DataError {
  return new DataError(
    "gzip/truncated",
    `${what} ends in the middle of its gzip stream, after ${length} bytes`,
    {
      hint: "Fetch the file again; its end is missing.",
      cause,
    },
  );
}

function trailing(what: string, cause: unknown): DataError {
  return new DataError("gzip/trailing", `${what} has more bytes after the end of its gzip stream`, {
    hint: "A data file is a single gzip stream; fetch it again, or unpack and repack it.",
    cause,
  });
}
