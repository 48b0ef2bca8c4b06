/** The arithmetic of a benchmark: medians, spreads, agreement of losses, ratios, operations, workloads. */
import { describe, expect, it } from "vitest";
import { compareLosses } from "../../src/bench/agreement.ts";
import { openInput } from "../../src/bench/inputs.ts";
import { stepRatios } from "../../src/bench/ratios.ts";
import type { StepRow } from "../../src/bench/result.ts";
import { median, quantile, relativeSpread } from "../../src/bench/statistics.ts";
import { planSuite } from "../../src/bench/suites.ts";
import { createWorkload, flopsPerStep } from "../../src/bench/workload.ts";
import { resolveNetwork } from "../../src/core/spec.ts";

describe("statistics", () => {
  it("takes medians and quartiles of values in any order, and changes nothing", () => {
    const values = [5, 1, 3, 2, 4];
    expect(median(values)).toBe(3);
    expect(median([1, 2, 3, 10])).toBe(2.5);
    expect(quantile(values, 0.25)).toBe(2);
    expect(quantile([7], 0.75)).toBe(7);
    expect(values).toEqual([5, 1, 3, 2, 4]);
  });

  it("gives the spread as a share of the median, which one disturbed round does not move", () => {
    expect(relativeSpread([1, 2, 3, 4, 5])).toBeCloseTo(2 / 3, 12);
    expect(relativeSpread([10, 10, 10, 10, 1000])).toBe(0);
    expect(relativeSpread([4])).toBe(0);
  });

  it("refuses to find a median of nothing", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("compareLosses", () => {
  it("holds every step against the reference, relative to it", () => {
    expect(compareLosses([1, 0.5049], [1, 0.5], 0.01)).toMatchObject({ agrees: true, steps: 2 });
    expect(compareLosses([1, 0.506, 0.25], [1, 0.5, 0.25], 0.01)).toMatchObject({ agrees: false });
    expect(compareLosses([0.99], [1], 0.02).worst).toBeCloseTo(0.01, 12);
  });

  it.each([
    ["not a number", [1, Number.NaN]],
    ["infinite", [1, Number.POSITIVE_INFINITY]],
    ["missing", [1]],
  ])("does not accept a loss that is %s", (_, losses) => {
    expect(compareLosses(losses, [1, 1], 0.01)).toEqual({ agrees: false, worst: Infinity, steps: 2 });
  });

  it("accepts nothing that was compared with nothing", () => {
    expect(compareLosses([], [], 0.01).agrees).toBe(false);
  });
});

const row = (more: Partial<StepRow>): StepRow => ({
  contender: "backlit",
  backend: "webgpu",
  network: "784-512-10",
  batch: 128,
  optimizer: "sgd",
  input: "mnist",
  trainRows: 1024,
  msPerStep: 10,
  spread: 0,
  stepsPerSecond: 100,
  gflops: 1,
  firstStepMs: 100,
  lossAgrees: true,
  lossSteps: 20,
  lossWorst: 0,
  steps: 3,
  rounds: [9, 10, 12],
  notes: [],
  ...more,
});

describe("stepRatios", () => {
  it("divides our time by theirs, workload by workload", () => {
    const ratios = stepRatios([
      row({}),
      row({ contender: "jax", msPerStep: 40, rounds: [45, 40, 30] }),
      row({ input: "dense", msPerStep: 20, rounds: [20, 20, 20] }),
      row({ contender: "jax", input: "dense", msPerStep: 10, rounds: [10, 10, 10] }),
      row({ backend: "cpu", input: "dense", msPerStep: 200, rounds: [200, 200] }),
    ]);
    const known = { network: "784-512-10", batch: 128, optimizer: "sgd", trainRows: 1024 };
    expect(ratios).toEqual([
      { ...known, against: "jax", backend: "webgpu", input: "mnist", ratio: 0.25, lowest: 0.2, highest: 0.4 },
      { ...known, against: "jax", backend: "webgpu", input: "dense", ratio: 2, lowest: 2, highest: 2 },
      { ...known, against: "backlit", backend: "cpu", input: "dense", ratio: 0.1, lowest: 0.1, highest: 0.1 },
    ]);
  });

  it("leaves out whoever disagrees, and everyone where that is us", () => {
    expect(stepRatios([row({}), row({ contender: "tfjs", lossAgrees: false })])).toEqual([]);
    expect(stepRatios([row({ lossAgrees: false }), row({ contender: "tfjs" })])).toEqual([]);
  });
});

describe("workloads", () => {
  it("counts two operations per multiply-add, and no input gradient of the first layer", () => {
    const network = resolveNetwork({ input: 784, layers: [{ units: 512 }, { units: 10 }] });
    expect(flopsPerStep(network, 128)).toBe(2 * 128 * (2 * 784 * 512 + 3 * 512 * 10));
  });

  it("makes whole batches of the rows, going round where there are too few", () => {
    const { dataset } = openInput("dense", 100, 1, undefined);
    const choice = { hidden: [8], optimizer: "adam", input: "dense" } as const;
    expect(createWorkload({ ...choice, batch: 32 }, dataset, 1).dataset.train.labels).toHaveLength(96);
    const { train } = createWorkload({ ...choice, batch: 250 }, dataset, 1).dataset;
    expect(train.labels).toHaveLength(250);
    expect(train.labels.slice(100, 200)).toEqual(train.labels.slice(0, 100));
    expect(train.images.subarray(200 * 784)).toEqual(train.images.subarray(0, 50 * 784));
  });

  it("names the digits for what they are, and draws the same noise for the same seed", () => {
    const drawn = openInput("mnist", 20, 1, undefined);
    expect(drawn.used).toMatchObject({ name: "synthetic", description: "20 synthetic digits" });
    const given = { ...drawn.dataset, name: "mnist" };
    expect(openInput("mnist", 10, 1, given).used.description).toBe("the first 10 training images of mnist");
    expect(openInput("mnist", 10, 1, given).dataset.train.labels).toHaveLength(10);
    const noise = (seed: number): Uint8Array => openInput("dense", 10, seed, undefined).dataset.train.images;
    expect(noise(3)).toEqual(noise(3));
    expect(noise(3)).not.toEqual(noise(4));
    expect(noise(3).filter((byte) => byte === 0).length).toBeLessThan(0.02 * 7840);
  });
});

describe("planSuite", () => {
  const names = (...args: Parameters<typeof planSuite>): string[] =>
    planSuite(...args).choices.map(({ hidden, batch }) => `${hidden.join("-")}@${batch}`);

  it("measures the networks of the suite with both optimizers on both inputs", () => {
    const all = names("step", {}, false);
    expect(all).toHaveLength(4 * (3 + 2 + 1));
    expect(new Set(all)).toEqual(
      new Set(["512@32", "512@128", "512@1024", "1024-1024@128", "1024-1024@512", "4096-4096@1024"]),
    );
  });

  it("leaves the largest network to hardware, unless it is asked for", () => {
    const { left } = planSuite("step", {}, true);
    expect(left).toHaveLength(4);
    expect(left[0]).toMatchObject({
      choice: { hidden: [4096, 4096] },
      reason: expect.stringContaining("hardware"),
    });
    expect(names("step", { hidden: [4096, 4096], optimizer: ["sgd"], input: ["dense"] }, true)).toEqual([
      "4096-4096@1024",
    ]);
  });

  it("narrows", () => {
    const narrow = { optimizer: ["sgd"], input: ["mnist"] } as const;
    expect(names("step", { ...narrow, batch: [128] }, true)).toEqual(["512@128", "1024-1024@128"]);
    expect(names("step", { ...narrow, hidden: [64], batch: [16, 32] }, true)).toEqual(["64@16", "64@32"]);
    expect(names("step", { ...narrow, hidden: [512] }, true)).toEqual(["512@32", "512@128", "512@1024"]);
    expect(names("step", { ...narrow, batch: [77] }, true)).toEqual(["512@77"]);
  });
});
