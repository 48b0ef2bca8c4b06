/** The report of a benchmark says what was measured, where, and what it is not. */
import { describe, expect, it } from "vitest";
import { browserName } from "../../src/bench/report/prose.ts";
import { benchReportHtml } from "../../src/bench/report/report.ts";
import type { OverheadResult, StepRow } from "../../src/bench/result.ts";
import { benchText } from "../../src/cli/bench-text.ts";
import { logAxis } from "../../src/report/log-axis.ts";
import { HARDWARE, kernelsResult, SOFTWARE, stepResult, stepRow } from "../support/bench-result.ts";

const software = "google, swiftshader (software, not a GPU)";

describe("the report of training steps", () => {
  it("needs nothing but itself, and carries no style that a strict page would refuse", () => {
    const html = benchReportHtml(stepResult());
    expect(html).not.toMatch(/https?:|<script|<link|<img|url\(|@import/);
    expect(html.replace(/<style>.*?<\/style>/s, "")).not.toMatch(/ style=|NaN|undefined|Infinity/);
  });

  it("names a software adapter in the title of every plot", () => {
    const html = benchReportHtml(stepResult());
    const titles = [...html.matchAll(/<(?:title|h1|figcaption)>(.*?)<\/(?:title|h1|figcaption)>/gs)]
      .map((match) => match[1])
      .filter((title) => !title.includes("of the time of"));
    expect(titles.length).toBe(4);
    expect(titles.filter((title) => !title.includes(software))).toEqual([]);
    expect(html).toContain("say nothing about the speed of a GPU");
    const onHardware = benchReportHtml(stepResult({ adapter: HARDWARE }));
    expect(onHardware).not.toContain("not a GPU");
    expect(onHardware).toContain("on Acme Anvil 9, acme, anvil");
  });

  it("gives ratios first, then times, then who is missing and why", () => {
    const html = benchReportHtml(
      stepResult({
        rows: [
          stepRow(),
          stepRow({ contender: "jax", msPerStep: 40 }),
          stepRow({ contender: "tfjs", msPerStep: 2, lossAgrees: false, lossWorst: 0.31 }),
        ],
        skipped: [{ contender: "tfjs", backend: "wasm", reason: "no <wasm> here" }],
      }),
    );
    expect(html).toContain("<b>0.25</b><span>of the time of jax-js WebGPU</span>");
    expect(html).not.toContain("of the time of TensorFlow.js");
    expect(html).toContain("losses differ, not ranked");
    expect(html).toContain("its losses differ by up to 31.0 % within 20 steps");
    expect(html).toContain("no &lt;wasm&gt; here");
    const places = [
      "Backlit’s time over theirs",
      "Time of a training step",
      "Not ranked",
      "How it was measured",
    ];
    const order = [...places, "Where it ran", "Run it again"].map((text) => html.indexOf(text));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it("says of a quick look and of an interrupted run what they are", () => {
    const { protocol } = stepResult();
    const html = benchReportHtml(stepResult({ protocol: { ...protocol, quick: true }, interrupted: true }));
    expect(html).toContain("not a measurement to quote");
    expect(html).toContain("The run was interrupted");
    expect(benchReportHtml(stepResult({ adapter: SOFTWARE }))).not.toContain("The run was interrupted");
  });

  it("can be written when nothing was measured", () => {
    const html = benchReportHtml(stepResult({ rows: [], ratios: [], interrupted: true }));
    expect(html).toContain("The run was interrupted");
    expect(html).not.toContain("<svg");
  });
});

describe("the reports of the other suites", () => {
  it("name the input of every profile, and scale the parts of a step to the whole", () => {
    const html = benchReportHtml(kernelsResult());
    const titles = [...html.matchAll(/<h2>(Kernels of .*?)<\/h2>/g)].map((match) => match[1]);
    expect(titles).toEqual([
      "Kernels of a training step: 784-12-10, batch 8, sgd, digits",
      "Kernels of a training step: 784-12-10, batch 8, sgd, noise",
    ]);
    // Three dispatches, a third of the step each.
    const bars = [...html.matchAll(/<rect class="mark backlit webgpu" x="0" y="\d+" width="([\d.]+)"/g)];
    expect(bars.map((match) => Number(match[1]))).toEqual(Array<number>(6).fill(140));
    expect(html).not.toContain("Not ranked");
  });

  it("say of dispatches that do nothing neither rows nor seed nor ranks", () => {
    const result: OverheadResult = {
      ...stepResult(),
      suite: "overhead",
      ratios: [],
      datasets: [],
      rows: [
        { dispatches: 1, usPerSubmit: 1835, usPerDispatch: 1835 },
        { dispatches: 1000, usPerSubmit: 33_969, usPerDispatch: 34 },
      ].map((row) => ({ contender: "backlit", backend: "webgpu", spread: 0, rounds: [1], ...row })),
    };
    const html = benchReportHtml(result);
    expect(html).not.toMatch(/Not ranked|Seed|rows;|left out/);
    expect(html).toContain("1:30 min in all.");
    expect(html).toContain("<td>33,969</td>");
    // A line of the grid lies below the lowest point.
    const grid = [...html.matchAll(/class="grid" x1="\S+" y1="([\d.]+)"/g)].map((match) => Number(match[1]));
    const points = [...html.matchAll(/cy="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(points).toHaveLength(4);
    expect(Math.max(...grid)).toBeGreaterThan(Math.max(...points));
  });

  it("say once what holds for every row of a contender", () => {
    const slow = "plain loops in one thread";
    const loop: Partial<StepRow> = { backend: "cpu", notes: [slow] };
    const rows = [stepRow(), stepRow({ batch: 8 }), stepRow(loop), stepRow({ ...loop, batch: 8 })];
    rows[1].notes.push("a note of one row");
    for (const text of [
      benchReportHtml(stepResult({ rows })),
      benchText(stepResult({ rows }), (words) => words),
    ]) {
      expect(text.split(slow)).toHaveLength(2);
      expect(text).toContain(`Backlit plain loop: ${slow}.`);
      expect(text).toContain("a note of one row");
    }
  });

  it("leave out the column of wasm where no peer was asked for", () => {
    const cells = [{ hidden: 16, batch: 8, workload: "", overPlainLoop: 0.5, overWasm: null }];
    const result = stepResult({ suite: "crossover", cells });
    expect(benchText(result, (words) => words)).not.toContain("over best wasm");
    expect(benchReportHtml(result)).not.toContain("over the fastest wasm peer");
    const noted = benchReportHtml({ ...result, notes: ["Nothing was measured on wasm."] });
    expect(noted).toContain("<p>Nothing was measured on wasm.</p>");
    expect(noted).not.toContain("Nothing was.");
    cells[0] = { ...cells[0], overWasm: 2 } as unknown as (typeof cells)[0];
    expect(benchText(result, (words) => words)).toContain("over best wasm");
    expect(benchReportHtml(result)).toContain("over the fastest wasm peer");
  });
});

describe("an axis of a plot", () => {
  it.each([[[34, 33_969]], [[0.07, 0.9]], [[1, 1]], [[999, 1001]], [[0.0004, 9e6]]])(
    "for %j begins at a labelled value below all",
    (values) => {
      const axis = logAxis(values, { below: true });
      expect(axis.values[0]).toBe(axis.from);
      expect(axis.from).toBeLessThanOrEqual(Math.min(...values));
      expect(axis.to).toBeGreaterThan(Math.max(...values));
      expect(Math.min(...values) / axis.from).toBeLessThanOrEqual(10);
    },
  );
});

it.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/156.0.0.0 Safari/537.36",
    "headless Chrome 156",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    "Edge 140",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0", "Firefox 141"],
  ["Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15", "Safari 26"],
  ["something else", "something else"],
])("reads %s as %s", (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});
