/** What the page keeps of a run, and gives away as files. */
import { describe, expect, it } from "vitest";
import {
  curvesToCsv,
  distinctTitles,
  isKeptRun,
  runsToCsv,
  titleOf,
  type KeptRun,
} from "../../src/app/state/kept-run.ts";
import { writePermalink } from "../../src/app/state/permalink.ts";

const points = (steps: number[]) => ({
  steps,
  loss: steps.map((step) => 1 / step),
  accuracy: steps.map((step) => 1 - 1 / step),
});

const run: KeptRun = {
  id: "a",
  name: "",
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  options: { hidden: "64,32", seed: "7" },
  dataset: "mnist",
  sizes: [784, 64, 32, 10],
  adapter: "swiftshader",
  software: true,
  steps: 8,
  seconds: 1.5,
  ending: "completed",
  train: { loss: 0.5, accuracy: 0.75 },
  validation: null,
  test: { loss: 0.25, accuracy: 0.875, macroF1: 0.8 },
  curves: { train: points([1, 2, 4]), validation: points([4, 8]) },
};

describe("a kept run", () => {
  it("is called by its data and network until it has a name", () => {
    expect(titleOf(run)).toBe("mnist, 64 - 32");
    expect(titleOf({ ...run, sizes: [784, 10] })).toBe("mnist, linear");
    expect(titleOf({ ...run, name: "best" })).toBe("best");
  });

  it("beside others of its title is called by its seed, its ending and its time, as far as these differ", () => {
    const seeded = (seed: string) => ({ ...run, options: { ...run.options, seed } });
    const stopped = { ...seeded("8"), ending: "aborted" };
    const later = { ...stopped, at: run.at + 61_000 };
    const time = (at: number) => new Date(at).toLocaleTimeString(undefined, { timeStyle: "medium" });
    expect(distinctTitles([run, { ...run, name: "best" }])).toEqual(["mnist, 64 - 32", "best"]);
    expect(distinctTitles([run, seeded("8")])).toEqual(["mnist, 64 - 32, seed 7", "mnist, 64 - 32, seed 8"]);
    expect(distinctTitles([run, seeded("8"), stopped, later])).toEqual([
      "mnist, 64 - 32, seed 7",
      "mnist, 64 - 32, seed 8, completed",
      `mnist, 64 - 32, seed 8, stopped, ${time(run.at)}`,
      `mnist, 64 - 32, seed 8, stopped, ${time(later.at)}`,
    ]);
  });

  it("is told from what another version stored", () => {
    expect(isKeptRun(structuredClone(run))).toBe(true);
    expect(isKeptRun({ ...run, curves: { train: points([1]) } })).toBe(false);
    for (const other of [null, undefined, 3, "run", {}, { ...run, at: "today" }]) {
      expect(isKeptRun(other)).toBe(false);
    }
  });
});

describe("CSV", () => {
  const lines = (text: string): string[] => text.split("\r\n");

  it("has a line for each run, with its figures and its link", () => {
    const [head, first, end] = lines(runsToCsv([run], writePermalink));
    expect(head).toMatch(/^ended,name,dataset,network,ending,steps,seconds,test accuracy,/);
    expect(first).toBe(
      '2026-01-02T03:04:05.000Z,"mnist, 64 - 32",mnist,784-64-32-10,completed,8,1.5,0.875,0.25,0.8,,,0.75,0.5,' +
        '"swiftshader (software, not a GPU)","hidden=64,32&seed=7"',
    );
    expect(end).toBe("");
  });

  it("keeps a name from being a formula or two cells", () => {
    const named = (name: string): string =>
      lines(runsToCsv([{ ...run, name }], () => ""))[1].slice("2026-01-02T03:04:05.000Z,".length);
    expect(named("=1+1")).toMatch(/^'=1\+1,mnist/);
    expect(named('a "b", c')).toMatch(/^"a ""b"", c",mnist/);
  });

  it("has a line for each point of the curves, validation beside training of the same step", () => {
    expect(lines(curvesToCsv(run.curves))).toEqual([
      "step,training loss,training accuracy,validation loss,validation accuracy",
      "1,1,0,,",
      "2,0.5,0.5,,",
      "4,0.25,0.75,0.25,0.75",
      "8,,,0.125,0.875",
      "",
    ]);
  });
});
