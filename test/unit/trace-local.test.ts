/** What a kernel should have made of its own inputs: holds for float32, and finds what the bounds of the pass let through. */
import { describe, expect, test } from "vitest";
import type { FloatArray } from "../../src/core/engine.ts";
import { stepNumbers } from "../../src/core/schedule.ts";
import { resolveNetwork, resolveTraining, type TrainingSpec } from "../../src/core/spec.ts";
import { globalNorm, clipCoefficient, scaleGradients, updateParameters } from "../../src/cpu/optimizers.ts";
import { backwardPass, forwardPass } from "../../src/cpu/pass.ts";
import { SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";
import { SMALLEST } from "../../src/lens/rounding.ts";
import { ratioOf } from "../../src/lens/trace/compare.ts";
import { kernelReferences } from "../../src/lens/trace/local.ts";
import { momentShapes, parameterShapes } from "../../src/model/parameters.ts";

const ROWS = 9;
const network = resolveNetwork(
  stack(
    11,
    [
      [13, "gelu", 0.25],
      [9, "leaky-relu"],
    ],
    7,
  ),
);

/** A step in float32, which stands for a device's; `change` alters a tensor by its name as soon as it is there. */
function ratios(spec: TrainingSpec, change: Readonly<Record<string, (x: number) => number>> = {}) {
  const training = resolveTraining(spec);
  const draw = new Draw(7);
  const numbers = stepNumbers(training, 3, 10, 5);
  const moments = Object.fromEntries(
    momentShapes(network, training.optimizer).map(({ name, size }) => {
      const values = draw.floats(size, 0.01);
      return [name, name.endsWith(".v") ? values.map((x) => x * x) : values];
    }),
  );
  const state = { parameters: draw.parameters(network), moments, step: 3 };
  const inputs = draw.floats(ROWS * network.input);
  const labels = draw.labels(ROWS, network.classes);
  const forward = forwardPass(network, state.parameters, inputs, { seed: training.seed, step: 3 });
  const backward = backwardPass(network, state.parameters, forward, labels, training.labelSmoothing);
  const coefficient = clipCoefficient(globalNorm(backward.gradients), training.clipNorm);
  const gradients = scaleGradients(backward.gradients, coefficient);
  const shapes = parameterShapes(network);
  const next = updateParameters(training, numbers, shapes, state.parameters, gradients, moments);
  const all: Record<string, FloatArray> = {
    inputs,
    logits: forward.logits,
    probabilities: forward.probabilities,
    losses: backward.losses,
    ...next.moments,
    ...next.parameters,
    loss: Float32Array.of(backward.loss),
  };
  network.layers.forEach((_, layer) => {
    if (layer < network.layers.length - 1) {
      all[`layers.${layer}.z`] = forward.layers[layer].z;
      all[`layers.${layer}.a`] = forward.layers[layer].output;
    }
    all[`layers.${layer}.delta`] = backward.deltas[layer];
    all[`layers.${layer}.weight.gradient`] = backward.gradients[`layers.${layer}.weight`];
    all[`layers.${layer}.bias.gradient`] = backward.gradients[`layers.${layer}.bias`];
  });
  const tensors = Object.entries(all).map(([name, values]) => ({
    name,
    gpu: Float32Array.from(values, change[name] ?? ((x: number) => x)),
  }));
  const setting = { network, training, tuning: SOFTWARE_TUNING };
  const results = kernelReferences(setting, { state, numbers, labels }, 64, tensors);
  expect([...results.keys(), "inputs"].sort()).toEqual(Object.keys(all).sort());
  return new Map(
    tensors.map(({ name, gpu }) => {
      const own = results.get(name);
      const each = own ? Array.from(gpu, (x, i) => ratioOf(x, own.reference[i], own.bounds[i])) : [0];
      return [name, Math.max(...each)];
    }),
  );
}

const SPECS: readonly TrainingSpec[] = [
  { optimizer: "sgd", clipNorm: 0.1, weightDecay: 0.1 },
  { optimizer: "momentum", labelSmoothing: 0.1 },
  { optimizer: "nesterov", weightDecay: 0.1 },
  { optimizer: "adam", weightDecay: 0.1 },
  { optimizer: "adamw", clipNorm: 0.1 },
];

describe("kernels from their own inputs", () => {
  test.each(SPECS)("are within their bounds in float32: %o", (spec) => {
    const found = ratios(spec);
    for (const [name, ratio] of found) expect([name, ratio <= 1]).toEqual([name, true]);
    expect(Math.max(...found.values())).toBeGreaterThan(0.1);
  });

  test.each([
    "layers.0.z",
    "layers.0.a",
    "logits",
    "probabilities",
    "losses",
    "layers.2.delta",
    "layers.1.delta",
    "layers.0.delta",
    "layers.1.weight.gradient",
    "layers.0.bias.gradient",
    "layers.1.weight.m",
    "layers.1.weight.v",
    "layers.0.weight",
    "loss",
  ])("are found where %s is off by a two-thousandth", (name) => {
    const found = ratios({ optimizer: "adam" }, { [name]: (x) => 1.0005 * x });
    expect(found.get(name)).toBeGreaterThan(1);
    // What comes before has not changed.
    const before = [...ratios({ optimizer: "adam" })].filter(([, ratio]) => ratio > 1);
    expect(before).toEqual([]);
  });

  test("may read as 0 what is subnormal, on either side of a kink", () => {
    const flushed = { "layers.1.z": () => SMALLEST / 4, "layers.1.a": () => 0 };
    expect(ratios({ optimizer: "sgd" }, flushed).get("layers.1.a")).toBeLessThanOrEqual(1);
    // Twice as large as the smallest normal number, it is there.
    const lost = { "layers.1.z": () => 4 * SMALLEST, "layers.1.a": () => 0 };
    expect(ratios({ optimizer: "sgd" }, lost).get("layers.1.a")).toBeGreaterThan(1);
  });
});
