/** `backlit train` through both runtimes and both engines: output, files, resuming, interrupting, diverging. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readCheckpoint } from "../../src/model/checkpoint.ts";
import { readModel } from "../../src/model/model-file.ts";
import { backlit, leftovers, scratchFolder, start, waitForText, writeQuarters } from "./cli-support.ts";

const folder = await scratchFolder();
const data = join(folder, "data");
const base = ["train", "--data", data, "--hidden", "16", "--batch", "32", "--validation", "50", "--json"];

beforeAll(() => writeQuarters(data));

const PLACES: [string, string[]][] = [
  ["the CPU engine", ["--engine", "cpu"]],
  ["the GPU engine in Node", ["--runtime", "node"]],
  ["the GPU engine in headless Chrome", ["--runtime", "chrome"]],
];

describe.each(PLACES)("training with %s", (name, place) => {
  const out = (what: string): string => join(folder, `${name}-${what}`);

  it("keeps the run and reports it in JSON lines only", async () => {
    const run = await backlit([...base, ...place, "--epochs", "3", "--out", out("whole")]);
    expect(run.stderr).toMatch(/not (on )?a GPU|hardware/);
    expect(run.code).toBe(0);
    const lines = run.lines();
    expect(lines.map(({ type }) => type)).toEqual(["epoch", "epoch", "epoch", "result"]);
    expect(lines[2]).toMatchObject({ epoch: 3, step: 45, train: {}, validation: {} });
    const result = run.last();
    expect(result).toMatchObject({
      steps: 45,
      seed: 1,
      engine: name.includes("CPU") ? "cpu" : "gpu",
      runtime: name.includes("Chrome") ? "chrome" : "node",
      plan: { bytesUploadedPerStep: 0, dispatchesPerStep: name.includes("CPU") ? 0 : 3 },
      dataset: { name: "data", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      adapter: { software: expect.any(Boolean) },
    });
    const test = result["test"] as { accuracy: number; confusion: number[][] };
    expect(test.accuracy).toBeGreaterThan(0.9);
    expect(test.confusion.flat().reduce((sum, count) => sum + count)).toBe(100);

    const config = JSON.parse(await readFile(join(out("whole"), "config.json"), "utf8")) as object;
    expect(config).toMatchObject({
      seed: 1,
      options: { hidden: [16] },
      dataset: { classes: ["0", "1", "2", "3"] },
    });
    const events = (await readFile(join(out("whole"), "events.jsonl"), "utf8")).trim().split("\n");
    const types = events.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types[0]).toBe("start");
    expect(types.filter((type) => type === "epoch")).toHaveLength(3);
    expect(types.at(-1)).toBe("done");
    const model = readModel(await readFile(join(out("whole"), "model.safetensors")));
    expect(model.parameters["layers.0.weight"]).toHaveLength(64 * 16);
    const report = await readFile(join(out("whole"), "report.html"), "utf8");
    expect(report).toContain("Confusion matrix");
    expect(report).not.toMatch(/(?:src|href)="(?!data:)/);
  });

  it("goes on from the middle of an epoch to the same bits", async () => {
    const halves = [...base, ...place, "--epochs", "3", "--max-steps", "22", "--out", out("half")];
    const half = await backlit(halves);
    expect(half.last()).toMatchObject({ type: "result", steps: 22, reason: "max-steps" });
    const rest = await backlit(["train", "--resume", out("half"), "--out", out("rest"), "--json"]);
    expect(rest.last()).toMatchObject({ type: "result", steps: 45, reason: "completed" });
    const end = async (what: string) =>
      readCheckpoint(await readFile(join(out(what), "checkpoint.safetensors")));
    const [whole, resumed] = [await end("whole"), await end("rest")];
    expect(resumed.state).toEqual(whole.state);
    expect(resumed.trainer.history.map(({ train }) => train)).toEqual(
      whole.trainer.history.map(({ train }) => train),
    );
  });
});

describe("resuming", () => {
  const run = join(folder, "constant");

  beforeAll(async () => {
    const flags = ["--engine", "cpu", "--schedule", "constant", "--epochs", "1", "--out", run];
    expect((await backlit([...base, ...flags])).code).toBe(0);
  });

  it("takes more epochs where the schedule is constant", async () => {
    const out = join(folder, "more");
    const more = await backlit(["train", "--resume", run, "--epochs", "2", "--out", out, "--json"]);
    expect(more.last()).toMatchObject({ type: "result", epochs: 2, steps: 30 });
  });

  it("says that a finished run is complete, and gives its figures again", async () => {
    const again = await backlit(["train", "--resume", run]);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(
      /after 15 steps on plain loops on the CPU, float32: the run was complete already/,
    );
    expect(again.stdout).not.toContain("samples/s");
  });

  it("refuses other data", async () => {
    const other = await writeQuarters(join(folder, "other"), 400);
    const out = join(folder, "refused");
    const refused = await backlit(["train", "--resume", run, "--data", other, "--out", out, "--json"]);
    expect(refused.last()).toMatchObject({ type: "error", code: "spec/data", exitCode: 2 });
    expect(refused.code).toBe(2);
  });

  it("refuses another network", async () => {
    const refused = await backlit(["train", "--resume", run, "--hidden", "8", "--json"]);
    expect(refused.last()).toMatchObject({ type: "error", code: "spec/hidden", exitCode: 2 });
  });
});

describe("interrupting with SIGINT", () => {
  const LONG = ["--epochs", "100000", "--schedule", "constant"];

  it.each(PLACES)("saves with %s, and can go on", async (name, place) => {
    const out = join(folder, `interrupted ${name}`);
    const { child, done } = start([...base, ...place, ...LONG, "--out", out]);
    await waitForText(join(out, "events.jsonl"), '"type":"epoch"');
    child.kill("SIGINT");
    const run = await done;
    expect(run.code).toBe(130);
    expect(run.last()).toMatchObject({ type: "result", reason: "aborted" });
    const { state } = readCheckpoint(await readFile(join(out, "checkpoint.safetensors")));
    expect(state.step).toBe(run.last()["steps"]);
    expect(await leftovers(child.pid ?? 0)).toEqual([]);
    const steps = state.step + 3;
    const more = await backlit(["train", "--resume", out, "--max-steps", String(steps), "--json"]);
    expect(more.last()).toMatchObject({ type: "result", steps });
  });

  it("quits at once the second time, and leaves no browser", async () => {
    const out = join(folder, "twice");
    const { child, done } = start([...base, "--runtime", "chrome", ...LONG, "--out", out]);
    await waitForText(join(out, "events.jsonl"), '"type":"start"');
    child.kill("SIGINT");
    child.kill("SIGTERM");
    expect((await done).code).toBe(130);
    // The browser's processes follow within a moment.
    await expect.poll(() => leftovers(child.pid ?? 0), { timeout: 10_000 }).toEqual([]);
  });
});

it("ends with code 4 when training diverges, and keeps the last good state", async () => {
  const out = join(folder, "diverged");
  const flags = ["--engine", "cpu", "--optimizer", "sgd", "--lr", "1e30", "--out", out];
  const run = await backlit([...base, ...flags]);
  expect(run.code).toBe(4);
  expect(run.last()).toMatchObject({ type: "error", code: "training/diverged", exitCode: 4 });
  expect(run.last()["message"]).toMatch(/layers\.\d/);
  const { parameters } = readModel(await readFile(join(out, "model.safetensors")));
  expect(parameters["layers.0.weight"].every((value) => Number.isFinite(value))).toBe(true);
  const report = await readFile(join(out, "report.html"), "utf8");
  expect(report).toMatch(/The run failed: .* of layers\.\d (is|are) not finite/);
});

it("starts from a model with --init", async () => {
  const model = join(folder, "the CPU engine-whole", "model.safetensors");
  const flags = ["--engine", "cpu", "--max-steps", "1", "--lr", "1e-6", "--init", model];
  const run = await backlit([...base, ...flags, "--out", join(folder, "init")]);
  expect((run.last()["test"] as { accuracy: number }).accuracy).toBeGreaterThan(0.9);
});

it("trains on synthetic digits generated in the headless Chrome", async () => {
  const flags = ["--hidden", "16", "--max-steps", "4", "--out", join(folder, "synthetic"), "--json"];
  const run = await backlit(["train", ...flags]);
  expect(run.last()).toMatchObject({
    type: "result",
    steps: 4,
    runtime: "chrome",
    dataset: { name: "synthetic" },
  });
});

it("prints plain lines and tables where there is no terminal", async () => {
  const args = base.filter((arg) => arg !== "--json");
  const run = await backlit([...args, "--engine", "cpu", "--epochs", "2", "--out", join(folder, "plain")]);
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/epoch 2\/2 {2}loss \d\.\d+ {2}accuracy/);
  expect(run.stdout).toContain("precision");
  // Nothing moves the cursor or colours what goes into a file.
  expect(run.stdout).not.toContain("\u001b");
  expect(run.stdout).not.toContain("\r");
});

it("saves and ends quietly when nobody reads its output any more", async () => {
  const out = join(folder, "unread");
  const { child, done } = start([...base, "--engine", "cpu", "--epochs", "1000", "--out", out]);
  await waitForText(join(out, "events.jsonl"), '"type":"epoch"');
  child.stdout?.destroy();
  const { code, stderr } = await done;
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/EPIPE|\bat /);
  const { state } = readCheckpoint(await readFile(join(out, "checkpoint.safetensors")));
  expect(state.step).toBeLessThan(15_000);
  expect(readModel(await readFile(join(out, "model.safetensors"))).network.layers).toHaveLength(2);
});
