/** The command's words: flags from the option table, figures, tables, charts, and what a resumed run may change. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { byteSize, duration, table } from "../../src/cli/format.ts";
import { addRunOptions, givenRunOptions } from "../../src/cli/options.ts";
import { Output } from "../../src/cli/output.ts";
import { chartSvg, ticks } from "../../src/report/line-chart.ts";
import { runOptions } from "../../src/core/run-options.ts";
import { Sink } from "../support/sink.ts";

describe("flags", () => {
  const parse = (...args: string[]) => {
    const command = addRunOptions(new Command()).exitOverride();
    return givenRunOptions(command.parse(args, { from: "user" }).opts());
  };

  it("cover every run option, typed", () => {
    expect(
      parse("--hidden", "64,32", "--lr", "1e-3", "--label-smoothing", "0.2", "--keep-best", "loss"),
    ).toEqual({
      hidden: [64, 32],
      learningRate: 1e-3,
      labelSmoothing: 0.2,
      keepBest: "loss",
    });
    expect(parse("--hidden", "none")).toEqual({ hidden: [] });
    expect(parse()).toEqual({});
    const flags = addRunOptions(new Command()).options.map(({ long }) => long);
    expect(flags).toEqual(Object.values(runOptions).map(({ flag }) => `--${flag}`));
  });

  it("say their defaults in the help", () => {
    const help = addRunOptions(new Command()).helpInformation();
    const text = help.replace(/\s+/g, " ");
    expect(text).toContain("rows per step (default 128)");
    expect(text).toContain("default 0.1 for sgd; 0.05 for momentum, nesterov; 0.003 for adam, adamw)");
    expect(text).toContain("default 0.02 for adamw, others 0)");
    expect(text).toContain("default 0.9 for exponential, 0.1 for step)");
    expect(text).toContain("(off, fast, full; default off)");
    const own = addRunOptions(new Command(), ["data"], { data: "the model's" }).helpInformation();
    expect(own).toContain("default the model's");
    expect(own).not.toContain("default synthetic");
  });
});

it("figures read well", () => {
  expect([0.25, 59.94, 245, 3723].map(duration)).toEqual(["250 ms", "59.9 s", "4:05 min", "1:02:03 h"]);
  expect([0, 999, 1500, 47_000_000].map(byteSize)).toEqual(["0 B", "999 B", "1.5 kB", "47.0 MB"]);
  expect(
    table(
      ["name", "n"],
      [
        ["a", "1"],
        ["long", "12"],
      ],
    ),
  ).toBe("name   n\na      1\nlong  12");
});

describe("chart", () => {
  it("has round ticks that span the values", () => {
    expect(ticks(0.11, 0.87).values).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(5, 5)).toMatchObject({ from: expect.any(Number), to: expect.any(Number) });
    expect(ticks(0.9, 0.9).to).toBeGreaterThan(ticks(0.9, 0.9).from);
  });

  it("draws finite points only, and says what it shows", () => {
    const points = [1, 2, 3].map((x) => ({ x, y: x === 2 ? Number.NaN : x }));
    const series = [{ name: "train <b>", className: "train", points }];
    const svg = chartSvg({ title: "Loss", xLabel: "step", series, format: String });
    expect(svg).not.toContain("NaN");
    expect(svg).not.toContain("<b>");
    expect(svg).toContain('aria-label="Loss: train &lt;b&gt; from 1 to 3"');
  });
});

describe("Output", () => {
  it("colours on a terminal, and not with NO_COLOR or JSON", () => {
    const bold = (json: boolean, env: NodeJS.ProcessEnv) =>
      new Output({ json, out: new Sink({ isTTY: true }), err: new Sink({ isTTY: true }), env }).bold("x");
    expect(bold(false, {})).toBe("\u001b[1mx\u001b[22m");
    expect(bold(false, { NO_COLOR: "1" })).toBe("x");
    expect(bold(true, {})).toBe("x");
  });

  it("keeps everything but JSON lines off standard output with --json", () => {
    const [out, err] = [new Sink({ isTTY: true }), new Sink({ isTTY: true })];
    const output = new Output({ json: true, out, err, env: {} });
    output.say("note");
    output.print("text");
    output.emit({ a: 1 });
    expect([out.text, err.text]).toEqual(['{"a":1}\n', "note\n"]);
  });
});

it("npm start -- --help says what it takes, and starts nothing", () => {
  const script = fileURLToPath(new URL("../../scripts/start.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--help"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("Usage: npm start");
  expect(stdout).toContain("--port <N>");
});
