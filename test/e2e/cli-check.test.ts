/** `backlit check`: that it says right of what is right, in the form that programs read. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backlit, scratchFolder } from "./cli-support.ts";

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
    const random = ["check", "--cases", "16", "--seed", "7", "--runtime", "node", "--json"];
    const [all, one] = [
      await backlit([...random, "--junit", junit]),
      await backlit([...random, "--only", "9"]),
    ];
    expect(all.code).toBe(0);
    expect(all.lines()).toHaveLength(1);
    expect(all.last()).toMatchObject({ type: "result", cases: 16, failures: 0, runtime: "node" });
    const { worst, summary } = all.last() as { worst: Record<string, unknown>; summary: string };
    expect(worst).toEqual({
      kernel: expect.any(String),
      shape: expect.any(String),
      errorOverBound: expect.any(Number),
    });
    expect(summary).toContain("(software, not a GPU)");
    expect(await readFile(junit, "utf8")).toContain(
      '<testsuites name="backlit check" tests="16" failures="0"',
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
