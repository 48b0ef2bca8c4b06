/**
 * One value with its typed arrays as one run of bytes: how jobs and their events travel between the command and the
 * headless page. Binary stays binary (a checkpoint is megabytes), everything else is JSON.
 *
 * Layout: u32 length of the JSON (little-endian), the JSON `{ value, parts: [{ type, length }] }`, then each part on the
 * next multiple of 8 bytes. In `value`, `{ "$part": i }` stands for part i, and `{ "$number": "NaN" }` for a number that JSON
 * has no way to write.
 */
import { BacklitError } from "../core/errors.ts";
import { counted } from "../core/words.ts";

const TYPES = { Uint8Array, Uint32Array, Float32Array, Float64Array } as const;
type PartType = keyof typeof TYPES;
type Part = Uint8Array | Uint32Array | Float32Array | Float64Array;

interface Header {
  value: unknown;
  parts: { type: PartType; length: number }[];
}

const align = (offset: number): number => Math.ceil(offset / 8) * 8;

/** @throws BacklitError for a typed array of another kind. */
export function encodePacket(value: unknown): Uint8Array<ArrayBuffer> {
  const parts: Part[] = [];
  const json = JSON.stringify({
    value: replaceParts(value, parts),
    parts: parts.map((part) => ({ type: typeOf(part), length: part.length })),
  });
  const header = new TextEncoder().encode(json);
  const size = parts.reduce((offset, part) => align(offset) + part.byteLength, 4 + header.length);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  let offset = 4 + header.length;
  for (const part of parts) {
    offset = align(offset);
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  return bytes;
}

/** @throws BacklitError when the bytes end early. */
export function decodePacket(bytes: Uint8Array): unknown {
  // The parts are views, so the bytes must start on a boundary that suits every element type.
  const whole = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  if (whole.length < 4) throw truncated(whole.length);
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(0, true);
  if (whole.length < 4 + length) throw truncated(whole.length);
  const header = JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + length))) as Header;
  let offset = 4 + length;
  const parts = header.parts.map(({ type, length: count }): Part => {
    const Type = TYPES[type];
    offset = align(offset);
    if (offset + count * Type.BYTES_PER_ELEMENT > whole.length) throw truncated(whole.length);
    const part: Part = new Type(whole.buffer as ArrayBuffer, whole.byteOffset + offset, count);
    offset += part.byteLength;
    return part;
  });
  return restoreParts(header.value, parts);
}

function truncated(length: number): BacklitError {
  return new BacklitError(
    "packet/truncated",
    `a message between command and page ended after ${counted(length, "byte")}`,
  );
}

function typeOf(part: Part): PartType {
  return part.constructor.name as PartType;
}

function replaceParts(value: unknown, parts: Part[]): unknown {
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name === "Buffer" ? "Uint8Array" : value.constructor.name;
    if (!(name in TYPES)) throw new BacklitError("packet/type", `a ${name} cannot travel in a message`);
    const isBuffer = value.constructor.name === "Buffer";
    parts.push(isBuffer ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : (value as Part));
    return { $part: parts.length - 1 };
  }
  if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
  if (Array.isArray(value)) return value.map((entry) => replaceParts(entry, parts));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, replaceParts(entry, parts)]));
  }
  return value;
}

function restoreParts(value: unknown, parts: Part[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => restoreParts(entry, parts));
  if (value === null || typeof value !== "object") return value;
  const { $part, $number } = value as { $part?: number; $number?: string };
  if ($part !== undefined) return parts[$part];
  if ($number !== undefined) return Number($number);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, restoreParts(entry, parts)]));
}
