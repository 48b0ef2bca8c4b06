/** The options of a run: one value for all hidden layers or one for each, and how a mistake is named. */
import { describe, expect, it } from "vitest";
import { sayIdleOptions } from "../../src/cli/runtime-options.ts";
import type { Context } from "../../src/cli/context.ts";
import { idleBecauseOf } from "../../src/core/idle-options.ts";
import {
  ofAllLayers,
  parseOption,
  resolveRunOptions,
  runOptions,
  toSpecs,
  type RunOptionName,
  type RunOptions,
} from "../../src/core/run-options.ts";
import { SpecError } from "../../src/core/errors.ts";
import { thrownBy } from "../support/errors.ts";

function layersOf(options: RunOptions): unknown[] {
  return toSpecs(resolveRunOptions(options), { input: 4, classes: 3 }).network.layers;
}

function problemOf(options: RunOptions): string {
  return thrownBy(SpecError, () => resolveRunOptions(options)).message;
}

describe("an option of the hidden layers", () => {
  it("is one value for all of them, or one for each", () => {
    expect(layersOf({ hidden: [8, 6], activation: "tanh", dropout: [0.5, 0] })).toEqual([
      { units: 8, activation: "tanh", dropout: 0.5 },
      { units: 6, activation: "tanh", dropout: 0 },
      { units: 3 },
    ]);
    expect(layersOf({ hidden: [8, 6], activation: ["gelu", "relu"] })).toMatchObject([
      { activation: "gelu", dropout: 0.25 },
      { activation: "relu", dropout: 0.25 },
      {},
    ]);
  });

  it("is the same option however it is written, where all layers have the same", () => {
    const once = resolveRunOptions({ hidden: [8, 6], activation: "tanh", dropout: 0.1 });
    expect(resolveRunOptions({ hidden: [8, 6], activation: ["tanh", "tanh"], dropout: [0.1, 0.1] })).toEqual(
      once,
    );
  });

  it("is read from text with commas", () => {
    expect(parseOption("activation", "relu")).toBe("relu");
    expect(parseOption("activation", "relu, tanh")).toEqual(["relu", "tanh"]);
    expect(parseOption("dropout", "0.5,0")).toEqual([0.5, 0]);
    expect(() => parseOption("dropout", "0.5,x")).toThrow('--dropout must be a number, not "0.5,x"');
  });

  it.each<[RunOptions, string]>([
    [
      { hidden: [8, 6], activation: ["relu", "tanh", "relu"] },
      "--activation must be one value for all hidden layers, or as many as there are (2), not 3",
    ],
    [{ hidden: [8, 6], dropout: [0, 1] }, "--dropout must be below 1, not 1"],
    [{ hidden: [8, 0] }, "--hidden: the units of each layer must be at least 1, not 0"],
    [{ hidden: [8, 1.5] }, "--hidden: the units of each layer must be a whole number, not 1.5"],
  ])("%j is refused in words", (options, message) => {
    expect(problemOf(options)).toBe(message);
  });

  it("can be asked for as one value where layers are not named", () => {
    expect(ofAllLayers("activation", "relu")).toBe("relu");
    expect(() => ofAllLayers("activation", ["relu", "tanh"])).toThrow(/--activation takes one value here/);
  });
});

describe("an idle option", () => {
  const idle = (options: RunOptions): RunOptionName[] => {
    const resolved = resolveRunOptions(options);
    return (Object.keys(runOptions) as RunOptionName[]).filter((name) => idleBecauseOf(name, resolved));
  };
  const decay = ["decayEvery", "decayFactor"];
  const adam = ["beta1", "beta2", "epsilon"];

  it.each<[RunOptions, string[]]>([
    [{}, ["momentum", ...decay]],
    [{ optimizer: "adam", schedule: "step" }, ["momentum"]],
    [{ optimizer: "sgd", schedule: "exponential" }, ["momentum", ...adam]],
    [{ optimizer: "nesterov", schedule: "constant" }, [...adam, ...decay]],
    [
      { optimizer: "momentum", schedule: "step", hidden: [], engine: "cpu" },
      ["activation", "dropout", ...adam, "adapter", "tune"],
    ],
  ])("of %j is what nothing reads", (options, names) => {
    expect(idle(options)).toEqual(names);
  });

  it("is named by the command where it was typed and is not the default", () => {
    const said: string[] = [];
    const context = { output: { say: (line: string) => said.push(line) } } as unknown as Context;
    const given: RunOptions = {
      momentum: 0.5,
      beta1: 0.8,
      decayEvery: 0,
      engine: "cpu",
      adapter: "software",
    };
    sayIdleOptions(context, resolveRunOptions(given), given);
    expect(said).toEqual([
      "--momentum 0.5 has no effect: adamw does not use it.",
      "--adapter software has no effect: the CPU engine does not use it.",
    ]);
  });
});
