/** The page's options as they are typed: what goes on being shown while one is not valid, and what is said beside it. */
import { beforeEach, describe, expect, it } from "vitest";
import { OFFERS } from "../../src/app/state/datasets.ts";
import {
  batchNote,
  problems,
  resolved,
  resetOptions,
  setOption,
  texts,
} from "../../src/app/state/options.ts";
import { CATALOGUE, downloadBytes } from "../../src/data/catalogue.ts";

beforeEach(() => {
  texts.value = {};
});

describe("while an option is not valid", () => {
  it("what was last valid stays, and comes to count as typed again", () => {
    setOption("hidden", "64,32");
    for (const text of ["64,", "64,x", "64,0"]) {
      setOption("hidden", text);
      expect(resolved.value.hidden).toEqual([64, 32]);
      expect(problems.value.hidden).toBeDefined();
    }
    setOption("hidden", "64,48");
    expect(problems.value).toEqual({});
    setOption("hidden", "no");
    expect(resolved.value.hidden).toEqual([64, 48]);
    resetOptions();
    expect(resolved.value.hidden).toEqual([512]);
  });

  it("values for each layer are held against the layers that are shown", () => {
    setOption("hidden", "64,32");
    setOption("activation", "relu,tanh");
    setOption("hidden", "64,");
    expect(Object.keys(problems.value)).toEqual(["hidden"]);
    expect(resolved.value.activation).toEqual(["relu", "tanh"]);
    setOption("hidden", "64,32,16");
    expect(problems.value.activation).toMatch(/as many as there are \(3\), not 2/);
  });
});

describe("what is known of the data before it is loaded", () => {
  it("says of a batch larger than the training split what becomes of it", () => {
    setOption("batchSize", "55000");
    expect(batchNote.value).toBeUndefined();
    setOption("batchSize", "55001");
    expect(batchNote.value).toMatch(/^More than the 55,000 training images: every step takes all of them/);
    setOption("validation", "0");
    expect(batchNote.value).toBeUndefined();
    setOption("data", "files");
    setOption("batchSize", "1000000");
    expect(batchNote.value).toBeUndefined();
  });

  it("leaves at least one row to train on", () => {
    setOption("validation", "59999");
    expect(problems.value).toEqual({});
    setOption("validation", "60000");
    expect(problems.value.validation).toMatch(/fewer than the 60,000 training images, not 60000/);
  });

  it("offers a download by the size that is counted while it comes", () => {
    expect(downloadBytes(CATALOGUE["mnist"])).toBe(11_594_722);
    expect(OFFERS.find(({ name }) => name === "mnist")?.note).toMatch(/^11\.6 MB download, /);
  });
});
