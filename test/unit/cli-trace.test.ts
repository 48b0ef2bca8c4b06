/** What `trace` says of what it found. */
import { describe, expect, it } from "vitest";
import { traceText } from "../../src/cli/trace-text.ts";
import { finiteNumbers } from "../../src/lens/trace/replay.ts";
import { placeText } from "../../src/report/numbers.ts";

const adapter = { vendor: "v", architecture: "a", device: "", description: "", software: false };
const worst = [
  {
    tensor: "dW of layers.0",
    kernel: "weight-gradient",
    errorOverBound: 0.5,
    cpuErrorOverBound: 0.25,
    kernelErrorOverBound: 0.5,
    step: 3,
    shape: [4, 3],
    index: 7,
  },
];

describe("trace", () => {
  const text = (steps: number, asked: number): string =>
    traceText({ steps, diverged: false, worst: steps === 0 ? [] : worst }, asked, adapter, (bold) => bold);

  it("gives a verdict only of the steps it took", () => {
    expect(text(5, 5)).toMatch(/^5 steps on v, a.*: every tensor lies within/m);
    expect(text(2, 5)).toMatch(/^Interrupted after 2 of 5 steps on .*; so far every tensor lies within/m);
    expect(text(0, 5)).toMatch(/^Interrupted after 0 of 5 steps on .*: nothing is known\.$/);
  });

  it("says which comparison an element failed", () => {
    const first = {
      ...worst[0],
      gpu: 1.5,
      cpu: 1,
      reference: 1,
      bound: 0.25,
      origins: [],
      fault: "",
    };
    const found = (comparison: "kernel" | "step"): string =>
      traceText(
        { steps: 1, diverged: true, first: { ...first, comparison }, worst },
        1,
        adapter,
        (bold) => bold,
      );
    expect(found("kernel")).toContain(
      "bound 2.500e-1; float64 and bound follow from the kernel's own inputs",
    );
    expect(found("step")).toContain(
      "bound 2.500e-1; float64 and bound follow from the state before the step",
    );
  });

  it("writes no null into JSON where a number is not one", () => {
    const first = {
      gpu: Number.NaN,
      bound: Infinity,
      cpu: 1,
      origins: [{ name: "z", values: [-Infinity, 2] }],
    };
    expect(JSON.parse(JSON.stringify(finiteNumbers(first)))).toEqual({
      gpu: "NaN",
      bound: "Infinity",
      cpu: 1,
      origins: [{ name: "z", values: ["-Infinity", 2] }],
    });
  });

  it("names elements by row and column, and says from where they count", () => {
    expect(text(1, 1)).toMatch(/3 +\[2, 1\]/);
    expect(text(1, 1)).toContain("Elements are [row, column]; rows, columns and steps count from 0.");
    expect(placeText([2, 3, 4], 23)).toBe("[1, 2, 3]");
    expect(placeText([5], 4)).toBe("[4]");
  });
});
