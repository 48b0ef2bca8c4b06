/** The page's permalink: what is written can be read again, and what cannot be read is named. */
import { describe, expect, test } from "vitest";
import { LINKED } from "../../src/app/state/fields.ts";
import {
  linkedOptions,
  optionProblem,
  optionText,
  parseTexts,
  readPermalink,
  writeCommand,
  writePermalink,
} from "../../src/app/state/permalink.ts";
import { resolveRunOptions, runOptions } from "../../src/core/run-options.ts";

const datasets = ["synthetic", "mnist"];

describe("permalink", () => {
  test("holds the seed always, and nothing else by default", () => {
    expect(writePermalink({})).toBe("seed=1");
    expect(writePermalink({ seed: "9", hidden: "64,32" })).toBe("hidden=64,32&seed=9");
  });

  test("round-trips every option's value", () => {
    const resolved = resolveRunOptions({ data: "mnist", maxSteps: 77, hidden: [3, 4], epsilon: 1e-7 });
    const texts = Object.fromEntries(LINKED.map((name) => [name, optionText(resolved[name])]));
    const link = writePermalink(texts);
    expect(readPermalink(`#${link}`, datasets)).toEqual({ texts, problems: [] });
    expect(parseTexts(texts)).toEqual(resolved);
  });

  test("has a value for each layer where they are not the same", () => {
    const link = "dropout=0.5,0&hidden=64,32&activation=relu,tanh&seed=3";
    const { texts, problems } = readPermalink(link, datasets);
    expect(problems).toEqual([]);
    expect(parseTexts(texts)).toMatchObject({
      hidden: [64, 32],
      activation: ["relu", "tanh"],
      dropout: [0.5, 0],
    });
    expect(writePermalink(texts)).toBe("hidden=64,32&activation=relu,tanh&dropout=0.5,0&seed=3");
    expect(writeCommand(texts)).toBe(
      "npm run train -- --hidden 64,32 --activation relu,tanh --dropout 0.5,0 --seed 3",
    );
  });

  test("may stand behind a question mark, where the hash comes later and wins", () => {
    expect(linkedOptions({ search: "", hash: "" })).toBe("");
    expect(linkedOptions({ search: "?hidden=64&seed=2", hash: "" })).toBe("hidden=64&seed=2");
    const both = linkedOptions({ search: "?hidden=64&seed=2", hash: "#seed=3" });
    expect(readPermalink(both, datasets)).toEqual({ texts: { hidden: "64", seed: "3" }, problems: [] });
  });

  test("is a command line as well", () => {
    expect(writeCommand({})).toBe("npm run train -- --seed 1");
    const texts = { data: "mnist", hidden: "64, 32", learningRate: "0.01", seed: "9" };
    expect(writeCommand(texts)).toBe("npm run train -- --data mnist --hidden 64,32 --lr 0.01 --seed 9");
    expect(writeCommand({ data: "files" })).toBe("npm run train -- --data DIR --seed 1");
  });

  test("no hidden layer is a value of its own", () => {
    expect(optionText([])).toBe("none");
    expect(parseTexts({ hidden: "none" })).toEqual({ hidden: [] });
  });

  test.each([
    ["lr=-1", "Learning rate must be above 0, not -1"],
    ["lr=", 'Learning rate must be a number, not ""'],
    ["batch=1.5", "Batch size must be a whole number, not 1.5"],
    ["optimizer=adma", 'Optimizer must be one of sgd, momentum, nesterov, adam, adamw, not "adma"'],
    ["data=/etc", 'Data must be one of synthetic, mnist, not "/etc"'],
    ["tune=maybe", 'Kernel tuning must be one of off, fast, full, not "maybe"'],
    ["hidden=8,-5", "The units of each layer must be at least 1, not -5"],
    ["hidden=8,x", 'Hidden layers must be whole numbers separated by commas, not "8,x"'],
    [
      "activation=relu,tanh",
      "Activation must be one value for all hidden layers, or as many as there are (1), not 2",
    ],
    ["dropout=0.1,1", "Dropout must be below 1, not 1"],
    ["constructor=1", "“constructor” is not an option"],
  ])("names what is wrong with %s and keeps the rest", (part, problem) => {
    expect(readPermalink(`#seed=4&${part}&epochs=2`, datasets)).toEqual({
      texts: { seed: "4", epochs: "2" },
      problems: [problem],
    });
  });

  test("finds no problem with any default", () => {
    for (const name of LINKED) {
      const { default: value } = runOptions[name];
      if (value !== undefined) expect(optionProblem(name, optionText(value))).toBeUndefined();
    }
  });
});
