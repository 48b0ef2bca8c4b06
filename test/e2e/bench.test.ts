/** The benchmark as it is run: in a headless Chrome, beside its peers. Nothing here depends on how fast anyone is. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StepSuiteResult } from "../../src/bench/result.ts";
import { backlit, scratchFolder, start } from "./cli-support.ts";

const folder = await scratchFolder();
const tiny = [
  "--suite",
  "step",
  "--hidden",
  "12",
  "--batch",
  "16",
  "--quick",
  "--seconds",
  "0.01",
  "--rounds",
  "2",
];

describe("backlit bench", () => {
  it("trains the same network with every contender, and compares them", async () => {
    const out = join(folder, "result.json");
    const work = [...tiny, "--optimizer", "adam", "--input", "mnist", "--peers", "tfjs,jax"];
    const args = [...work, "--out", out, "--json"];
    const { code, stderr, lines, last } = await backlit(["bench", ...args], { BACKLIT_DATA: "" });
    expect(code).toBe(0);
    const result = last() as unknown as StepSuiteResult;
    expect(result).toMatchObject({
      type: "result",
      suite: "step",
      adapter: { software: expect.any(Boolean) },
    });
    expect(result.skipped).toEqual([]);
    const contenders = [
      "backlit webgpu",
      "backlit cpu",
      "tfjs webgpu",
      "tfjs wasm",
      "jax webgpu",
      "jax wasm",
    ];
    const { rows, ratios } = result;
    expect(rows.map(({ contender, backend }) => `${contender} ${backend}`)).toEqual(contenders);
    for (const row of rows) {
      expect(row).toMatchObject({ network: "784-12-10", batch: 16, optimizer: "adam", lossAgrees: true });
      for (const figure of ["msPerStep", "stepsPerSecond", "gflops", "firstStepMs"] as const) {
        expect(row[figure]).toBeGreaterThan(0);
      }
      expect(row.spread).toBeGreaterThanOrEqual(0);
      expect(row.lossWorst).toBeLessThan(1e-3);
    }
    const ours = rows[0].msPerStep;
    expect(ratios.map(({ against, backend }) => `${against} ${backend}`)).toEqual(contenders.slice(1));
    ratios.forEach(({ ratio }, i) => expect(ratio).toBeCloseTo(ours / rows[i + 1].msPerStep, 12));
    expect(result.environment).toMatchObject({ runtime: "chrome", crossOriginIsolated: true });
    expect(result.environment.versions["@jax-js/jax"]).toMatch(/^\d/);
    // MNIST may still lie in the cache; synthetic digits stand in for it, and are named.
    const { name, description } = result.datasets[0];
    expect(stderr.includes("MNIST was not found")).toBe(name === "synthetic");
    expect(description).toContain(name === "synthetic" ? "synthetic digits" : "of mnist");
    expect(
      lines()
        .slice(0, -1)
        .map(({ type }) => type),
    ).toEqual(expect.arrayContaining(["adapter", "progress", "row"]));
    expect(JSON.parse(await readFile(out, "utf8"))).toEqual(last());
  }, 240_000);

  it("says on a terminal what was compared, on what, and how", async () => {
    const args = [...tiny, "--optimizer", "sgd", "--input", "dense", "--runtime", "node"];
    const { code, stdout } = await backlit(["bench", ...args]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^step on .*\(software, not a GPU\), node$|^step on .*, node$/m);
    expect(stdout).toMatch(/784-12-10 +16 +sgd +dense +\d+\.\d+ +of Backlit plain loop/);
    expect(stdout).toContain("A quick look, not a measurement to quote");
    expect(stdout).not.toContain("\u001b");
  }, 120_000);

  it("keeps what it has measured when it is interrupted", async () => {
    const out = join(folder, "interrupted.json");
    const endless = ["--hidden", "12", "--batch", "16", "--optimizer", "sgd", "--backend", "cpu"];
    const args = [
      ...endless,
      "--rounds",
      "1000",
      "--seconds",
      "300",
      "--runtime",
      "node",
      "--out",
      out,
      "--json",
    ];
    const { child, done } = start(["bench", ...args]);
    let said = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      const before = said;
      said += chunk.toString();
      const inRounds = /"phase":"round","contender":"backlit cpu","done":[1-9]/;
      if (inRounds.test(said) && !inRounds.test(before)) child.kill("SIGINT");
    });
    const { code, last } = await done;
    expect(code).toBe(130);
    expect(last()).toMatchObject({ type: "result", interrupted: true, rows: [{ backend: "cpu" }] });
    expect(JSON.parse(await readFile(out, "utf8"))).toEqual(last());
  }, 120_000);

  it.each([
    ["a suite that is none", ["--suite", "speed"], "spec/suite"],
    ["a peer that is none", ["--peers", "tfjs,torch"], "spec/peers"],
    ["an optimizer that peers are not measured with", ["--optimizer", "adamw"], "spec/optimizer"],
    ["no rounds", ["--rounds", "0"], "spec/rounds"],
    ["no time", ["--seconds", "0"], "spec/seconds"],
    ["a batch that is no number", ["--batch", "128,many"], "spec/batch"],
  ])("refuses %s", async (_, args, code) => {
    const answer = await backlit(["bench", ...args, "--json"]);
    expect(answer.code).toBe(2);
    expect(answer.last()).toMatchObject({ type: "error", code, exitCode: 2 });
  });
});
