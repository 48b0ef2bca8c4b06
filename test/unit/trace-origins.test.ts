/** What an element was made from is named as elements are everywhere: by row and column. */
import { expect, test } from "vitest";
import { resolveNetwork } from "../../src/core/spec.ts";
import { originsOf, type Origin } from "../../src/lens/trace/origins.ts";
import type { TracedTensor } from "../../src/lens/trace/tracer.ts";

const network = resolveNetwork({ input: 2, layers: [{ units: 3 }, { units: 2 }] });

function tensor(name: string, shape: number[]): TracedTensor {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i);
  const wide = Float64Array.from(values);
  const own = { reference: wide, bounds: wide };
  return { name, kernel: "kernel", shape, gpu: values, cpu: values, reference: wide, bounds: wide, own };
}

const tensors = [
  tensor("layers.0.z", [4, 3]),
  tensor("layers.0.a", [4, 3]),
  tensor("layers.1.delta", [4, 2]),
  tensor("layers.0.delta", [4, 3]),
  tensor("layers.0.weight.gradient", [2, 3]),
  tensor("layers.0.weight.m", [2, 3]),
  tensor("layers.0.weight", [2, 3]),
];
const weight = Float32Array.of(10, 11, 12, 13, 14, 15);
const inputs = {
  state: {
    parameters: { "layers.0.weight": weight, "layers.1.weight": weight },
    moments: { "layers.0.weight.m": weight },
    step: 0,
  },
  numbers: { learningRate: 1, stepSize: 1, secondMomentScale: 1, decay: 1 },
  images: new Uint8Array(8),
  labels: new Uint8Array(4),
};

const origins = (name: string, index: number): Origin[] =>
  originsOf(
    network,
    tensors,
    inputs,
    tensors.find((each) => each.name === name)!,
    index,
  );

test("the value before an activation", () => {
  expect(origins("layers.0.a", 7)).toEqual([{ name: "layers.0.z[2, 1]", values: [7] }]);
});

test("the row above a delta, a row of weights, and its z", () => {
  expect(origins("layers.0.delta", 7)).toEqual([
    { name: "layers.1.delta, row 2", values: [4, 5] },
    { name: "layers.1.weight, row 1", values: [12, 13] },
    { name: "layers.0.z[2, 1]", values: [7] },
  ]);
});

test("a weight, its moment and its gradient", () => {
  expect(origins("layers.0.weight", 4)).toEqual([
    { name: "layers.0.weight[1, 1] before", values: [14] },
    { name: "layers.0.weight.m[1, 1] before", values: [14] },
    { name: "layers.0.weight.gradient[1, 1]", values: [4] },
  ]);
});
