/** The network as the page draws and edits it, and moving through its grids. */
import { describe, expect, it } from "vitest";
import {
  changedLayer,
  drawnLayers,
  hiddenLayers,
  networkTexts,
  parameterCount,
  readRate,
  readUnits,
  withLayer,
  withoutLayer,
} from "../../src/app/state/architecture.ts";
import { moved } from "../../src/app/state/grid.ts";

describe("the drawn network", () => {
  it("has the shapes and parameters of its layers", () => {
    expect(drawnLayers([784, 512, 10])).toEqual([
      { kind: "input", units: 784, circles: 13, shape: null, parameters: 0 },
      { kind: "hidden", units: 512, circles: 13, shape: [784, 512], parameters: 401_920 },
      { kind: "output", units: 10, circles: 10, shape: [512, 10], parameters: 5130 },
    ]);
    expect(parameterCount([784, 512, 10])).toBe(407_050);
    expect(parameterCount([784, 10])).toBe(7850);
  });

  it("draws few units one by one, and never too many", () => {
    expect(drawnLayers([4, 3, 2]).map(({ circles }) => circles)).toEqual([4, 3, 2]);
    for (const { circles } of drawnLayers([11, 64, 1_000_000])) {
      expect(circles).toBeGreaterThanOrEqual(7);
      expect(circles).toBeLessThanOrEqual(14);
    }
  });
});

describe("editing", () => {
  const layers = hiddenLayers({ hidden: [65, 8], activation: ["tanh", "relu"], dropout: 0.5 });

  it("knows each layer, whether it has its own options or shares them", () => {
    expect(layers).toEqual([
      { units: 65, activation: "tanh", dropout: 0.5 },
      { units: 8, activation: "relu", dropout: 0.5 },
    ]);
  });

  it("adds before the output, removes, and changes one layer", () => {
    const units = (of: typeof layers): number[] => of.map((layer) => layer.units);
    expect(withLayer([], { activation: "gelu", dropout: 0 })).toEqual([
      { units: 128, activation: "gelu", dropout: 0 },
    ]);
    expect(withLayer(layers, layers[0])[2]).toEqual({ units: 16, activation: "relu", dropout: 0.5 });
    expect(units(withLayer(layers.slice(0, 1), layers[0]))).toEqual([65, 33]);
    expect(units(withoutLayer(layers, 0))).toEqual([8]);
    expect(changedLayer(layers, 1, { dropout: 0.1 })).toEqual([layers[0], { ...layers[1], dropout: 0.1 }]);
  });

  it("is written as options are typed: one value for all layers, or one for each", () => {
    expect(networkTexts(layers, true)).toEqual({
      hidden: "65,8",
      activation: "tanh,relu",
      dropout: "0.5,0.5",
    });
    expect(networkTexts(layers, false)).toEqual({ hidden: "65,8", activation: "tanh", dropout: "0.5" });
    expect(networkTexts([], true)).toEqual({ hidden: "none" });
  });

  it("takes rates from 0 to below 1 only", () => {
    expect([" 0.3", "0", "1e-1"].map(readRate)).toEqual([0.3, 0, 0.1]);
    for (const text of ["", "1", "-0.1", "half"]) expect(readRate(text)).toBeUndefined();
  });

  it("takes whole numbers of units only", () => {
    expect(readUnits(" 64 ")).toBe(64);
    for (const text of ["", "0", "-3", "1.5", "many", "1000001"]) expect(readUnits(text)).toBeUndefined();
  });
});

describe("keys in a grid", () => {
  it.each([
    ["ArrowUp", [0, 1]],
    ["ArrowDown", [2, 1]],
    ["ArrowLeft", [1, 0]],
    ["ArrowRight", [1, 2]],
    ["Home", [1, 0]],
    ["End", [1, 3]],
  ])("%s leads from the second cell of the second row to %j", (key, place) => {
    expect(moved(key, [1, 1], 3, 4)).toEqual(place);
  });

  it("stay within it, and other keys do nothing", () => {
    expect(moved("ArrowUp", [0, 0], 3, 4)).toEqual([0, 0]);
    expect(moved("ArrowRight", [2, 3], 3, 4)).toEqual([2, 3]);
    expect(moved("Home", [1, 1], 3, 4, true)).toEqual([0, 0]);
    expect(moved("End", [1, 1], 3, 4, true)).toEqual([2, 3]);
    expect(moved("a", [1, 1], 3, 4)).toBeUndefined();
  });
});
