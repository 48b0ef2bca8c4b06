/** What `check` and `doctor --browser` say, without a browser: JUnit, the paragraph, the choice of flags. */
import { describe, expect, it } from "vitest";
import { chromeFlags, chromeFlagSets } from "../../scripts/chrome.js";
import { junitXml } from "../../src/cli/junit.ts";
import { gradientText } from "../../src/cli/gradient-text.ts";
import { bestTrial } from "../../src/cli/verbs/doctor-browser.ts";
import { resolveNetwork } from "../../src/core/spec.ts";
import { Check } from "../../src/lens/conformance/check.ts";
import { SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import {
  byKernel,
  ratioText,
  withoutShape,
  type CaseResult,
  type ConformanceReport,
} from "../../src/lens/conformance/report.ts";
import { checkGradients } from "../../src/lens/gradient-check.ts";
import { browserOf, summarize } from "../../src/lens/conformance/summary.ts";

const caseOf = (number: number, given: Partial<CaseResult> = {}): CaseResult => ({
  number,
  kernel: "dense-forward",
  shape: `[${number}, 7].[7, 3]`,
  variant: "software",
  compared: 10,
  errorOverBound: 0.1 * number,
  worstAt: "",
  failure: "",
  seconds: 0.25,
  ...given,
});

const report = (results: CaseResult[], given: Partial<ConformanceReport> = {}): ConformanceReport => ({
  cases: results.length,
  total: results.length,
  failures: 0,
  worst: { kernel: "dense-forward", shape: "[2, 7].[7, 3]", errorOverBound: 0.2 },
  kernels: byKernel(results),
  failed: results.filter(({ failure }) => failure !== ""),
  proposals: [],
  compared: 10 * results.length,
  adapter: { vendor: "google", architecture: "swiftshader", device: "", description: "", software: true },
  limits: {},
  timestamps: "offered",
  tuning: "software",
  seed: 7,
  random: true,
  seconds: 3.2,
  ...given,
});

const environment = { version: "1.2.3", platform: "linux x64", runtime: "HeadlessChrome/156.0.0.0" };

describe("JUnit XML", () => {
  it("counts and groups cases, and writes what XML cannot as something it can", () => {
    const xml = junitXml("check", [
      { group: "a", name: 'with "quotes" & <signs>', seconds: 0.5, failure: "" },
      { group: "b", name: "two", seconds: 1, failure: "off by <1>\nsecond line \u0001" },
      { group: "a", name: "three", seconds: 0, failure: "" },
    ]);
    expect(xml).toContain('<testsuites name="check" tests="3" failures="1" time="1.500">');
    expect(xml).toContain('<testsuite name="a" tests="2" failures="0" time="0.500">');
    expect(xml).toContain('name="with &quot;quotes&quot; &amp; &lt;signs&gt;" time="0.500"/>');
    expect(xml).toContain('<failure message="off by &lt;1&gt;">off by &lt;1&gt;\nsecond line ?</failure>');
  });
});

it("JUnit XML says of an interrupted check what did not run", () => {
  const xml = junitXml("check", [
    { group: "a", name: "one", seconds: 0, failure: "" },
    { group: "b", name: "102 cases not run", seconds: 0, failure: "", skipped: "after 4 of 106" },
  ]);
  expect(xml).toContain('<testsuites name="check" tests="2" failures="0" skipped="1" time="0.000">');
  expect(xml).toContain('<testsuite name="a" tests="1" failures="0" time="0.000">');
  expect(xml).toContain('<skipped message="after 4 of 106"/>');
});

describe("the paragraph", () => {
  it("gives no all-clear where the check was interrupted", () => {
    const text = (results: CaseResult[], given: Partial<ConformanceReport> = {}): string =>
      summarize(report(results, { total: 106, random: false, ...given }), environment);
    expect(text([caseOf(1), caseOf(2)])).toContain("Interrupted after 2 of 106 cases; those agree with");
    expect(text([caseOf(1), caseOf(2)], { failures: 1 })).toContain(
      "Interrupted after 2 of 106 cases; 1 of those failed: it does not agree",
    );
    const none = text([], { worst: { kernel: "", shape: "", errorOverBound: 0 } });
    expect(none).toContain("Interrupted after 0 of 106 cases: nothing is known.");
    expect(none).not.toMatch(/agree|worst/);
    expect(text([caseOf(1)], { total: 1 })).toContain("The one case agrees with");
  });

  it("has adapter, versions and verdict", () => {
    const text = summarize(report([caseOf(1), caseOf(2)]), environment);
    expect(text).toContain("backlit check 1.2.3: google, swiftshader (software, not a GPU)");
    expect(text).toContain("HeadlessChrome/156.0.0.0; linux x64. All 2 random cases (seed 7) agree");
    expect(text).toContain("worst error over bound 0.200 (dense-forward, [2, 7].[7, 3])");
    expect(text).not.toContain("\n");
  });

  it("names a kernel that fails and what to use instead", () => {
    const failed = caseOf(1, {
      failure: "A[3] is 1, but must be exactly 2",
      errorOverBound: Number.MAX_VALUE,
    });
    const proposal = { kernel: "dense-forward", variant: "software" };
    const wrong = {
      failures: 1,
      worst: { kernel: "dense-forward", shape: "", errorOverBound: Number.MAX_VALUE },
    };
    const other = { ...SOFTWARE_TUNING, name: "loops" };
    const text = summarize(
      report([failed], { ...wrong, proposals: [{ ...proposal, instead: other }] }),
      environment,
    );
    expect(text).toContain("The one random case (seed 7) failed: it does not agree");
    const two = summarize(report([failed, caseOf(2)], { ...wrong, failures: 2 }), environment);
    expect(two).toContain("2 of 2 random cases (seed 7) failed: they do not agree");
    expect(text).toContain(
      'dense-forward fails with the tuning table "software" at [1, 7].[7, 3]: A[3] is 1',
    );
    expect(text).toContain('The table "loops" computes it correctly.');
    expect(text).toContain("worst is a result that had to be exact, and is not");
    const none = summarize(
      report([failed], { ...wrong, proposals: [{ ...proposal, instead: null }] }),
      environment,
    );
    expect(none).toContain("--engine cpu");
    expect(summarize(report([failed], wrong), environment)).toContain(
      "dense-forward, [1, 7].[7, 3]: A[3] is 1",
    );
  });

  it("sends to a trace where a training step failed, which has several kernels", () => {
    const failed = caseOf(1, { kernel: "training step", failure: "off", trace: ["--hidden", "65"] });
    const sentence =
      "`backlit trace --hidden 65` tells which of its kernels is wrong, unless that takes this case's numbers.";
    expect(summarize(report([failed], { failures: 1 }), environment)).toContain(`: off. ${sentence}`);
    const proposals = [{ kernel: "training step", variant: "software", instead: null }];
    expect(summarize(report([failed], { failures: 1, proposals }), environment)).toContain(sentence);
    // A kernel that fails by itself has been named.
    const kernel = caseOf(2, { failure: "off" });
    expect(summarize(report([failed, kernel], { failures: 2 }), environment)).not.toContain("trace");
    expect(summarize(report([caseOf(1)]), environment)).not.toContain("trace");
  });

  it("finds the browser in what it calls itself", () => {
    expect(browserOf("Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/156.0.0.0 Safari/537.36")).toBe(
      "HeadlessChrome/156.0.0.0",
    );
    expect(browserOf("Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0")).toBe("Firefox/140.0");
  });
});

it("a failure does not say again what shape its case has", () => {
  const shape = "[65, 513].[513, 10]";
  expect(withoutShape(`${shape}: delta below[3] is 1`, `${shape}, softmax`)).toBe("delta below[3] is 1");
  expect(withoutShape(`${shape}, amid NaN: words of x`, shape)).toBe("amid NaN: words of x");
  expect(withoutShape("step 5 of 33 rows: loss[0] is 1", "33 rows: 49 - 10, sgd")).toBe(
    "step 5 of 33 rows: loss[0] is 1",
  );
  expect(withoutShape("the kernel is compiled: no", "")).toBe("the kernel is compiled: no");
});

it("an element is named by row and column where the shape is known", () => {
  const check = new Check();
  check.within(
    "layers.0.weight",
    [0, 0, 0, 0, 2, 0],
    [0, 0, 0, 0, 1, 0],
    Array.from({ length: 6 }, () => 0.5),
    [2, 3],
  );
  expect(check.summary).toMatchObject({ worst: 2, worstAt: "layers.0.weight[1, 1]" });
  expect(check.summary.failure).toContain("layers.0.weight[1, 1] is 2, the reference has 1: off by 1.000e+0");
  const exact = new Check();
  exact.equal("dX", [1, 2, 3, 4], [1, 2, 3, 5], [2, 2]);
  expect(exact.summary.failure).toBe("dX[1, 1] is 4, but must be exactly 5");
  const flat = new Check();
  flat.equal("rank", [1, 2], [1, 3]);
  expect(flat.summary.failure).toBe("rank[1] is 2, but must be exactly 3");
});

it("results by kernel keep the worst case of each", () => {
  const results = [caseOf(1), caseOf(3), caseOf(2, { failure: "wrong" }), caseOf(0, { kernel: "head" })];
  expect(byKernel(results)).toMatchObject([
    { kernel: "dense-forward", cases: 3, failures: 1, compared: 30, shape: "[3, 7].[7, 3]" },
    { kernel: "head", cases: 1, failures: 0 },
  ]);
});

describe("sets of flags", () => {
  const adapter = { vendor: "", architecture: "", device: "", description: "" };
  const trial = (set: string, software?: boolean) => ({
    path: "/chrome",
    set,
    flags: [],
    adapter: software === undefined ? null : { ...adapter, software },
    problem: "",
  });

  it("are complete, and hold those that jobs run with", () => {
    const sets = chromeFlagSets();
    expect(sets.length).toBeGreaterThanOrEqual(3);
    for (const { flags } of sets) expect(flags).toContain("--enable-unsafe-webgpu");
    for (const kind of ["hardware", "software"] as const) {
      expect(sets.map(({ flags }) => flags.join())).toContain(chromeFlags(kind).join());
    }
  });

  it("that give a GPU come before those that do not", () => {
    expect(bestTrial([trial("a"), trial("b", true), trial("c", false)])?.set).toBe("c");
    expect(bestTrial([trial("a"), trial("b", true), trial("c", true)])?.set).toBe("b");
    const usual = { ...trial("usual", true), flags: chromeFlags("software") };
    expect(bestTrial([trial("a", true), usual])?.set).toBe("usual");
    expect(bestTrial([trial("a")])).toBeUndefined();
  });
});

it("an error over its bound is read to a thousandth", () => {
  const read = [0, 1e-9, 0.0004999, 0.04149, 0.5, 1.25, 1000, Number.MAX_VALUE].map(ratioText);
  expect(read).toEqual(["0", "< 0.001", "< 0.001", "0.041", "0.500", "1.250", "1.00e+3", "not exact"]);
});

describe("the gradient check", () => {
  const text = (hidden: { units: number; activation: "sigmoid" | "tanh" }[]): string => {
    const network = resolveNetwork({ input: 3, layers: [...hidden, { units: 2 }] });
    return gradientText(checkGradients({ network }), network, (bold) => bold);
  };

  it("says how many entries agree, and how far the worst is off", () => {
    const shallow = text([{ units: 3, activation: "tanh" }]);
    expect(shallow).toMatch(/\n20 entries agree; the largest relative error is \d\.\de-\d+\.$/);
    expect(shallow).not.toContain("not known");
  });

  it("says of what nothing is known, and what could be done", () => {
    const deep = text(Array.from({ length: 16 }, () => ({ units: 3, activation: "sigmoid" as const })));
    expect(deep).toMatch(/layers\.0\.weight +3 x 3 +0 +0 +0 +9 +not known/);
    expect(deep).toMatch(/entries agree; the largest .*; [\d,]+ too small to tell: rounding alone/);
    expect(deep).toMatch(
      /Nothing is known of \d+ tensors \("not known" above\): central differences cannot tell/,
    );
    expect(deep).toContain("fewer layers, or with another activation, are larger.");
  });
});
