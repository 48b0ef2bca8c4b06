/**
 * The safetensors format (https://github.com/huggingface/safetensors, "Format"): eight bytes with the header's length, a
 * JSON header, then the tensors' bytes without holes. Files cross machines and people, so reading is strict: every
 * defect has its own `code`, and nothing is guessed. Multi-byte values are little-endian, as is every platform that
 * has WebGPU.
 */
import { FileFormatError } from "../core/errors.ts";
import { counted } from "../core/words.ts";
import { duplicateKey } from "./strict-json.ts";

/** Half-precision types come as their bits, booleans as one byte each. */
interface TypedArrays {
  F64: Float64Array;
  F32: Float32Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
  I32: Int32Array;
  U32: Uint32Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
}

export type DType = keyof TypedArrays;

interface ArrayClass<A> {
  new (buffer: ArrayBuffer): A;
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
}

const ARRAYS: { readonly [D in DType]: ArrayClass<TypedArrays[D]> } = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** A tensor with the typed array of its dtype: `"F32"` and a `Float32Array`, and so on. */
export type SafeTensor = { [D in DType]: { dtype: D; shape: number[]; data: TypedArrays[D] } }[DType];

export interface SafetensorsFile {
  /** In the order of their bytes. */
  tensors: Record<string, SafeTensor>;
  /** The file's `__metadata__`; empty where it has none. */
  metadata: Record<string, string>;
}

const METADATA = "__metadata__";
/** As in the format's own implementation: a longer header is an attack or an accident. */
const MAX_HEADER = 100_000_000;
const DTYPES = Object.keys(ARRAYS).join(", ");

function fail(defect: string, message: string, hint = ""): never {
  throw new FileFormatError(`safetensors/${defect}`, `safetensors: ${message}`, { hint });
}

/**
 * @param tensors by name; each shape's product must be the length of its data
 * @param metadata strings only
 * @returns the file: data start aligned to 8 bytes, widest element types first so that every tensor is aligned to its
 *   element, otherwise in the order given
 * @throws FileFormatError `safetensors/name | dtype | data | shape | size-mismatch | metadata`
 */
export function writeSafetensors(
  tensors: Record<string, SafeTensor>,
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors).map(([name, tensor]) => checkTensor(name, tensor));
  entries.sort((a, b) => b.tensor.data.BYTES_PER_ELEMENT - a.tensor.data.BYTES_PER_ELEMENT);
  const header: [string, unknown][] = [];
  const described = checkMetadata(metadata);
  if (Object.keys(described).length > 0) header.push([METADATA, described]);
  let end = 0;
  for (const { name, tensor } of entries) {
    const begin = end;
    end += tensor.data.byteLength;
    header.push([name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const dataStart = 8 + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(dataStart + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  file.set(json, 8);
  file.fill(0x20, 8 + json.length, dataStart);
  let offset = dataStart;
  for (const { tensor } of entries) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    file.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += byteLength;
  }
  return file;
}

function checkTensor(name: string, tensor: SafeTensor): { name: string; tensor: SafeTensor } {
  if (name === METADATA) fail("name", `a tensor cannot be called ${METADATA}`);
  const dtype: string = tensor.dtype;
  if (!Object.hasOwn(ARRAYS, dtype)) fail("dtype", `${name} has dtype ${dtype}; it must be one of ${DTYPES}`);
  const expected = ARRAYS[tensor.dtype];
  if (!(tensor.data instanceof expected)) {
    const given = Object.prototype.toString.call(tensor.data).slice(8, -1);
    fail("data", `${name} is ${dtype} and needs a ${expected.name}, but its data is a ${given}`);
  }
  const size = elements(name, tensor.shape);
  if (size !== tensor.data.length) {
    const shape = tensor.shape.join(", ");
    fail(
      "size-mismatch",
      `${name} is [${shape}], ${counted(size, "value")}, but its data holds ${tensor.data.length}`,
    );
  }
  return { name, tensor };
}

/**
 * @param bytes a whole file, at any alignment; the tensors are copies
 * @throws FileFormatError, before any tensor is copied, with one of these codes after `safetensors/`: `too-short`,
 *   `header-length`, `header-encoding`, `header-start`, `header-padding`, `header-json`, `duplicate-key`, `metadata`,
 *   `entry`, `dtype`, `shape`, `offsets`, `size-mismatch`, `out-of-range`, `overlap`, `hole`, `trailing-bytes`
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, dataStart } = readHeader(bytes);
  const metadata = checkMetadata(Object.hasOwn(header, METADATA) ? header[METADATA] : {});
  const available = bytes.length - dataStart;
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => readEntry(name, entry, available));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCoverage(entries, available);
  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, SafeTensor] => {
    // Copied by hand: the slice() of a Node Buffer would be a view of the same, possibly misaligned, memory.
    const copy = new Uint8Array(end - begin);
    copy.set(bytes.subarray(dataStart + begin, dataStart + end));
    return [name, { dtype, shape, data: new ARRAYS[dtype](copy.buffer) } as SafeTensor];
  });
  // fromEntries defines own properties, so that a tensor may even be called "__proto__".
  return { tensors: Object.fromEntries(tensors), metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) {
    fail("too-short", `the file has ${counted(bytes.length, "byte")}; its header's length alone takes 8`);
  }
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (declared > BigInt(Math.min(MAX_HEADER, bytes.length - 8)) || declared < 2n) {
    fail(
      "header-length",
      `the header's length is given as ${declared}, but the file has ${bytes.length - 8} bytes after it ` +
        `and a header takes 2 to ${MAX_HEADER}`,
      "The file was cut off, or is not a safetensors file.",
    );
  }
  const dataStart = 8 + Number(declared);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, dataStart));
  } catch (cause) {
    throw new FileFormatError("safetensors/header-encoding", "safetensors: the header is not UTF-8", {
      cause,
    });
  }
  if (text[0] !== "{")
    fail("header-start", `the header must begin with "{", but begins with ${quote(text[0])}`);
  const json = text.replace(/ +$/, "");
  if (/\s$/.test(json))
    fail("header-padding", `the header is padded with ${quote(json.at(-1))}, not with spaces`);
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(json) as Record<string, unknown>;
  } catch (cause) {
    throw new FileFormatError(
      "safetensors/header-json",
      `safetensors: the header is not JSON (${String(cause)})`,
      {
        cause,
      },
    );
  }
  const repeated = duplicateKey(json);
  if (repeated !== undefined)
    fail("duplicate-key", `${quote(repeated)} occurs twice in one object of the header`);
  return { header, dataStart };
}

interface Entry {
  name: string;
  dtype: DType;
  shape: number[];
  /** Byte range within the data. */
  begin: number;
  end: number;
}

function readEntry(name: string, entry: unknown, available: number): Entry {
  if (!isObject(entry)) fail("entry", `${name} must be an object, but is ${quote(entry)}`);
  const fields = Object.keys(entry);
  const unknown = fields.find((field) => !["dtype", "shape", "data_offsets"].includes(field));
  if (unknown !== undefined) fail("entry", `${name} has an unknown field ${quote(unknown)}`);
  const missing = ["dtype", "shape", "data_offsets"].find((field) => !fields.includes(field));
  if (missing !== undefined) fail("entry", `${name} has no ${missing}`);
  const dtype = entry["dtype"];
  if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype)) {
    fail("dtype", `${name} has dtype ${quote(dtype)}; Backlit reads ${DTYPES}`);
  }
  const known = dtype as DType;
  const shape = entry["shape"];
  const size = elements(name, shape) * ARRAYS[known].BYTES_PER_ELEMENT;
  const [begin, end] = readOffsets(name, entry["data_offsets"]);
  if (end > available) {
    fail(
      "out-of-range",
      `${name} ends at byte ${end} of the data, but there are only ${available}`,
      "The file was cut off.",
    );
  }
  if (end - begin !== size) {
    fail(
      "size-mismatch",
      `${name} is ${known} [${(shape as number[]).join(", ")}] and takes ${counted(size, "byte")}, but is given ${end - begin}`,
    );
  }
  return { name, dtype: known, shape: shape as number[], begin, end };
}

function readOffsets(name: string, offsets: unknown): [number, number] {
  if (Array.isArray(offsets) && offsets.length === 2 && offsets.every(isCount) && offsets[0] <= offsets[1]) {
    return [offsets[0], offsets[1]];
  }
  return fail(
    "offsets",
    `the data_offsets of ${name} must be [begin, end] in order, but are ${quote(offsets)}`,
  );
}

/** The format wants every byte to belong to exactly one tensor. @param entries sorted by begin */
function checkCoverage(entries: Entry[], available: number): void {
  let covered = 0;
  let before = "";
  for (const { name, begin, end } of entries) {
    if (begin < covered) fail("overlap", `${name} begins at byte ${begin}, but ${before} ends at ${covered}`);
    if (begin > covered) fail("hole", `the bytes ${covered} to ${begin} before ${name} belong to no tensor`);
    covered = end;
    before = name;
  }
  if (covered < available) {
    fail("trailing-bytes", `the tensors end at byte ${covered} of the data, but it has ${available}`);
  }
}

function checkMetadata(value: unknown): Record<string, string> {
  if (!isObject(value)) fail("metadata", `${METADATA} must be an object of strings, but is ${quote(value)}`);
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== "string") {
      fail("metadata", `${METADATA} holds strings only, but ${quote(key)} is ${quote(entry)}`);
    }
  }
  return value as Record<string, string>;
}

/** Product of a shape; 1 for a scalar's `[]`. */
function elements(name: string, shape: unknown): number {
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    fail("shape", `the shape of ${name} must be an array of whole numbers, but is ${quote(shape)}`);
  }
  // A zero makes the tensor empty, however large the other sizes are.
  const product = shape.includes(0) ? 0 : shape.reduce((total: number, size: number) => total * size, 1);
  if (!Number.isSafeInteger(product * 8)) fail("shape", `${name} [${shape.join(", ")}] has too many values`);
  return product;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as the message shows it, cut where it is long. */
function quote(value: unknown): string {
  const text = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
