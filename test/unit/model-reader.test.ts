/** Reading one image: probabilities, and which pixels a logit came from. */
import { describe, expect, it } from "vitest";
import { pixelToInput } from "../../src/core/dataset.ts";
import type { Activation } from "../../src/core/spec.ts";
import { networkToSpec, resolveNetwork } from "../../src/core/spec.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { inputGradient } from "../../src/cpu/input-gradient.ts";
import { forwardPass } from "../../src/cpu/pass.ts";
import { writeModel } from "../../src/model/model-file.ts";
import { initialParameters } from "../../src/model/parameters.ts";
import { summarizeTensor } from "../../src/model/tensor-summary.ts";
import { ModelReader } from "../../src/worker/model-reader.ts";

const dataset = { name: "small", height: 3, width: 4, classes: ["a", "b", "c"] };
const pixels = Uint8Array.from({ length: 12 }, (_, i) => (i * 89 + 40) % 256);

function network(activation: Activation) {
  return resolveNetwork({
    input: 12,
    layers: [{ units: 7, activation }, { units: 5, activation }, { units: 3 }],
  });
}

describe("inputGradient", () => {
  it.each(["relu", "leaky-relu", "tanh", "sigmoid", "gelu", "linear"] as const)(
    "is what finite differences of the logits give, with %s",
    (activation) => {
      const spec = network(activation);
      const parameters = Object.fromEntries(
        Object.entries(initialParameters(spec, 3)).map(([name, values]) => [name, Float64Array.from(values)]),
      );
      const inputs = Float64Array.from(pixels, (byte) => byte / 255);
      const forward = forwardPass(spec, parameters, inputs);
      const weights = Float64Array.of(0.3, -1, 2);
      const scalar = (values: Float64Array): number =>
        [...forwardPass(spec, parameters, values).logits].reduce((sum, z, i) => sum + weights[i] * z, 0);
      const gradient = inputGradient(spec, parameters, forward, weights);
      inputs.forEach((_, i) => {
        const shifted = (by: number) => inputs.map((value, j) => (i === j ? value + by : value));
        const h = 1e-6;
        expect(gradient[i]).toBeCloseTo((scalar(shifted(h)) - scalar(shifted(-h))) / (2 * h), 7);
      });
    },
  );
});

describe("ModelReader", () => {
  const spec = network("relu");
  const parameters = initialParameters(spec, 3);
  const model = writeModel({ network: spec, parameters, dataset });

  it("reads as the CPU engine does", async () => {
    const reader = new ModelReader();
    reader.hold(model);
    const { probabilities, label } = reader.read(pixels);
    const engine = await createCpuEngine({ network: networkToSpec(spec) });
    await engine.setParameters(parameters);
    const expected = await engine.predict(Float32Array.from(pixels, pixelToInput));
    expect(probabilities).toEqual(expected.probabilities);
    expect(label).toBe(expected.labels[0]);
  });

  it("shares a logit out among the pixels: without biases they add up to it", () => {
    const reader = new ModelReader();
    reader.hold(model);
    for (const about of [0, 1, 2]) {
      const { relevance, logits, about: explained } = reader.read(pixels, about);
      expect(explained).toBe(about);
      expect(relevance.reduce((sum, part) => sum + part, 0)).toBeCloseTo(logits[about], 5);
    }
    expect(reader.read(pixels).about).toBe(reader.read(pixels).label);
  });

  it("says what does not fit, and keeps its model when another cannot be read", () => {
    const reader = new ModelReader();
    expect(() => reader.read(pixels)).toThrow("no model is held");
    reader.hold(model);
    expect(() => reader.hold(new Uint8Array(3))).toThrow("8");
    expect(() => reader.read(new Uint8Array(5))).toThrow("the image has 5 pixels, but the network takes 12");
    expect(() => reader.read(pixels, 3)).toThrow("there is no class 3");
  });
});

describe("summarizeTensor", () => {
  it("gives extremes, mean, norm, and a histogram that counts every value once", () => {
    const values = Float32Array.of(-1, 0, 0, 3);
    const { min, mean, max, norm, histogram } = summarizeTensor("layers.0.bias", [4], values);
    expect([min, mean, max, norm]).toEqual([-1, 0.5, 3, Math.sqrt(10)]);
    expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect([histogram[0], histogram[6], histogram.at(-1)]).toEqual([1, 2, 1]);
  });

  it("holds equal values, too", () => {
    const { histogram } = summarizeTensor("layers.0.bias", [3], new Float32Array(3));
    expect(histogram.filter((count) => count > 0)).toEqual([3]);
  });
});
