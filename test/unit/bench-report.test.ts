/** The report of a benchmark says what was measured, where, and what it is not. */
import { describe, expect, it } from "vitest";
import { browserName } from "../../src/bench/report/prose.ts";
import { benchReportHtml } from "../../src/bench/report/report.ts";
import { HARDWARE, SOFTWARE, stepResult, stepRow } from "../support/bench-result.ts";

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
