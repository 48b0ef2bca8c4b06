import { describe, expect, test } from "vitest";
import { DataError } from "../../src/core/errors.ts";
import { parseIdx } from "../../src/data/idx.ts";
import { gzipped, idxFile, pattern } from "../support/idx-files.ts";

async function errorOf(bytes: Uint8Array, rank?: number): Promise<DataError> {
  const error: unknown = await parseIdx(bytes, "some-file", rank).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DataError);
  const dataError = error as DataError;
  expect(dataError.message).toContain("some-file");
  expect(dataError.hint).not.toBe("");
  expect(dataError.exitCode).toBe(2);
  return dataError;
}

const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(parts.flatMap((part) => [...part]));
const changed = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = new Uint8Array(bytes);
  copy[at] = value;
  return copy;
};

const values = pattern(3 * 4 * 5);
const file = idxFile([3, 4, 5], values);
// Large enough that gzip holds several blocks and output arrives in several chunks.
const largeValues = Uint8Array.from({ length: 300_000 }, (_, i) => Math.imul(i, 2654435761) >>> 21);
const large = gzipped(idxFile([300, 1000], largeValues));

describe("parseIdx", () => {
  test.each([
    ["raw", file],
    ["gzipped", gzipped(file)],
    ["raw in a Buffer", Buffer.from(file)],
    ["gzipped in a part of a larger buffer", join(pattern(7), gzipped(file), pattern(9)).subarray(7, -9)],
  ])("reads a %s file", async (_, bytes) => {
    expect(await parseIdx(bytes, "f")).toEqual({ shape: [3, 4, 5], data: values });
  });

  test("unpacks more than one chunk", async () => {
    const { shape, data } = await parseIdx(large, "f");
    expect(shape).toEqual([300, 1000]);
    expect(Buffer.compare(data, largeValues)).toBe(0);
  });

  test.each([file, Buffer.from(file), gzipped(file)])(
    "gives bytes in a buffer of their own",
    async (bytes) => {
      const { data } = await parseIdx(bytes, "f");
      expect(data.byteLength).toBe(data.buffer.byteLength);
      expect(data.buffer).not.toBe(bytes.buffer);
    },
  );

  test("reads sizes as unsigned big-endian numbers of 32 bits", async () => {
    const long = await parseIdx(idxFile([0x0102, 0x0103], new Uint8Array(0x0102 * 0x0103)), "f");
    expect(long.shape).toEqual([258, 259]);
    expect((await errorOf(idxFile([0xffffffff], []))).message).toContain("4294967295");
  });

  test("reads an array without values, and the most dimensions a header can hold", async () => {
    expect(await parseIdx(idxFile([0, 28, 28], []), "f")).toEqual({
      shape: [0, 28, 28],
      data: new Uint8Array(),
    });
    const deep = Array.from({ length: 255 }, () => 1);
    expect((await parseIdx(idxFile(deep, [9]), "f")).shape).toEqual(deep);
  });

  test("asks for the rank it was told", async () => {
    expect((await parseIdx(file, "f", 3)).shape).toEqual([3, 4, 5]);
    const error = await errorOf(file, 1);
    expect(error.code).toBe("idx/rank");
    expect(error.message).toContain("3 dimensions, but 1 is needed");
  });
});

describe("parseIdx rejects", () => {
  test.each([
    ["an empty file", new Uint8Array(), "idx/length"],
    ["three bytes", file.subarray(0, 3), "idx/length"],
    ["a header cut off", file.subarray(0, 15), "idx/length"],
    ["values cut off by one byte", file.subarray(0, -1), "idx/length"],
    ["one byte too many", join(file, Uint8Array.of(0)), "idx/length"],
    ["a size too large", changed(file, 7, 4), "idx/length"],
    ["a size too small", changed(file, 7, 2), "idx/length"],
    ["a first byte that is not zero", changed(file, 0, 1), "idx/magic"],
    ["a second byte that is not zero", changed(file, 1, 8), "idx/magic"],
    ["no dimensions", idxFile([], [1]), "idx/rank"],
    ["sizes whose product is 0 modulo 2^32", idxFile([65536, 65536], []), "idx/length"],
    [
      "sizes whose product is beyond 2^53",
      idxFile([0xffffffff, 0xffffffff, 0xffffffff], [1, 2]),
      "idx/length",
    ],
  ])("%s", async (_, bytes, code) => {
    expect((await errorOf(bytes)).code).toBe(code);
  });

  test.each([
    [0x09, "signed bytes"],
    [0x0b, "16-bit integers"],
    [0x0c, "32-bit integers"],
    [0x0d, "32-bit floats"],
    [0x0e, "64-bit floats"],
    [0x0a, "not an IDX type"],
    [0x00, "not an IDX type"],
  ])("type code %i, by name", async (type, name) => {
    const error = await errorOf(idxFile([4], pattern(4), type));
    expect(error.code).toBe("idx/type");
    expect(error.message).toContain(name);
  });

  test("a web page saved in the file's place, and says so", async () => {
    const page = new TextEncoder().encode("\n<!DOCTYPE html><title>404</title>");
    const error = await errorOf(page);
    expect(error.code).toBe("idx/magic");
    expect(error.hint).toContain("web page");
    expect((await errorOf(Uint8Array.of(0x50, 0x4b, 3, 4))).message).toContain("0x50 0x4b 0x03 0x04");
  });

  test("counts with the actual numbers", async () => {
    const { message } = await errorOf(file.subarray(0, -2));
    expect(message).toContain("[3, 4, 5] = 60 values");
    expect(message).toContain("58 bytes follow");
  });

  test.each([
    ["its two magic bytes", 2],
    ["half a header", 6],
    ["all but the trailer", -8],
    ["all but the last byte", -1],
    ["a third of it", Math.floor(large.length / 3)],
  ])("a gzip stream cut down to %s", async (_, end) => {
    expect((await errorOf(large.subarray(0, end))).code).toBe("gzip/truncated");
  });

  test.each([
    ["method", 2, 7],
    ["first block", 10, 0xff],
    ["checksum", large.length - 6, large[large.length - 6] ^ 1],
    ["length", large.length - 2, large[large.length - 2] ^ 1],
    ["middle", large.length >> 1, large[large.length >> 1] ^ 0xff],
  ])("gzip damaged in its %s", async (_, at, value) => {
    expect((await errorOf(changed(large, at, value))).code).toBe("gzip/corrupt");
  });

  test.each([
    ["zeros", new Uint8Array(20)],
    ["other bytes", Uint8Array.of(1, 2, 3, 4, 5)],
    ["a second gzip stream", large],
  ])("gzip followed by %s", async (_, more) => {
    expect((await errorOf(join(large, more))).code).toBe("gzip/trailing");
  });

  test("gzip around something else", async () => {
    expect((await errorOf(gzipped(pattern(100, 5)))).code).toBe("idx/magic");
  });
});
