/** Where a traced step leaves float32: by the CPU's numbers and what a kernel was given, never by the device's own. */
import { describe, expect, it, test } from "vitest";
import { faultOf, inRange, tensorsInRange } from "../../src/lens/trace/overflow.ts";
import type { TracedTensor } from "../../src/lens/trace/tracer.ts";

interface Given {
  gpu?: number;
  cpu?: number;
  reference?: number;
  bound?: number;
  own?: { reference: number; bound: number };
}

function tensor(name: string, given: Given = {}): TracedTensor {
  const { reference = 1, bound = 0.5 } = given;
  const { gpu = reference, cpu = reference, own = { reference, bound } } = given;
  return {
    name,
    kernel: "head",
    shape: [2],
    gpu: Float32Array.of(1, gpu),
    cpu: Float32Array.of(1, cpu),
    reference: Float64Array.of(1, reference),
    bounds: Float64Array.of(0.5, bound),
    own: { reference: Float64Array.of(1, own.reference), bounds: Float64Array.of(0.5, own.bound) },
  };
}

describe("a step in float32", () => {
  const before = [tensor("inputs"), tensor("layers.0.z")];
  const count = (given: Given, guarded: boolean = false): number =>
    tensorsInRange([...before, tensor("logits", given), tensor("loss")], guarded, false);

  test.each<[string, Given]>([
    ["the CPU overflows", { cpu: Infinity, reference: 3.4e38 }],
    ["the CPU has no number", { cpu: Number.NaN }],
    ["float64 is beyond", { reference: -1e57, cpu: -3e38 }],
    ["float64 has no number", { reference: Number.NaN, cpu: 1 }],
    ["a kernel was given what takes it beyond", { own: { reference: 4e38, bound: 1e30 } }],
  ])("ends where %s", (_, given) => {
    expect(count(given)).toBe(2);
    expect(count(given, true)).toBe(2);
  });

  test.each<[string, Given]>([
    ["the device overflows", { gpu: Infinity }],
    ["the device has no number", { gpu: Number.NaN }],
    ["nothing bounds a number", { bound: Infinity, own: { reference: 1, bound: Number.NaN } }],
    ["numbers are large", { reference: 3.4e38, bound: 1e37 }],
  ])("goes on where %s", (_, given) => {
    expect(count(given)).toBe(4);
  });

  it("ends at what rounding or a sum on its way may have taken beyond, if the guard found something", () => {
    for (const given of [
      { reference: 3.4e38, bound: 1e36, own: { reference: 1, bound: 1 } },
      { own: { reference: 3.4e38, bound: 1e36 } },
      { own: { reference: 1, bound: 1e33 } },
    ]) {
      expect([count(given), count(given, true)]).toEqual([4, 2]);
    }
    expect(count({ bound: Infinity }, true)).toBe(4);
    expect(count({ gpu: Number.NaN }, true)).toBe(4);
  });

  it("ends behind the gradients, if the squares of their norm overflow", () => {
    const tensors = [
      tensor("logits"),
      tensor("layers.0.weight.gradient", { reference: 1e19 }),
      tensor("layers.0.bias.gradient", { reference: 2e19, bound: 1e12 }),
      tensor("layers.0.weight"),
    ];
    expect(tensorsInRange(tensors, true, false)).toBe(4);
    expect(tensorsInRange(tensors, true, true)).toBe(3);
    expect(tensorsInRange([tensors[0], tensors[1], tensors[3]], true, true)).toBe(3);
  });
});

describe("what is said to be not finite", () => {
  const traced = {
    tensors: [tensor("layers.0.z"), tensor("layers.1.weight.gradient", { cpu: Infinity }), tensor("loss")],
    after: { parameters: {}, moments: {} },
    fault: "",
  };
  const setting = { step: 3, layers: 2, clips: false };

  it("is what the device's guard found, then the CPU's, then the tensor", () => {
    const device = { step: 3, layer: 0, tensor: "z" };
    const cpu = { step: 3, layer: 1, tensor: "loss" };
    const { tensors, notFinite } = inRange(traced, { device, cpu }, setting);
    expect(tensors).toEqual(traced.tensors.slice(0, 1));
    expect(notFinite).toEqual(device);
    expect(inRange(traced, { cpu }, setting).notFinite).toEqual(cpu);
    expect(inRange(traced, {}, setting).notFinite).toEqual({ step: 3, layer: 1, tensor: "dW" });
  });

  it("is nothing where all is in range, whatever the guard says", () => {
    const fine = {
      ...traced,
      tensors: [tensor("layers.0.z", { gpu: Number.NaN })],
      fault: "z is not finite",
    };
    expect(inRange(fine, { device: { step: 3, layer: 0, tensor: "z" } }, setting)).toBe(fine);
  });

  test.each([
    ["layers.0.z", 0, "z"],
    ["layers.0.a", 0, "z"],
    ["logits", 2, "logits"],
    ["probabilities", 2, "loss"],
    ["layers.1.delta", 1, "delta"],
    ["layers.1.bias.gradient", 1, "db"],
    ["layers.0.weight.v", 0, "moment"],
    ["layers.2.bias", 2, "bias"],
  ])("of %s", (name, layer, named) => {
    expect(faultOf({ name }, 5, 3)).toEqual({ step: 5, layer, tensor: named });
  });
});
