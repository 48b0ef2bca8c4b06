/** The page's options as they are typed: what goes on being shown while one is not valid, and what is said beside it. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OFFERS } from "../../src/app/state/datasets.ts";
import { withOwnFiles, type KeptRun } from "../../src/app/state/kept-run.ts";
import {
  batchNote,
  given,
  inForce,
  isChanged,
  leaveOption,
  linkTo,
  problems,
  readLink,
  resolved,
  resetOptions,
  setOption,
  takeOptions,
  textOf,
  texts,
  typeOption,
} from "../../src/app/state/options.ts";
import { obstacle } from "../../src/app/state/what-hinders.ts";
import { CATALOGUE, downloadBytes } from "../../src/data/catalogue.ts";

beforeEach(() => {
  takeOptions({});
  vi.stubGlobal("location", { origin: "https://page", pathname: "/", search: "" });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("while an option is not valid", () => {
  it("what was last valid stays, in the link too, and comes to count as typed again", () => {
    typeOption("hidden", "64,32");
    for (const text of ["64,,", "64,x", "64,0"]) {
      typeOption("hidden", text);
      expect(resolved.value.hidden).toEqual([64, 32]);
      expect(problems.value.hidden).toBeDefined();
      expect(linkTo(inForce.value)).toBe("https://page/#hidden=64,32&seed=1");
    }
    typeOption("hidden", "64,48");
    expect(problems.value).toEqual({});
    typeOption("hidden", "no");
    expect(resolved.value.hidden).toEqual([64, 48]);
    resetOptions();
    expect(resolved.value.hidden).toEqual([512]);
  });

  it("and its field is left, what was passed on the way counts no more than the rest", () => {
    setOption("hidden", "64");
    for (const text of ["6400", "64000", "640000", "6400000"]) typeOption("hidden", text);
    expect(resolved.value.hidden).toEqual([640_000]);
    leaveOption("hidden");
    expect(problems.value.hidden).toMatch(/at most 1000000/);
    expect(resolved.value.hidden).toEqual([64]);
    expect(linkTo(inForce.value)).toBe("https://page/#hidden=64&seed=1");
    typeOption("hidden", "640");
    leaveOption("hidden");
    typeOption("hidden", "x");
    leaveOption("hidden");
    expect(resolved.value.hidden).toEqual([640]);
  });

  it("it is quoted as it was typed, however many digits that are", () => {
    setOption("seed", "99999999999999999999");
    expect(problems.value.seed).toBe("Seed must be at most 4294967295, not 99999999999999999999");
    setOption("dropout", "0.1,0.2");
    expect(problems.value.dropout).toMatch(/\(1\), not 2$/);
  });

  it("values for each layer are held against the layers that are shown", () => {
    setOption("hidden", "64,32");
    setOption("activation", "relu,tanh");
    setOption("hidden", "64,x");
    expect(Object.keys(problems.value)).toEqual(["hidden"]);
    expect(resolved.value.activation).toEqual(["relu", "tanh"]);
    setOption("hidden", "64,32,16");
    expect(problems.value.activation).toMatch(/as many as there are \(3\), not 2/);
  });
});

describe("a list that is still being typed", () => {
  it("is what stands before its last comma, which goes when its field is left", () => {
    typeOption("hidden", "64,");
    expect(textOf("hidden")).toBe("64,");
    expect(problems.value).toEqual({});
    expect(given.value.hidden).toEqual([64]);
    expect(linkTo(inForce.value)).toBe("https://page/#hidden=64&seed=1");
    leaveOption("hidden");
    expect(textOf("hidden")).toBe("64");
    setOption("hidden", "512 ,");
    expect(textOf("hidden")).toBe("512");
    expect(isChanged("hidden")).toBe(false);
    expect(texts.value).toEqual({});
    setOption("hidden", ",");
    expect(problems.value.hidden).toBeDefined();
  });
});

describe("an option is marked as changed", () => {
  it("by its value, however that is written", () => {
    readLink("epochs=10&lr=3e-3&batch=64&seed=1&hidden=512");
    expect(texts.value).toEqual({ learningRate: "3e-3", batchSize: "64" });
    expect(isChanged("learningRate")).toBe(false);
    expect(isChanged("batchSize")).toBe(true);
    setOption("optimizer", "sgd");
    expect(isChanged("learningRate")).toBe(true);
    setOption("epochs", "many");
    expect(isChanged("epochs")).toBe(true);
  });
});

describe("a link to a run on own files", () => {
  it("says so, and asks for the files where it is opened", () => {
    setOption("data", "files");
    setOption("epochs", "3");
    const link = linkTo(inForce.value);
    expect(link).toBe("https://page/#data=files&epochs=3&seed=1");
    takeOptions({});
    readLink(new URL(link).hash.slice(1));
    expect(resolved.value).toMatchObject({ data: "files", epochs: 3 });
    expect(obstacle.value).toBe("Choose the four IDX files first.");
  });

  it("is that of every run on a dataset which the page does not offer, also of one that was kept without it", () => {
    const kept = (dataset: string, options = {}) => withOwnFiles({ dataset, options } as KeptRun).options;
    expect(kept("own files", { seed: "3" })).toEqual({ seed: "3", data: "files" });
    expect(kept("own files", { data: "files" })).toEqual({ data: "files" });
    expect(kept("synthetic")).toEqual({});
    expect(kept("mnist", { data: "mnist" })).toEqual({ data: "mnist" });
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
