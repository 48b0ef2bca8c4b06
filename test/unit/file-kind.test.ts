/** Files that are given in the place of others are called what they are. */
import { gzipSync, zipSync } from "fflate";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { FileFormatError } from "../../src/core/errors.ts";
import { recogniseFile } from "../../src/core/file-kind.ts";
import { idxHeader } from "../../src/data/idx.ts";
import { readCheckpoint } from "../../src/model/checkpoint.ts";
import { readInitialParameters, readModel } from "../../src/model/model-file.ts";
import { writeSafetensors } from "../../src/model/safetensors.ts";
import { refusalHint, refusalTitle } from "../../src/app/model/refusal-words.ts";
import { thrownBy } from "../support/errors.ts";

const text = (content: string) => new TextEncoder().encode(content);
const png = encode({ width: 2, height: 2, channels: 1, data: new Uint8Array(4) });
const safetensors = writeSafetensors({ a: { dtype: "U8", shape: [3], data: new Uint8Array(3) } });

describe("a file's first bytes", () => {
  it.each<[string, Uint8Array, string]>([
    ["a PNG image", png, "image"],
    ["a JPEG image", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), "image"],
    ["a WebP image", text("RIFF\x10\x20\x01\x01WEBPVP8 "), "image"],
    ["an IDX file of images", idxHeader([9, 28, 28]), "idx"],
    ["an IDX file of labels", idxHeader([9]), "idx"],
    ["a gzip file", gzipSync(idxHeader([9])), "gzip"],
    ["a ZIP archive", zipSync({ "a.txt": text("a") }), "zip"],
    ["a web page", text("\n <!DOCTYPE html><p>404"), "other"],
    ["a JSON file", text('{\n "seed": 1 }'), "other"],
    ["a text file", text(`${"x".repeat(511)}ü and more`), "other"],
    ["an empty file", new Uint8Array(0), "other"],
    ["a safetensors file", safetensors, "safetensors"],
    ["a safetensors file", safetensors.subarray(0, 20), "safetensors"],
  ])("say that it is %s", (name, bytes, kind) => {
    expect(recogniseFile(bytes)).toEqual({ name, kind });
  });

  it("may say nothing", () => {
    for (const bytes of [
      new Uint8Array(64),
      Uint8Array.of(0xfc, 1, 2),
      Uint8Array.of(0, 0, 8, 0, 0, 0, 0, 1),
    ])
      expect(recogniseFile(bytes)).toBeUndefined();
  });
});

describe("in the place of a model", () => {
  const network = { input: 2, layers: [{ units: 2 }] };

  it("a file of another kind is refused by its name, whoever reads it", () => {
    const idx = idxHeader([9, 28, 28]);
    const readers = [readModel, readCheckpoint, (bytes: Uint8Array) => readInitialParameters(bytes, network)];
    const errors = readers.map((reader) => thrownBy(FileFormatError, () => reader(idx)));
    expect(errors.map(({ code }) => code)).toEqual(Array(3).fill("file/idx"));
    expect(errors.map(({ message }) => message)).toEqual(
      ["model", "checkpoint", "model"].map((wanted) => `this is an IDX file of images, not a ${wanted}`),
    );
    expect(errors[0].hint).toContain("--data");
  });

  it("the page says where it belongs, without the command's flags", () => {
    for (const [bytes, place] of [
      [png, /view Draw/],
      [idxHeader([9]), /view Train/],
      [gzipSync(text("a")), /Unpack it/],
      [text("# Notes"), /^Give a model.* IDX files of a dataset/],
    ] as const) {
      const error = thrownBy(FileFormatError, () => readModel(bytes));
      expect(refusalTitle(error.code)).toBe("another kind of file");
      expect(refusalHint(error)).toMatch(place);
      expect(refusalHint(error, true).includes("takes pictures")).toBe(error.code === "file/other");
      expect(refusalHint(error)).not.toContain("--");
    }
  });
});
