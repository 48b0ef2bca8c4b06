/** What `trace` says of what it found. */
import { describe, expect, it } from "vitest";
import { recordedText, settingText } from "../../src/cli/trace-setting-text.ts";
import { traceText } from "../../src/cli/trace-text.ts";
import { resolveNetwork, resolveTraining } from "../../src/core/spec.ts";
import { SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import { finiteNumbers } from "../../src/lens/trace/replay.ts";
import { placeText } from "../../src/report/numbers.ts";

const adapter = { vendor: "v", architecture: "a", device: "", description: "", software: false };
const worst = [
  {
    tensor: "layers.0.weight.gradient",
    kernel: "weight-gradient",
    errorOverBound: 0.5,
    cpuErrorOverBound: 0.25,
    kernelErrorOverBound: 0.5,
    step: 3,
    shape: [4, 3],
    index: 7,
  },
];

describe("a replay", () => {
  const first = {
    ...worst[0],
    gpu: 0.01085,
    cpu: 0,
    reference: 0,
    bound: 1.07e-4,
    comparison: "kernel" as const,
    fault: "",
  };
  const here = (own?: Partial<typeof first>): string => {
    const off = own && { ...first, ...own, origins: [] };
    const report = { steps: 1, diverged: off !== undefined, worst, ...(off && { first: off }) };
    return recordedText({ adapter: "adapter A", first }, report);
  };

  it("says what was recorded, and whether it happens here", () => {
    expect(here()).toBe(
      "Recorded at step 3 on adapter A: element [2, 1] of layers.0.weight.gradient, of weight-gradient, was off: " +
        "GPU 0.01085, float64 0, bound 1.070e-4.\nIt does not happen here.",
    );
    expect(here({ gpu: 0.02 })).toMatch(/\nIt happens here, too\.$/);
    expect(here({ index: 8 })).toMatch(/\nHere another element is off first\.$/);
    expect(here({ tensor: "loss" })).toMatch(/\nHere another element is off first\.$/);
  });
});

it("says what was traced", () => {
  const setting = {
    network: resolveNetwork({ input: 784, layers: [{ units: 512, activation: "tanh" }, { units: 10 }] }),
    training: resolveTraining({ optimizer: "adam", batchSize: 32, seed: 7, clipNorm: 2 }),
    tuning: SOFTWARE_TUNING,
  };
  const dataset = { name: "mnist", classes: [], height: 28, width: 28, sha256: null };
  expect(settingText({ setting, data: { dataset, validation: 5000 } })).toBe(
    "784 - 512 tanh - 10 on mnist, 5,000 images held out\n" +
      "adam, learning rate 0.001 constant, batch 32, clip norm 2, seed 7",
  );
  expect(settingText({ setting })).toMatch(/^784 - 512 tanh - 10\nadam, /);
});

describe("trace", () => {
  const text = (steps: number, asked: number): string =>
    traceText({ steps, diverged: false, worst: steps === 0 ? [] : worst }, asked, adapter, (bold) => bold);

  it("gives a verdict only of the steps it took", () => {
    expect(text(5, 5)).toMatch(/^5 steps on v, a.*: every tensor lies within/m);
    expect(text(2, 5)).toMatch(/^Interrupted after 2 of 5 steps on .*; so far every tensor lies within/m);
    expect(text(0, 5)).toMatch(/^Interrupted after 0 of 5 steps on .*: nothing is known\.$/);
  });

  it("says where the training diverges, and that all before it is right", () => {
    const notFinite = { step: 1, layer: 1, tensor: "logits" };
    const report = { steps: 2, diverged: false, notFinite, worst };
    expect(traceText(report, 5, adapter, (bold) => bold)).toContain(
      "every tensor lies within both its bounds of float64, up to where the training diverges, at step 1: " +
        "there the logits of layers.1 are not finite, on the CPU as well.",
    );
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
