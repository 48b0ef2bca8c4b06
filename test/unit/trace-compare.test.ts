/** How far a traced element is from its reference, in bounds, and which comparison finds it. */
import { describe, expect, test } from "vitest";
import { resolveNetwork } from "../../src/core/spec.ts";
import { compareTraced, ratioOf, type Divergence, type TensorWorst } from "../../src/lens/trace/compare.ts";

describe("error over bound", () => {
  test.each([
    ["half a bound", 1.5, 1, 1, 0.5],
    ["nothing", 2, 2, 0, 0],
    ["beyond a bound of 0", 2, 1, 0, Number.MAX_VALUE],
    ["NaN instead of a number", NaN, 1, 1, Number.MAX_VALUE],
    ["infinity instead of a number", Infinity, 1, 1, Number.MAX_VALUE],
    ["NaN where nothing bounds", NaN, 1, Infinity, Number.MAX_VALUE],
    ["a number where nothing bounds", 9, 1, Infinity, 0],
    ["a number where the bound is 0 times infinity", 9, 1, NaN, 0],
  ])("of %s", (_, value, reference, bound, ratio) => {
    expect(ratioOf(value, reference, bound)).toBe(ratio);
  });
});

describe("the two comparisons", () => {
  const network = resolveNetwork({ input: 2, layers: [{ units: 2 }] });
  const worst = new Map<string, TensorWorst>();
  const compared = (gpu: number, ownBound: number = 0.125): Divergence | undefined => {
    worst.clear();
    const tensor = {
      name: "probabilities",
      kernel: "head",
      shape: [1, 2],
      gpu: Float32Array.of(0.5, gpu),
      cpu: Float32Array.of(0.5, 0.5),
      reference: Float64Array.of(0.5, 0.5),
      bounds: Float64Array.of(0.25, 0.25),
      own: { reference: Float64Array.of(0.5, 0.625), bounds: Float64Array.of(0.25, ownBound) },
    };
    const inputs = {
      state: { parameters: {}, moments: {}, step: 3 },
      numbers: { learningRate: 1, stepSize: 1, secondMomentScale: 1, decay: 1 },
      images: new Uint8Array(2),
      labels: new Uint8Array(1),
    };
    return compareTraced(network, inputs, { tensors: [tensor], after: inputs.state, fault: "" }, worst);
  };

  test.each([
    ["beyond the kernel's own bound", 0.4375, { comparison: "kernel", reference: 0.625, bound: 0.125 }],
    ["beyond both", 0.1875, { comparison: "kernel", reference: 0.625, bound: 0.125 }],
  ])("%s, an element is off", (_, gpu, expected) => {
    expect(compared(gpu)).toMatchObject({ step: 3, tensor: "probabilities", index: 1, ...expected });
  });

  test("within both, nothing is off, and each ratio is kept", () => {
    expect(compared(0.5)).toBeUndefined();
    expect(worst.get("probabilities")).toMatchObject({ errorOverBound: 0, kernelErrorOverBound: 1 });
  });

  test("beyond the step's bound alone, the step's reference is named", () => {
    expect(compared(0.875, 0.5)).toMatchObject({ comparison: "step", reference: 0.5, bound: 0.25, index: 1 });
  });
});
