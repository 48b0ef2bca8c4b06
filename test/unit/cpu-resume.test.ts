/** State taken anywhere goes on bit for bit, and what cannot be gone on from is rejected as a whole. */
import { describe, expect, it } from "vitest";
import type { EngineState } from "../../src/core/engine.ts";
import { ShapeError } from "../../src/core/errors.ts";
import { OPTIMIZERS, type TrainingSpec } from "../../src/core/spec.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { noiseDataset, specOf } from "./cpu-fixtures.ts";

const dataset = noiseDataset(2);
const network = specOf(9, [7, 5], 4, "relu", 0.25);
const recipe: TrainingSpec = {
  batchSize: 4,
  epochs: 4,
  schedule: "cosine",
  warmup: 2,
  weightDecay: 0.02,
  labelSmoothing: 0.1,
  clipNorm: 0.5,
  seed: 3,
};

function engineWith(training: TrainingSpec, precision: "float32" | "float64" = "float32") {
  return createCpuEngine({ network, training: { ...recipe, ...training }, dataset, precision });
}

describe("resume", () => {
  it.each(
    OPTIMIZERS.flatMap((optimizer) => (["float32", "float64"] as const).map((p) => [optimizer, p] as const)),
  )("%s in %s, at every step of an epoch and across its end", async (optimizer, precision) => {
    const whole = await engineWith({ optimizer }, precision);
    await whole.run(8);
    const expected = await whole.state();
    const expectedRecords = (await whole.records()).slice(-2);
    for (const stop of [0, 1, 2, 3, 4, 6]) {
      const first = await engineWith({ optimizer }, precision);
      await first.run(stop);
      const second = await engineWith({ optimizer }, precision);
      await second.setState(await first.state());
      await second.run(8 - stop);
      expect(await second.state()).toEqual(expected);
      expect((await second.records()).slice(-2)).toEqual(expectedRecords);
    }
  });

  it("a state is a copy: neither later steps nor changes to it reach the other side", async () => {
    const engine = await engineWith({});
    await engine.run(2);
    const state = await engine.state();
    const copy = structuredClone(state);
    await engine.run(2);
    expect(state).toEqual(copy);
    await engine.setState(state);
    state.parameters["layers.0.weight"].fill(9);
    state.sums.loss = 99;
    state.generator[0] = 1;
    expect(await engine.state()).toEqual(copy);
  });

  it("either precision takes the other's state", async () => {
    const [single, double] = await Promise.all([engineWith({}), engineWith({}, "float64")]);
    await single.run(3);
    const state = await single.state();
    await double.setState(state);
    expect(await double.parameters()).toEqual(await single.parameters());
    await single.setState(await double.state());
    expect(await single.state()).toEqual(state);
  });

  it("drops records of before", async () => {
    const engine = await engineWith({});
    const start = await engine.state();
    await engine.run(2);
    await engine.setState(start);
    expect(await engine.records()).toEqual([]);
  });
});

describe("setState rejects", () => {
  const defects: [string, (state: EngineState) => void, string][] = [
    ["a missing moment", (s) => delete s.moments["layers.0.weight.v"], "layers.0.weight.v [9, 7] is missing"],
    ["an unknown moment", (s) => (s.moments["x.velocity"] = new Float32Array(1)), "no tensor x.velocity"],
    ["a NaN moment", (s) => s.moments["layers.1.bias.m"].fill(Number.NaN), "layers.1.bias.m[0] is NaN"],
    ["a short parameter", (s) => (s.parameters["layers.2.bias"] = new Float32Array(3)), "but 3 were given"],
    ["a negative step", (s) => (s.step = -1), "step is -1"],
    ["half an epoch", (s) => (s.epoch = 0.5), "epoch is 0.5"],
    ["a position past the epoch", (s) => (s.position = 3), "position is 3, but an epoch has 3 steps"],
    ["a short generator", (s) => (s.generator = [1, 2]), "generator is [1, 2]"],
    ["a fractional generator", (s) => (s.generator = [1, 2, 3, 4.5]), "generator is [1, 2, 3, 4.5]"],
    ["infinite sums", (s) => (s.sums.loss = Number.POSITIVE_INFINITY), "sums.loss is Infinity"],
  ];

  it.each(defects)("%s, and changes nothing", async (_, spoil, message) => {
    const engine = await engineWith({});
    await engine.run(2);
    const before = await engine.state();
    const other = await engineWith({ seed: 4 });
    await other.run(4);
    const spoilt = await other.state();
    spoil(spoilt);
    const call = engine.setState(spoilt);
    await expect(call).rejects.toThrow(ShapeError);
    await expect(call).rejects.toThrow(message);
    expect(await engine.state()).toEqual(before);
  });
});
