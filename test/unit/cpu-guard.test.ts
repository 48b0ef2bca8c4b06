/** No NaN or infinity ever enters the parameters or moments, and the first tensor that held one is named. */
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/core/dataset.ts";
import type { Engine, Parameters } from "../../src/core/engine.ts";
import { DivergedError, EXIT } from "../../src/core/errors.ts";
import type { TrainingSpec } from "../../src/core/spec.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { noiseDataset, specOf } from "./cpu-fixtures.ts";

/** All pixels alike, all labels 0: where the logits are equal, dLogits are (-3, 1, 1, 1) / 4 / rows in every row. */
function uniformDataset(pixel: number): Dataset {
  const dataset = noiseDataset(7, { rows: 12 });
  dataset.train.images.fill(pixel);
  dataset.train.labels.fill(0);
  return dataset;
}

interface Setting {
  precision?: "float32" | "float64";
  activation?: "relu" | "linear";
  pixel?: number;
}

async function engineWith(
  training: TrainingSpec,
  change: (parameters: Parameters) => void = () => undefined,
  { precision, activation, pixel = 255 }: Setting = {},
): Promise<Engine> {
  const engine = await createCpuEngine({
    network: specOf(9, [6], 4, activation),
    training: { batchSize: 4, ...training },
    dataset: uniformDataset(pixel),
    precision,
  });
  const { parameters } = await engine.state();
  change(parameters);
  await engine.setParameters(parameters);
  return engine;
}

/** The hidden layer is linear and gives `hidden` everywhere; the logits are all 0. */
function constantHidden(hidden: number): (parameters: Parameters) => void {
  return (p) => {
    p["layers.0.weight"].fill(0);
    p["layers.0.bias"].fill(hidden);
    p["layers.1.weight"].fill(0);
  };
}

/** Hidden values 0, and output weights that give each hidden delta the size (3 + 3) 3e38 / 4 / 4 rows. */
function largeDeltas(p: Parameters): void {
  constantHidden(0)(p);
  p["layers.1.weight"].set(Array.from({ length: 6 }, () => [-3e38, 3e38, 3e38, 3e38]).flat());
}

/** What the first faulty step of a run threw; it must have kept the state of before that step. */
async function divergenceOf(engine: Engine, goodSteps = 0): Promise<DivergedError> {
  await engine.run(goodSteps);
  const before = await engine.state();
  const thrown: unknown = await engine.run(5).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(DivergedError);
  const error = thrown as DivergedError;
  expect(error.exitCode).toBe(EXIT.diverged);
  expect(await engine.state()).toEqual(before);
  expect(error.restoredStep).toBe(before.step);
  // Later calls change nothing either, and say the same.
  await expect(engine.run(1)).rejects.toThrow(error.message);
  await expect(engine.step()).rejects.toThrow(error.message);
  await expect(engine.records()).rejects.toThrow(error.message);
  expect(await engine.state()).toEqual(before);
  return error;
}

describe("guard", () => {
  it("names z of the hidden layer", async () => {
    const engine = await engineWith({}, (p) => p["layers.0.weight"].fill(3e38));
    expect((await divergenceOf(engine)).fault).toEqual({ step: 0, layer: 0, tensor: "z" });
  });

  it("sees a z of -infinity, which the ReLU would turn into 0", async () => {
    const engine = await engineWith({}, (p) => p["layers.0.weight"].fill(-3e38));
    const error = await divergenceOf(engine);
    expect(error.fault).toEqual({ step: 0, layer: 0, tensor: "z" });
    expect(error.message).toBe("z of layers.0 is not finite in the first step; the state before it is kept");
  });

  it("names the logits", async () => {
    const engine = await engineWith({}, (p) => {
      p["layers.0.weight"].fill(1e30);
      p["layers.1.weight"].fill(1e30);
    });
    expect((await divergenceOf(engine)).fault).toEqual({ step: 0, layer: 1, tensor: "logits" });
  });

  it("names the loss: the distance of two finite logits can overflow", async () => {
    const engine = await engineWith({}, (p) => p["layers.1.bias"].set([-3e38, 3e38, 0, 0]));
    expect((await divergenceOf(engine)).fault).toEqual({ step: 0, layer: 1, tensor: "loss" });
  });

  it("names dW: the sum of four finite deltas times inputs of 1", async () => {
    const engine = await engineWith({}, largeDeltas, { activation: "linear" });
    expect((await divergenceOf(engine)).fault).toEqual({ step: 0, layer: 0, tensor: "dW" });
  });

  it("names db, where inputs of 0 leave dW 0", async () => {
    const engine = await engineWith({}, largeDeltas, { activation: "linear", pixel: 0 });
    expect((await divergenceOf(engine)).fault).toEqual({ step: 0, layer: 0, tensor: "db" });
  });

  it("names the moment: Adam squares a gradient of 1e22", async () => {
    const engine = await engineWith({ optimizer: "adam" }, constantHidden(1e22), { activation: "linear" });
    expect((await divergenceOf(engine)).fault).toEqual({ step: 0, layer: 1, tensor: "moment" });
  });

  it("names the weight: a finite update can leave the floats", async () => {
    const engine = await engineWith({ optimizer: "sgd", learningRate: 1e20 }, constantHidden(1e22), {
      activation: "linear",
    });
    expect((await divergenceOf(engine)).fault).toEqual({ step: 0, layer: 1, tensor: "weight" });
  });

  it("names the bias", async () => {
    const smaller = (p: Parameters): void => {
      largeDeltas(p);
      p["layers.1.weight"].forEach((value, i) => (p["layers.1.weight"][i] = value / 100));
    };
    const options: Setting = { activation: "linear", pixel: 0 };
    const engine = await engineWith({ optimizer: "sgd", learningRate: 1e10 }, smaller, options);
    expect((await divergenceOf(engine)).fault).toEqual({ step: 0, layer: 0, tensor: "bias" });
  });

  it("names the gradient norm", async () => {
    const engine = await engineWith(
      { optimizer: "sgd", learningRate: 1e-300, clipNorm: 1 },
      constantHidden(1e200),
      { activation: "linear", precision: "float64" },
    );
    expect((await divergenceOf(engine)).fault).toEqual({ step: 0, layer: 1, tensor: "gradientNorm" });
  });

  it("stops a run that diverges on its way and keeps the last good step", async () => {
    const engine = await engineWith({ optimizer: "sgd", learningRate: 1e25 });
    const thrown: unknown = await engine.run(50).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(DivergedError);
    const { fault, restoredStep } = thrown as DivergedError;
    expect(fault.step).toBeGreaterThan(0);
    const state = await engine.state();
    expect([state.step, restoredStep]).toEqual([fault.step, fault.step]);
    for (const values of Object.values({ ...state.parameters, ...state.moments })) {
      expect(values.every((value: number) => Number.isFinite(value))).toBe(true);
    }
  });

  it("goes on after a good state or good parameters are put in", async () => {
    const engine = await engineWith({});
    const good = await engine.state();
    const bad = structuredClone(good.parameters);
    bad["layers.0.weight"].fill(3e38);
    await engine.setParameters(bad);
    await divergenceOf(engine);
    await engine.setState(good);
    await engine.run(2);
    await engine.setParameters(bad);
    await divergenceOf(engine);
    await engine.setParameters(good.parameters);
    await engine.run(2);
    expect((await engine.state()).step).toBe(4);
  });

  it("the numbers before a fault can still be evaluated and predicted with", async () => {
    const engine = await engineWith({}, (p) => p["layers.0.weight"].fill(3e38));
    await divergenceOf(engine);
    await expect(engine.parameters()).resolves.toBeDefined();
    await expect(engine.predict(new Float32Array(9))).resolves.toBeDefined();
  });
});
