/** Saved results are read strictly, and put side by side. */
import { describe, expect, it } from "vitest";
import { compareResults, comparisonCautions } from "../../src/bench/compare.ts";
import { readBenchResult } from "../../src/bench/read-result.ts";
import { comparisonHtml } from "../../src/bench/report/compare-report.ts";
import type { BenchResult } from "../../src/bench/result.ts";
import { BacklitError, FileFormatError } from "../../src/core/errors.ts";
import { comparisonText } from "../../src/cli/verbs/bench-compare.ts";
import { HARDWARE, stepResult, stepRow } from "../support/bench-result.ts";
import { thrownBy } from "../support/errors.ts";

describe("reading a result", () => {
  it("takes a file of --out and the lines of --json, and keeps what it does not know", () => {
    const result = { ...stepResult(), invented: 7 };
    expect(readBenchResult(JSON.stringify(result, null, 1), "a.json")).toEqual(result);
    const lines = `{"type":"row"}\n${JSON.stringify(result)}\n`;
    expect(readBenchResult(lines, "a.jsonl")).toEqual(result);
  });

  it.each<[string, string, RegExp]>([
    ["not JSON", "bench/json", /^a\.json is not JSON/],
    [
      "[]",
      "bench/result",
      /^a\.json is not the result of a benchmark: suite must be one of step, .*, but is missing/,
    ],
    ['{"suite":"speed"}', "bench/result", /suite must be .*but is "speed"/],
    [
      JSON.stringify({ ...stepResult(), seconds: -1 }),
      "bench/result",
      /seconds must be at least 0, but is -1/,
    ],
    [
      JSON.stringify(stepResult({ rows: [stepRow({ msPerStep: 0 })] })),
      "bench/result",
      /rows\.0\.msPerStep must be above 0, but is 0/,
    ],
    [
      JSON.stringify(stepResult({ rows: [stepRow({ rounds: [] })] })),
      "bench/result",
      /rows\.0\.rounds must not be empty/,
    ],
    [
      JSON.stringify({ ...stepResult(), adapter: { vendor: "x" } }),
      "bench/result",
      /adapter\.architecture must be .*but is missing/,
    ],
  ])("refuses what is not one: %#", (text, code, message) => {
    const error = thrownBy(FileFormatError, () => readBenchResult(text, "a.json"));
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error.message).toMatch(message);
  });
});

describe("two results", () => {
  const before = stepResult();
  const after = stepResult({
    adapter: HARDWARE,
    rows: [stepRow({ msPerStep: 5 }), stepRow({ contender: "jax", backend: "wasm", msPerStep: 3 })],
  });
  const comparison = compareResults(
    { name: "before.json", result: before },
    { name: "after.json", result: after },
  );

  it("give ratios of what both measured, and name what one has alone", () => {
    expect(comparison.rows).toHaveLength(1);
    expect(comparison.rows[0]).toMatchObject({
      contender: "backlit",
      backend: "webgpu",
      a: 10,
      b: 5,
      ratio: 0.5,
    });
    expect(comparison.rows[0].lowest).toBeCloseTo(4.5 / 12);
    expect(comparison.rows[0].highest).toBeCloseTo(6 / 9);
    expect(comparison.onlyA.map(({ contender, backend }) => `${contender} ${backend}`)).toEqual([
      "jax webgpu",
      "tfjs wasm",
    ]);
    expect(comparison.onlyB.map(({ contender, backend }) => `${contender} ${backend}`)).toEqual(["jax wasm"]);
  });

  it("say where adapters and circumstances differ, and nothing where they do not", () => {
    expect(comparison.adaptersDiffer).toBe(true);
    expect(comparison.differences).toEqual([
      {
        what: "adapter",
        a: "google, swiftshader (software, not a GPU)",
        b: "Acme Anvil 9, acme, anvil",
      },
    ]);
    const text = comparisonText(comparison, (words) => words);
    expect(text).toContain("The adapters differ");
    expect(text).toContain("A  before.json: google, swiftshader (software, not a GPU), chrome, 2026-03-01");
    expect(text).toMatch(/Backlit WebGPU +0\.500 +0\.38 to 0\.67 +10 ms +5 ms/);
    expect(text).toContain("only in B: jax-js wasm on 784-512-10");
    const same = compareResults({ name: "a", result: before }, { name: "b", result: before });
    expect(same).toMatchObject({ adaptersDiffer: false, differences: [], onlyA: [], onlyB: [] });
    expect(same.rows.map(({ ratio }) => ratio)).toEqual([1, 1, 1]);
  });

  it("carry the warnings of both into the comparison, as text and as a report", () => {
    const quick = stepResult({ protocol: { ...before.protocol, quick: true }, interrupted: true });
    const compared = compareResults({ name: "a", result: quick }, { name: "b", result: after });
    const words = [
      "A was measured on a software adapter, a program on the CPU",
      "A was a quick look, with few rounds and steps: not a measurement to quote.",
      "A was interrupted",
      "The adapters differ",
    ];
    const text = comparisonText(compared, (each) => each);
    const html = comparisonHtml(compared);
    for (const each of words) {
      expect(text).toContain(each);
      expect(html).toContain(`<p class="caution">${each}`);
    }
    const both = compareResults({ name: "a", result: quick }, { name: "b", result: quick });
    expect(comparisonCautions(both)[0]).toMatch(/^A and B were measured on software adapters/);
    expect(comparisonCautions(both)[1]).toMatch(/^A and B were quick looks/);
    const clean = compareResults({ name: "a", result: after }, { name: "b", result: after });
    expect(comparisonCautions(clean)).toEqual([]);
  });

  it("of different suites say so, and count what one has alone instead of listing it", () => {
    const rows = [1, 2, 3, 4].map((batch) => stepRow({ batch }));
    const crossover = stepResult({ suite: "crossover", rows: [stepRow(), ...rows] });
    const compared = compareResults({ name: "a", result: crossover }, { name: "b", result: before });
    const text = comparisonText(compared, (each) => each);
    expect(text).toMatch(/^crossover and step\n/);
    expect(text).toContain("The suites differ, crossover and step");
    expect(text).toMatch(/suite +crossover +step/);
    const lines = text.split("\n").filter((line) => line.startsWith("only in A"));
    expect(lines).toEqual([
      "only in A: Backlit WebGPU on 784-512-10, batch 1, sgd, mnist, 16,384 rows; " +
        "784-512-10, batch 2, sgd, mnist, 16,384 rows; and 2 more",
    ]);
    expect(comparisonHtml(compared)).toContain("crossover and step");
  });

  it("that share nothing explain no ratios, and name what one did not measure", () => {
    const other = stepResult({ rows: [stepRow({ batch: 7 })], datasets: [] });
    const text = comparisonText(
      compareResults({ name: "a", result: before }, { name: "b", result: other }),
      (each) => each,
    );
    expect(text).toContain("Nothing was measured in both.");
    expect(text).not.toContain("B over A");
    expect(text).toMatch(/input mnist +the first 16384 training images of mnist +not measured/);
    const flags = Array<string>(40).fill("--a-switch");
    const long = stepResult({ environment: { ...before.environment, flags } });
    const wide = comparisonText(
      compareResults({ name: "a", result: before }, { name: "b", result: long }),
      (each) => each,
    );
    expect(wide).toContain(`flags differs\n  A  --headless\n  B  ${flags.join(" ")}`);
  });

  it("become a report that needs nothing else", () => {
    const html = comparisonHtml(comparison);
    expect(html).not.toMatch(/https?:|<script|<link|<img|NaN|undefined/);
    expect(html).toContain("(software, not a GPU)");
    expect(html).toContain("The adapters differ");
  });

  it("of different kinds are refused", () => {
    const overhead = { ...stepResult(), suite: "overhead", rows: [], ratios: [] } as unknown as BenchResult;
    const error = thrownBy(BacklitError, () =>
      compareResults({ name: "a.json", result: before }, { name: "b.json", result: overhead }),
    );
    expect(error).toMatchObject({ code: "bench/suites-differ", exitCode: 2 });
  });
});
