import { describe, expect, it } from "vitest";
import { FileFormatError } from "../../src/core/errors.ts";
import { duplicateKey } from "../../src/model/strict-json.ts";
import { readSafetensors, writeSafetensors, type SafeTensor } from "../../src/model/safetensors.ts";
import { thrownBy } from "../support/errors.ts";

/** A file from a header text and data, with no help from the writer under test. */
function byHand(header: string | Uint8Array, data: number[] = [], declared?: bigint): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, declared ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const bytesOf = (data: ArrayBufferView): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const EVERY_DTYPE: Record<string, SafeTensor> = {
  bool: { dtype: "BOOL", shape: [3], data: Uint8Array.of(0, 1, 1) },
  u8: { dtype: "U8", shape: [1, 3], data: Uint8Array.of(0, 128, 255) },
  i8: { dtype: "I8", shape: [3, 1], data: Int8Array.of(-128, 0, 127) },
  u16: { dtype: "U16", shape: [1], data: Uint16Array.of(65535) },
  i16: { dtype: "I16", shape: [1], data: Int16Array.of(-32768) },
  f16: { dtype: "F16", shape: [2], data: Uint16Array.of(0x3c00, 0xfc00) },
  bf16: { dtype: "BF16", shape: [1], data: Uint16Array.of(0x3f80) },
  u32: { dtype: "U32", shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
  i32: { dtype: "I32", shape: [1], data: Int32Array.of(-(2 ** 31)) },
  f32: { dtype: "F32", shape: [2, 2], data: Float32Array.of(1.5, -0, Number.NaN, Infinity) },
  u64: { dtype: "U64", shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
  i64: { dtype: "I64", shape: [1], data: BigInt64Array.of(-(2n ** 63n)) },
  f64: { dtype: "F64", shape: [], data: Float64Array.of(0.1) },
  empty: { dtype: "F32", shape: [0, 5], data: new Float32Array(0) },
};

describe("writing and reading", () => {
  it("returns every dtype bit for bit, with shapes and metadata", () => {
    const metadata = { format: "backlit", text: 'ü "quoted" \n' };
    const { tensors, metadata: read } = readSafetensors(writeSafetensors(EVERY_DTYPE, metadata));
    expect(read).toEqual(metadata);
    expect(Object.keys(tensors).toSorted()).toEqual(Object.keys(EVERY_DTYPE).toSorted());
    for (const [name, { dtype, shape, data }] of Object.entries(EVERY_DTYPE)) {
      expect(tensors[name].dtype).toBe(dtype);
      expect(tensors[name].shape).toEqual(shape);
      expect(tensors[name].data.constructor).toBe(data.constructor);
      expect([...bytesOf(tensors[name].data)]).toEqual([...bytesOf(data)]);
    }
  });

  it("aligns the data to 8 bytes with spaces and every tensor to its element", () => {
    for (let length = 0; length < 9; length++) {
      const file = writeSafetensors(EVERY_DTYPE, { pad: "x".repeat(length) });
      const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
      expect(headerLength % 8).toBe(0);
      const text = new TextDecoder().decode(file.subarray(8, 8 + headerLength));
      expect(text).toMatch(/^\{.*\} {0,7}$/);
      const header = JSON.parse(text) as Record<string, { data_offsets: [number, number] }>;
      for (const [name, { data }] of Object.entries(EVERY_DTYPE)) {
        expect(header[name].data_offsets[0] % data.BYTES_PER_ELEMENT).toBe(0);
      }
    }
  });

  it("writes the bytes that the format's description gives", () => {
    const file = writeSafetensors({ a: { dtype: "I16", shape: [2], data: Int16Array.of(1, -2) } });
    const json = '{"a":{"dtype":"I16","shape":[2],"data_offsets":[0,4]}}';
    const padded = json.padEnd(56, " ");
    expect(file).toEqual(byHand(padded, [1, 0, 0xfe, 0xff]));
  });

  it("writes only the part of a buffer that a view covers", () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const { tensors } = readSafetensors(writeSafetensors({ a: { dtype: "F32", shape: [2], data } }));
    expect([...tensors["a"].data]).toEqual([1, 2]);
  });

  it("reads hand-made files: no padding, any header order, misaligned tensors, a scalar", () => {
    const file = byHand(
      '{"b":{"dtype":"F32","shape":[],"data_offsets":[1,5]}, "a":{"shape":[1],"data_offsets":[0,1],"dtype":"U8"}}',
      [7, 0, 0, 128, 63],
    );
    expect(file.length % 4).not.toBe(0);
    const { tensors, metadata } = readSafetensors(file);
    expect(Object.keys(tensors)).toEqual(["a", "b"]);
    expect([...tensors["a"].data]).toEqual([7]);
    expect([...tensors["b"].data]).toEqual([1]);
    expect(metadata).toEqual({});
  });

  it("reads from any offset of a larger buffer, Node's Buffer included, into copies", () => {
    const file = writeSafetensors({ a: { dtype: "F32", shape: [1], data: Float32Array.of(2) } });
    for (const offset of [0, 1, 3, 8]) {
      const buffer = Buffer.alloc(file.length + offset + 5);
      buffer.set(file, offset);
      const view = buffer.subarray(offset, offset + file.length);
      const { tensors } = readSafetensors(view);
      view.fill(0);
      expect([...tensors["a"].data]).toEqual([2]);
    }
  });

  it("keeps names that mean something to JavaScript", () => {
    const names = ["__proto__", "constructor", "toString", "0", "é\u0000\ud800"];
    const tensors = Object.fromEntries(
      names.map((name, i): [string, SafeTensor] => [
        name,
        { dtype: "U8", shape: [1], data: Uint8Array.of(i) },
      ]),
    );
    const metadata = Object.fromEntries([["__proto__", "polluted"]]);
    const read = readSafetensors(writeSafetensors(tensors, metadata));
    names.forEach((name, i) => {
      expect(Object.getOwnPropertyDescriptor(read.tensors, name)?.value.data[0]).toBe(i);
    });
    expect(Object.getPrototypeOf(read.tensors)).toBe(Object.prototype);
    expect(Object.entries(read.metadata)).toEqual([["__proto__", "polluted"]]);
    expect("polluted" in {}).toBe(false);
  });
});

describe("defects in a file", () => {
  const entry = (fields: string): string => `{"a":{${fields}}}`;
  const good = '"dtype":"U8","shape":[2],"data_offsets":[0,2]';
  const two = (a: string, b: string): string =>
    `{"a":{"dtype":"U8","shape":[2],"data_offsets":${a}},"b":{"dtype":"U8","shape":[2],"data_offsets":${b}}}`;

  const defects: [code: string, what: string, file: Uint8Array][] = [
    ["too-short", "no bytes", new Uint8Array(0)],
    ["too-short", "7 bytes", new Uint8Array(7)],
    ["header-length", "past the end", byHand("{}", [], 3n)],
    ["header-length", "2^63", byHand("{}", [], 2n ** 63n)],
    ["header-length", "zero", byHand("{}", [], 0n)],
    ["header-encoding", "a lone continuation byte", byHand(Uint8Array.of(0x7b, 0x80, 0x7d))],
    ["header-start", "a byte order mark", byHand(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d))],
    ["header-start", "a leading space", byHand(" {}")],
    ["header-start", "an array", byHand("[]")],
    ["header-padding", "a newline", byHand("{}\n")],
    ["header-padding", "a tab before spaces", byHand("{}\t ")],
    ["header-json", "an unclosed object", byHand('{"a":1')],
    ["header-json", "text after the object", byHand("{}{}")],
    ["header-json", "padding with zeros", byHand("{}\0\0")],
    ["duplicate-key", "two tensors of one name", byHand(`{"a":{${good}},"a":{${good}}}`, [1, 2])],
    ["duplicate-key", "an escaped twin", byHand(`{"a":{${good}},"\\u0061":{${good}}}`, [1, 2])],
    ["duplicate-key", "a field given twice", byHand(entry(`${good},"dtype":"I8"`), [1, 2])],
    ["duplicate-key", "metadata", byHand('{"__metadata__":{"k":"1","k":"2"}}')],
    ["metadata", "a number", byHand('{"__metadata__":{"k":1}}')],
    ["metadata", "an array", byHand('{"__metadata__":[]}')],
    ["metadata", "null", byHand('{"__metadata__":null}')],
    ["entry", "a number", byHand('{"a":1}')],
    ["entry", "null", byHand('{"a":null}')],
    ["entry", "no shape", byHand(entry('"dtype":"U8","data_offsets":[0,0]'))],
    ["entry", "an unknown field", byHand(entry(`${good},"strides":[1]`), [1, 2])],
    ["dtype", "an unknown one", byHand(entry('"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]'), [1, 2])],
    [
      "dtype",
      "a name of Object.prototype",
      byHand(entry('"dtype":"toString","shape":[],"data_offsets":[0,0]')),
    ],
    ["dtype", "a number", byHand(entry('"dtype":8,"shape":[],"data_offsets":[0,0]'))],
    ["shape", "a negative size", byHand(entry('"dtype":"U8","shape":[-1],"data_offsets":[0,0]'))],
    ["shape", "a fraction", byHand(entry('"dtype":"U8","shape":[1.5],"data_offsets":[0,0]'))],
    ["shape", "text", byHand(entry('"dtype":"U8","shape":"2","data_offsets":[0,0]'))],
    [
      "shape",
      "more values than can be",
      byHand(entry('"dtype":"U8","shape":[1e9,1e9],"data_offsets":[0,0]')),
    ],
    ["offsets", "in the wrong order", byHand(entry('"dtype":"U8","shape":[2],"data_offsets":[2,0]'), [1, 2])],
    ["offsets", "three of them", byHand(entry('"dtype":"U8","shape":[2],"data_offsets":[0,2,2]'), [1, 2])],
    ["offsets", "negative", byHand(entry('"dtype":"U8","shape":[2],"data_offsets":[-2,0]'), [1, 2])],
    ["size-mismatch", "too few bytes", byHand(entry('"dtype":"U8","shape":[2],"data_offsets":[0,1]'), [1])],
    [
      "size-mismatch",
      "too many bytes",
      byHand(entry('"dtype":"U8","shape":[1],"data_offsets":[0,2]'), [1, 2]),
    ],
    [
      "size-mismatch",
      "elements of 2 bytes",
      byHand(entry('"dtype":"I16","shape":[2],"data_offsets":[0,2]'), [1, 2]),
    ],
    ["out-of-range", "data cut off", byHand(entry(good), [1])],
    ["overlap", "by one byte", byHand(two("[0,2]", "[1,3]"), [1, 2, 3])],
    ["overlap", "the same range", byHand(two("[0,2]", "[0,2]"), [1, 2])],
    ["hole", "between tensors", byHand(two("[0,2]", "[3,5]"), [1, 2, 3, 4, 5])],
    ["hole", "before the first", byHand(entry('"dtype":"U8","shape":[2],"data_offsets":[1,3]'), [1, 2, 3])],
    ["trailing-bytes", "after the last tensor", byHand(entry(good), [1, 2, 3])],
    ["trailing-bytes", "with no tensor at all", byHand("{}", [1])],
  ];

  it.each(defects)("%s: %s", (code, _what, file) => {
    const error = thrownBy(FileFormatError, () => readSafetensors(file));
    expect(error.code).toBe(`safetensors/${code}`);
    expect(error.exitCode).toBe(2);
  });

  it("accepts none of a file's truncations", () => {
    const file = writeSafetensors({ ...EVERY_DTYPE }, { key: "value" });
    for (let length = 0; length < file.length; length++) {
      thrownBy(FileFormatError, () => readSafetensors(file.subarray(0, length)));
    }
  });

  it("answers every changed header byte with a typed error or a file that covers all bytes", () => {
    const file = writeSafetensors(EVERY_DTYPE);
    const headerEnd = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
    let refused = 0;
    for (let i = 0; i < headerEnd; i++) {
      for (const mask of [1, 2, 16, 64, 128]) {
        const changed = file.slice();
        changed[i] ^= mask;
        try {
          const { tensors } = readSafetensors(changed);
          const covered = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
          expect(covered).toBe(file.length - headerEnd);
        } catch (error) {
          expect(error).toBeInstanceOf(FileFormatError);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(headerEnd);
  });
});

describe("refused before writing", () => {
  const tensor: SafeTensor = { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) };
  const wrong: [code: string, tensors: Record<string, unknown>, metadata?: unknown][] = [
    ["name", { __metadata__: tensor }],
    ["dtype", { a: { ...tensor, dtype: "F8" } }],
    ["data", { a: { ...tensor, data: Float64Array.of(1, 2) } }],
    ["data", { a: { ...tensor, data: [1, 2] } }],
    ["shape", { a: { ...tensor, shape: [-2] } }],
    ["size-mismatch", { a: { ...tensor, shape: [3] } }],
    ["metadata", { a: tensor }, { version: 1 }],
  ];
  it.each(wrong)("%s", (code, tensors, metadata) => {
    const error = thrownBy(FileFormatError, () =>
      writeSafetensors(tensors as Record<string, SafeTensor>, metadata as Record<string, string>),
    );
    expect(error.code).toBe(`safetensors/${code}`);
  });
});

describe("duplicateKey", () => {
  it("looks within one object only", () => {
    expect(duplicateKey('{"a":{"b":1},"b":[{"b":"b"},{"b":":"}],"c":"a"}')).toBeUndefined();
    expect(duplicateKey('{"a":{"b":1,"c":[{"x":1}],"b" : 2}}')).toBe("b");
    expect(duplicateKey('{"a\\"":1,"a":2,"a\\\\":3,"a\\"":4}')).toBe('a"');
    expect(duplicateKey("[1,2]")).toBeUndefined();
  });
});
