/** What the profiler works out: bytes per kernel, batch sizes, clock steps, shares of the roofline, trace files. */
import { describe, expect, it } from "vitest";
import type { AdapterSummary } from "../../src/core/engine.ts";
import type { NetworkSpec, TrainingSpec } from "../../src/core/spec.ts";
import { measure, median } from "../../src/gpu/measure.ts";
import { plan } from "../../src/gpu/plan.ts";
import { planEvaluation, planFloats } from "../../src/gpu/plan-programs.ts";
import { DEFAULT_LIMITS, type JobPlan } from "../../src/gpu/plan-types.ts";
import { profileReport } from "../../src/gpu/profile.ts";
import { SHADER_SOURCES } from "../../src/gpu/shader-sources.ts";
import type { StepTimings } from "../../src/gpu/step-profiler.ts";
import { clockQuantum } from "../../src/gpu/timestamps.ts";
import { traceFile } from "../../src/gpu/trace.ts";
import { jobBytes } from "../../src/gpu/traffic.ts";

const REFERENCE: NetworkSpec = { input: 784, layers: [{ units: 512 }, { units: 10 }] };
const ADAPTER: AdapterSummary = {
  vendor: "v",
  architecture: "a",
  device: "",
  description: "d",
  software: false,
};

const made = (network: NetworkSpec, training: TrainingSpec = {}, options = {}) =>
  plan(network, { batchSize: 128, ...training }, { trainRows: 1000, software: true, ...options });

describe("bytes of a job", () => {
  const bytes = (network: NetworkSpec, training: TrainingSpec = {}): Record<string, number> =>
    Object.fromEntries(
      made(network, training).dispatches.flatMap(({ name, jobs }) =>
        jobs.map((job) => [`${name}: ${job.kernel} ${job.layer ?? ""}`.trim(), jobBytes(job, 128, 1000)]),
      ),
    );

  it("counts each tensor of the reference network once", () => {
    const [images, hidden, logits] = [128 * 784, 128 * 512 * 4, 128 * 12 * 4];
    const [w0, b0, w1, b1] = [784 * 512 * 4, 512 * 4, 512 * 12 * 4, 12 * 4];
    const results = 128 * 16;
    expect(bytes(REFERENCE, { optimizer: "sgd" })).toEqual({
      // X, W, b; A and the slope
      "forward 0: dense-forward 0": images + w0 + b0 + 2 * hidden,
      // A, W, b; logits, delta; the slope becomes a delta; labels and results
      "head: head 1": hidden + w1 + b1 + 2 * logits + 2 * hidden + 128 + results,
      // X, dZ; W before and after
      "update: dense-weight-gradient 0": images + hidden + 2 * w0,
      "update: dense-bias-gradient 0": hidden + 2 * b0,
      "update: dense-weight-gradient 1": hidden + logits + 2 * w1,
      "update: dense-bias-gradient 1": logits + 2 * b1,
      "update: step-result": results + 16,
    });
  });

  it("counts the moments that an optimizer keeps", () => {
    const update = (optimizer: TrainingSpec["optimizer"]): number =>
      bytes(REFERENCE, { optimizer })["update: dense-weight-gradient 0"];
    const w0 = 784 * 512 * 4;
    expect(update("momentum") - update("sgd")).toBe(2 * w0);
    expect(update("adamw") - update("sgd")).toBe(4 * w0);
  });

  it("counts gradients that are stored before clipping, and read again", () => {
    const clipped = bytes(REFERENCE, { optimizer: "sgd", clipNorm: 1 });
    expect(clipped["gradients: dense-weight-gradient 0"]).toBe(128 * 784 + 128 * 512 * 4 + 784 * 512 * 4);
    expect(clipped["clipped update: clipped-update 0"]).toBeGreaterThanOrEqual(3 * 785 * 512 * 4);
  });

  it("counts a batch once that is gathered from several parts", () => {
    const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: 400 * 784 };
    const { dispatches } = made({ input: 784, layers: [{ units: 4 }] }, {}, { limits });
    const gathers = dispatches.flatMap(({ jobs }) => jobs).filter(({ kernel }) => kernel === "gather");
    expect(gathers).toHaveLength(3);
    const total = gathers.reduce((sum, job) => sum + jobBytes(job, 128, 1000), 0);
    expect(total).toBeCloseTo(2 * 128 * 784);
  });

  it("knows every kernel that any program runs", () => {
    const deep: NetworkSpec = { input: 9, layers: [{ units: 5 }, { units: 6 }, { units: 3 }] };
    const base = made(deep, { optimizer: "adam" });
    const programs = [
      base.dispatches,
      [base.snapshot],
      made(deep, { optimizer: "nesterov", clipNorm: 1 }).dispatches,
      planEvaluation(base, DEFAULT_LIMITS, 100).dispatches,
      planFloats(base, DEFAULT_LIMITS, 16, true).dispatches,
    ];
    const jobs = programs.flat().flatMap((each) => each.jobs);
    for (const job of jobs) expect(jobBytes(job, 128, 1000), job.kernel).toBeGreaterThan(0);
    const roofline = Object.keys(SHADER_SOURCES).filter((name) => name.startsWith("roofline-"));
    expect(roofline).toHaveLength(2);
    const unknown = { ...jobs[0], kernel: "convolution" } satisfies JobPlan;
    expect(() => jobBytes(unknown, 1, 1)).toThrow("convolution");
  });
});

describe("measuring", () => {
  /** Takes `ms` per run, and `first` once. */
  const fake = (ms: number, first = 0) => {
    const batches: number[] = [];
    const batch = (runs: number): Promise<number> => {
      const extra = batches.length === 0 ? first : 0;
      batches.push(runs);
      return Promise.resolve(runs * ms + extra);
    };
    return { batches, batch };
  };

  it("repeats what is short until a batch is long enough, and gives one run's time", async () => {
    const { batches, batch } = fake(0.01, 50);
    const { ms, times, runs } = await measure(batch, { batchMs: 10, samples: 3 });
    expect(ms).toBeCloseTo(0.01);
    expect(runs).toBe(1000);
    expect(times).toHaveLength(3);
    expect(batches.slice(0, 2)).toEqual([1, 1]);
  });

  it("does not repeat what is long", async () => {
    const { batches, batch } = fake(30);
    expect(await measure(batch, { batchMs: 10, samples: 3 })).toEqual({
      ms: 30,
      times: [30, 30, 30],
      runs: 1,
    });
    expect(batches).toEqual([1, 1, 1, 1]);
  });

  it("gives up after one batch what is hopeless", async () => {
    const { batches, batch } = fake(30);
    expect((await measure(batch, { batchMs: 10, samples: 5, hopeless: 29 })).times).toEqual([30]);
    expect(batches).toEqual([1, 1]);
  });

  it("ends although a clock stands still", async () => {
    const { batches, batch } = fake(0);
    expect((await measure(batch, { batchMs: 10, samples: 2, most: 100 })).ms).toBe(0);
    expect(Math.max(...batches)).toBe(100);
  });

  it("takes the middle", () => {
    expect(median([3])).toBe(3);
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 100])).toBe(3);
  });
});

describe("the step of a clock", () => {
  it("is what divides all distances", () => {
    expect(clockQuantum([65536n * 7n, 65536n * 9n, 65536n * 12n])).toBe(65536);
    expect(clockQuantum([100n, 350n, 225n])).toBe(125);
    expect(clockQuantum([10n ** 15n, 10n ** 15n + 7n, 10n ** 15n + 12n])).toBe(1);
  });

  it("is unknown where nothing changes", () => {
    expect(clockQuantum([])).toBe(0);
    expect(clockQuantum([5n, 5n])).toBe(0);
  });
});

describe("a profile", () => {
  const roofline = { gflops: 1000, gbps: 100, copyBytes: 1 };
  const report = (times: number[][], quantum = 1) =>
    profileReport({
      plan: made(REFERENCE, { optimizer: "sgd" }),
      adapter: ADAPTER,
      clock: { method: "timestamps", quantum },
      roofline,
      times,
      trainRows: 1000,
    });

  it("holds work and traffic against the time taken and against the roofs", () => {
    const { dispatches, step } = report([[0.2, 0.1, 0.9], [0.05], [0.25]]);
    const [forward] = dispatches;
    expect(forward).toMatchObject({ name: "forward 0", samples: 3, ms: 0.2, fastest: 0.1, slowest: 0.9 });
    const flops = 2 * 128 * 784 * 512;
    expect(forward.flops).toBe(flops);
    expect(forward.share).toBeCloseTo(0.4);
    expect(forward.gflops).toBeCloseTo(flops / 0.2e-3 / 1e9);
    expect(forward.gbps).toBeCloseTo(forward.bytes / 0.2e-3 / 1e9);
    expect(forward.intensity).toBeCloseTo(flops / forward.bytes);
    expect(forward.bound).toBe("arithmetic");
    expect(forward.ofRoofline).toBeCloseTo(flops / 1000e9 / 0.2e-3);
    expect(dispatches[1].bound).toBe("memory");
    expect(dispatches[1].ofRoofline).toBeCloseTo(dispatches[1].bytes / 100e9 / 0.05e-3);
    expect(step.ms).toBeCloseTo(0.5);
    expect(dispatches.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it("takes the mean where the clock is coarse", () => {
    const coarse = report([[0.1, 0.1, 0.2, 0.2], [0.1], [0.1]], 100_000).dispatches[0];
    expect(coarse.ms).toBeCloseTo(0.15);
    expect(report([[0.065536, 0.131072, 0.131072], [0.1], [0.1]], 65_536).dispatches[0].ms).toBeCloseTo(
      0.109,
    );
  });

  it("says nothing of a dispatch that was never timed", () => {
    const [forward] = report([[], [0.1], [0.1]]).dispatches;
    expect(forward).toMatchObject({ samples: 0, ms: 0, gflops: 0, gbps: 0, ofRoofline: 0 });
  });

  it("is plain JSON", () => {
    const whole = report([[0.2], [0.05], [0.25]]);
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
  });
});

describe("a trace file", () => {
  const timings: StepTimings = {
    dispatches: ["forward 0", "update"],
    samples: [
      { step: 0, submitted: 1000, stamps: BigUint64Array.of(5_000_000n, 6_000_000n, 6_000_000n, 8_000_000n) },
      { step: 7, submitted: 1003, stamps: BigUint64Array.of(9_000_000n, 9_500_000n, 9_500_000n, 9_400_000n) },
    ],
    submits: [
      { name: "steps 1 to 7", begin: 1000, end: 1006 },
      { name: "steps 8 to 9", begin: 1003, end: 1008 },
    ],
    waits: [{ name: "evaluate test", begin: 1010, end: 1020 }],
  };
  const { traceEvents, otherData } = traceFile(timings, ADAPTER, "a GPU");

  it("puts dispatches of sampled steps on the device's line, none before its submit", () => {
    const dispatches = traceEvents.filter(({ cat }) => cat === "dispatch");
    expect(dispatches.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
      ["forward 0", 0, 1000],
      ["update", 1000, 2000],
      ["forward 0", 4000, 500],
      // A clock that counts backwards gives no negative length.
      ["update", 4500, 0],
    ]);
    expect(dispatches[2].args).toEqual({ step: 8 });
  });

  it("puts submits side by side and waits one after another", () => {
    const submits = traceEvents.filter(({ cat }) => cat === "submit");
    expect(submits.map(({ ph, id, ts }) => [ph, id, ts])).toEqual([
      ["b", 0, 0],
      ["e", 0, 6000],
      ["b", 1, 3000],
      ["e", 1, 8000],
    ]);
    expect(traceEvents.find(({ cat }) => cat === "host")).toMatchObject({ ph: "X", ts: 10_000, dur: 10_000 });
  });

  it("names its lines and its adapter", () => {
    const named = traceEvents.filter(({ ph }) => ph === "M").map(({ args }) => args?.["name"]);
    expect(named).toEqual(["backlit", "host", "a GPU: first steps of each submit"]);
    expect(otherData["adapter"]).toEqual(ADAPTER);
  });

  it("can be written without any step", () => {
    const empty = traceFile({ dispatches: [], samples: [], submits: [], waits: [] }, ADAPTER, "a GPU");
    expect(JSON.stringify(empty)).not.toMatch(/null|NaN/);
  });
});
