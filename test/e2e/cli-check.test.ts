/** `backlit check`: that it says right of what is right, in the form that programs read. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeSafetensors } from "../../src/model/safetensors.ts";
import { backlit, scratchFolder, start, writeQuarters } from "./cli-support.ts";

it("check --gradients gives every tensor's errors, and refuses what is no network", async () => {
  const answer = await backlit([
    "check",
    "--gradients",
    "--layers",
    "6,5,4",
    "--activation",
    "tanh",
    "--json",
  ]);
  expect(answer.code).toBe(0);
  expect(answer.lines()).toHaveLength(1);
  const result = answer.last() as { tensors: { name: string; largest: number; median: number }[] };
  expect(result).toMatchObject({ type: "result", mode: "gradients", cases: 59, failures: 0, passed: true });
  expect(result.tensors.map(({ name }) => name)).toEqual([
    "layers.0.weight",
    "layers.0.bias",
    "layers.1.weight",
    "layers.1.bias",
  ]);
  expect(result.tensors.every(({ largest, median }) => largest < 1e-6 && median <= largest)).toBe(true);
  const wrong = await backlit(["check", "--gradients", "--layers", "6", "--json"]);
  expect(wrong.code).toBe(2);
  expect(wrong.last()).toMatchObject({ type: "error", code: "spec/layers" });
});

describe("check", () => {
  it("runs random cases, writes JUnit, and repeats one alone", async () => {
    const folder = await scratchFolder();
    const junit = join(folder, "out", "check.xml");
    const random = ["check", "--cases", "12", "--seed", "7", "--runtime", "node", "--json"];
    const [all, one] = [
      await backlit([...random, "--junit", junit]),
      await backlit([...random, "--only", "9"]),
    ];
    expect(all.code).toBe(0);
    expect(all.lines()).toHaveLength(1);
    expect(all.last()).toMatchObject({ type: "result", cases: 12, failures: 0, runtime: "node" });
    const { worst, summary } = all.last() as { worst: Record<string, unknown>; summary: string };
    expect(worst).toEqual({
      kernel: expect.any(String),
      shape: expect.any(String),
      errorOverBound: expect.any(Number),
    });
    expect(summary).toContain("(software, not a GPU)");
    expect(await readFile(junit, "utf8")).toContain(
      '<testsuites name="backlit check" tests="12" failures="0"',
    );
    expect(one.last()).toMatchObject({ cases: 1, failures: 0 });
  });

  it("runs in the browser", async () => {
    const answer = await backlit(["check", "--cases", "8", "--json"]);
    expect(answer.last()).toMatchObject({ type: "result", cases: 8, failures: 0, runtime: "chrome" });
    const { environment } = answer.last() as { environment: { runtime: string } };
    expect(environment.runtime).toMatch(/Chrome\/\d/);
  });

  it("refuses flags that belong to the other kind of check, and cases that are not there", async () => {
    const wrong = [
      ["--layers", "4,3"],
      ["--gradients", "--cases", "5"],
      ["--cases", "0"],
      ["--cases", "8", "--only", "8", "--runtime", "node"],
    ];
    for (const flags of wrong) {
      const answer = await backlit(["check", ...flags, "--json"]);
      expect([flags.join(" "), answer.code]).toEqual([flags.join(" "), 2]);
      expect(answer.last()).toMatchObject({ type: "error", exitCode: 2 });
    }
  });
});

describe("trace", () => {
  it("finds every tensor of every step within its bound", async () => {
    const folder = await scratchFolder();
    const data = await writeQuarters(join(folder, "data"), 60, 10);
    const run = ["--data", data, "--hidden", "8", "--batch", "16", "--validation", "10", "--seed", "3"];
    const answer = await backlit(["trace", ...run, "--steps", "5", "--runtime", "node", "--json"]);
    expect(answer.code).toBe(0);
    expect(answer.lines()).toHaveLength(1);
    expect(answer.last()).toMatchObject({ type: "result", steps: 5, diverged: false, runtime: "node" });
    const { worst } = answer.last() as { worst: { tensor: string; errorOverBound: number }[] };
    expect(worst.map(({ tensor }) => tensor)).toEqual(
      expect.arrayContaining([
        "inputs",
        "layers.0.z",
        "logits",
        "layers.0.weight.gradient",
        "layers.1.bias.v",
        "loss",
      ]),
    );
    expect(worst.every(({ errorOverBound }) => errorOverBound <= 1)).toBe(true);
  });

  it("ends as training does where the run diverges, and blames no kernel", async () => {
    const folder = await scratchFolder();
    const data = await writeQuarters(join(folder, "data"), 60, 10);
    const out = join(folder, "trace.safetensors");
    const run = [
      "--data",
      data,
      "--hidden",
      "8",
      "--batch",
      "16",
      "--validation",
      "10",
      "--schedule",
      "constant",
    ];
    const wild = ["--optimizer", "sgd", "--lr", "1e30", "--steps", "5", "--out", out, "--runtime", "node"];
    const answer = await backlit(["trace", ...run, ...wild, "--json"]);
    const [result, error] = answer.lines() as Record<string, unknown>[];
    expect(result).toMatchObject({ type: "result", steps: 2, diverged: false, notFinite: { step: 1 } });
    expect(result).not.toHaveProperty("first");
    expect(error).toMatchObject({ type: "error", code: "training/diverged", exitCode: 4 });
    expect(error["hint"]).toContain("Lower the learning rate");
    expect(answer.code).toBe(4);
    await expect(readFile(out)).rejects.toThrow("ENOENT");
  });

  it("refuses what is no replay file, and a run beside one", async () => {
    const folder = await scratchFolder();
    const file = join(folder, "no-trace.safetensors");
    await writeFile(file, writeSafetensors({}, { trace: "{}" }));
    const wrong = await backlit(["trace", "--replay", file, "--json"]);
    expect([wrong.code, wrong.last()["code"]]).toEqual([2, "trace/format"]);
    expect(wrong.last()["message"]).toContain(file);
    const both = await backlit(["trace", "--replay", file, "--steps", "3", "--json"]);
    expect([both.code, both.last()["code"]]).toEqual([2, "spec/replay"]);
  });
});

describe("interrupted with SIGINT", () => {
  const small = ["--hidden", "4", "--batch", "4", "--steps", "100000"];

  it.each([
    ["check", ["--cases", "1000000"], "checking", { failures: 0 }],
    ["trace", small, "tracing", { diverged: false, asked: 100_000 }],
  ])("%s tells what it has done, as what it is", async (verb, flags, begun, known) => {
    const { child, done } = start([verb, ...flags, "--runtime", "node", "--json"]);
    child.stderr?.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes(begun)) child.kill("SIGINT");
    });
    const run = await done;
    expect(run.code).toBe(130);
    expect(run.stderr).toContain("Interrupted; ending with what there is.");
    expect(run.lines()).toHaveLength(1);
    expect(run.last()).toMatchObject({ type: "result", interrupted: true, ...known });
  });
});
