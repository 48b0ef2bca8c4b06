/** Bad input of every kind: the right exit code, a message with the actual values, and nothing else on standard output. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { backlit, scratchFolder, writeQuarters, type Outcome } from "./cli-support.ts";

const folder = await scratchFolder();
const good = join(folder, "good");
const IMAGES = "train-images-idx3-ubyte.gz";
const LABELS = "train-labels-idx1-ubyte";

beforeAll(() => writeQuarters(good));

const train = (...args: string[]): Promise<Outcome> =>
  backlit(["train", "--data", good, "--engine", "cpu", "--out", join(folder, "run"), "--json", ...args]);

/** One error object, nothing before it. */
function expectError(run: Outcome, exitCode: number, code: string | RegExp, message: RegExp): void {
  expect(run.lines()).toHaveLength(1);
  expect(run.last()).toEqual({
    type: "error",
    code: expect.stringMatching(code),
    message: expect.stringMatching(message),
    hint: expect.any(String),
    exitCode,
  });
  expect(run.code).toBe(exitCode);
}

describe("data that is not what it claims to be", () => {
  /** Trains on a copy of the good data with one file changed. */
  async function trainOnChanged(file: string, change: (bytes: Buffer) => Buffer): Promise<Outcome> {
    const own = await writeQuarters(join(folder, `changed-${Math.random().toString(36).slice(2)}`));
    const path = join(own, file);
    await writeFile(path, change(await readFile(path)));
    return train("--data", own);
  }

  it("names a wrong magic number", async () => {
    const run = await trainOnChanged(LABELS, (bytes) => Buffer.from([7, ...bytes.subarray(1)]));
    expectError(run, 2, "idx/magic", /train-labels/);
  });

  it("names a truncated gzip file", async () => {
    const run = await trainOnChanged(IMAGES, (bytes) => bytes.subarray(0, bytes.length >> 1));
    expectError(run, 2, /^gzip\//, /train-images/);
  });

  it("names a file with too few images", async () => {
    const run = await trainOnChanged(IMAGES, (bytes) => gzipSync(gunzipSync(bytes).subarray(0, -64)));
    expectError(run, 2, "idx/length", /32000.*31936/);
  });

  it("names a label out of range", async () => {
    // Of a dataset of ten known classes; a folder of its own has as many classes as its labels say.
    const own = await writeQuarters(join(folder, "out-of-range"));
    const labels = await readFile(join(own, LABELS));
    labels[8 + 5] = 200;
    await writeFile(join(own, LABELS), labels);
    const run = await train("--data", "mnist", "--data-dir", own);
    expectError(run, 2, "data/label", /the label of row 5 is 200, but there are 10 classes/);
  });

  it("names a folder that is not there", async () => {
    expectError(await train("--data", join(folder, "nowhere")), 2, "data/folder", /nowhere/);
  });
});

describe("flags", () => {
  it.each([
    [["--epohcs", "3"], "usage/unknownOption", /--epohcs/],
    [["--epochs", "none"], "spec/epochs", /--epochs.*"none"/],
    [["--epochs", "0"], "spec/epochs", /--epochs must be at least 1, not 0/],
    [["--dropout", "1"], "spec/dropout", /--dropout must be below 1, not 1/],
    [["--optimizer", "adamm"], "spec/optimizer", /--optimizer must be one of sgd.*"adamm"/],
    [["--runtime", "deno"], "spec/runtime", /--runtime must be one of chrome, node/],
    [["--hidden", "16,x"], "spec/hidden", /--hidden must be whole numbers separated by commas, not "16,x"/],
    [["--validation", "500"], "spec/validation", /500/],
    [["surplus"], "usage/excessArguments", /too many arguments/],
    [["--keep-best", "loss", "--validation", "0"], "spec/keepBest", /--keep-best loss .* --validation is 0/],
    [["--early-stopping", "2", "--validation", "0"], "spec/earlyStopping", /--early-stopping 2 .* is 0/],
    [["--resume", folder], "input/no-run", /holds no checkpoint\.safetensors/],
    [["--init", folder], "input/no-run", /holds no model\.safetensors/],
    [["--resume", "a", "--init", "b"], "spec/init", /--resume and --init/],
    [["--resume", "/nowhere/at/all"], "input/unreadable", /nowhere/],
    [["--init", "/nowhere/at/all"], "input/unreadable", /nowhere/],
  ])("%j", async (flags, code, message) => {
    expectError(await train(...flags), 2, code, message);
  });

  it("asks which dataset a folder is for", async () => {
    const run = await backlit(["train", "--data-dir", "x", "--engine", "cpu", "--json"]);
    expectError(run, 2, "spec/dataDir", /did you mean --data mnist\?/);
  });

  it("suggests the flag and the verb that were meant", async () => {
    expect((await train("--epohcs", "3")).last()["hint"]).toContain("--epochs");
    expect((await backlit(["trian", "--json"])).last()["hint"]).toContain("train");
    const plain = await backlit(["trian"]);
    expect(plain.stderr).toContain("Did you mean train?");
    expect([plain.stdout, plain.code]).toEqual(["", 2]);
  });

  it("prints help on standard output, and asks for a verb where there is none", async () => {
    const help = await backlit(["train", "--help"]);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain("--label-smoothing");
    const none = await backlit([]);
    expect(none.code).toBe(2);
    expect(none.stdout).toBe("");
  });
});

it("refuses a run directory that cannot be made", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "");
  expectError(await train("--out", join(file, "run")), 2, "out/unwritable", /a-file/);
});

it("refuses to write over a run, and leaves it as it was", async () => {
  const out = join(folder, "precious");
  const flags = ["--epochs", "1", "--validation", "50", "--out", out];
  expect((await train(...flags)).code).toBe(0);
  const before = await readFile(join(out, "events.jsonl"));
  const again = await train(...flags);
  expectError(again, 2, "out/exists", /precious holds a run already/);
  expect(again.last()["hint"]).toContain(`--resume ${out}`);
  expect(await readFile(join(out, "events.jsonl"))).toEqual(before);
});

it("makes no run directory for what cannot be trained", async () => {
  const out = join(folder, "never-made");
  expect((await train("--data", join(folder, "nowhere"), "--out", out)).code).toBe(2);
  expect(existsSync(out)).toBe(false);
});

it("names the model file that does not fit", async () => {
  const file = join(folder, "unfit.safetensors");
  await writeFile(file, "this is not a model at all");
  expectError(await train("--init", file), 2, /^file\/other$/, /unfit\.safetensors: /);
});

it("refuses a model that is none", async () => {
  const file = join(folder, "no-model");
  await writeFile(file, "this is not a model at all");
  const run = await backlit(["eval", "--model", file, "--data", good, "--json"]);
  expectError(run, 2, /^file\/other$/, /no-model: /);
});

describe("without a usable Chrome", () => {
  const train = ["train", "--data", good, "--runtime", "chrome", "--out", join(folder, "none"), "--json"];

  it("ends with code 3 and says what to do", async () => {
    const missing = join(folder, "no-chrome-here");
    const run = await backlit(train, { PUPPETEER_EXECUTABLE_PATH: missing });
    expectError(run, 3, "browser/none", /no-chrome-here/);
    expect(run.last()["hint"]).toContain("puppeteer browsers install chrome");
  });

  it("does not take a program that is no browser for one", async () => {
    const env = { PUPPETEER_EXECUTABLE_PATH: process.execPath, BACKLIT_CACHE: join(folder, "cache") };
    expectError(await backlit(train, env), 3, "browser/none", /ended with status/);
  });

  it("doctor ends with code 3, and says what is left", async () => {
    const env = {
      PUPPETEER_EXECUTABLE_PATH: join(folder, "no-chrome-here"),
      VK_ICD_FILENAMES: join(folder, "no-driver.json"),
    };
    const run = await backlit(["doctor", "--json"], env);
    expect(run.code).toBe(3);
    expect(run.last()).toMatchObject({ type: "result", chrome: { usable: false, path: null } });
    // A machine with a GPU and a loader that ignores the variable still has an adapter in Node.
    const { usable, advice } = run.last();
    expect(advice).toContain(usable ? "--runtime node" : "--engine cpu");
    if (process.platform === "linux") expect(usable).toBe(false);
  });
});
