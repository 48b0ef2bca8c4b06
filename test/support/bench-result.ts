/** Results of benchmarks that nobody ran, for what reads results. */
import { stepRatios } from "../../src/bench/ratios.ts";
import type { InputKind, KernelsResult, StepRow, StepSuiteResult } from "../../src/bench/result.ts";
import { resolveTraining } from "../../src/core/spec.ts";
import { plan } from "../../src/gpu/plan.ts";
import { profileReport } from "../../src/gpu/profile.ts";

export const SOFTWARE = {
  vendor: "google",
  architecture: "swiftshader",
  device: "",
  description: "",
  software: true,
};
export const HARDWARE = {
  vendor: "acme",
  architecture: "anvil",
  device: "",
  description: "Acme Anvil 9",
  software: false,
};

export function stepRow(given: Partial<StepRow> = {}): StepRow {
  const { msPerStep = 10 } = given;
  return {
    contender: "backlit",
    backend: "webgpu",
    network: "784-512-10",
    batch: 128,
    optimizer: "sgd",
    input: "mnist",
    trainRows: 16384,
    msPerStep,
    spread: 0.1,
    stepsPerSecond: 1000 / msPerStep,
    gflops: 3,
    firstStepMs: 500,
    lossAgrees: true,
    lossSteps: 20,
    lossWorst: 1e-6,
    steps: 60,
    rounds: [msPerStep * 0.9, msPerStep, msPerStep * 1.2],
    notes: [],
    ...given,
  };
}

export function stepResult(given: Partial<StepSuiteResult> = {}): StepSuiteResult {
  const rows = given.rows ?? [
    stepRow(),
    stepRow({ contender: "jax", msPerStep: 40 }),
    stepRow({ contender: "tfjs", backend: "wasm", msPerStep: 5, notes: ["one thread"] }),
  ];
  return {
    type: "result",
    suite: "step",
    adapter: SOFTWARE,
    environment: {
      runtime: "chrome",
      date: "2026-03-01T12:00:00.000Z",
      userAgent: "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/156.0.0.0 Safari/537.36",
      logicalCores: 2,
      crossOriginIsolated: true,
      flags: ["--headless"],
      limits: { maxBufferSize: 1073741824 },
      features: ["timestamp-query"],
      versions: { backlit: "0.1.0", "@jax-js/jax": "0.1.25" },
    },
    protocol: {
      quick: false,
      lossSteps: 20,
      tolerance: 0.01,
      rounds: 5,
      seconds: 2,
      patience: 180,
      rows: 16384,
      seed: 1,
    },
    rows,
    ratios: stepRatios(rows),
    references: [],
    datasets: [{ input: "mnist", name: "mnist", description: "the first 16384 training images of mnist" }],
    skipped: [],
    notes: [],
    seconds: 90,
    interrupted: false,
    command: "backlit bench --suite step",
    ...given,
  };
}

/** One network on both inputs; every dispatch takes 2 ms. */
export function kernelsResult(): KernelsResult {
  const network = { input: 784, layers: [{ units: 12 }, { units: 10 }] };
  const made = plan(network, resolveTraining({ batchSize: 8, optimizer: "sgd" }), { trainRows: 64 });
  const profile = profileReport({
    plan: made,
    adapter: SOFTWARE,
    clock: { method: "timestamps", quantum: 1 },
    roofline: { gflops: 10, gbps: 5, copyBytes: 1 },
    times: made.dispatches.map(() => [2, 2, 2]),
    trainRows: 64,
  });
  const rows = (input: InputKind): KernelsResult["rows"] =>
    profile.dispatches.map(({ name, jobs, ...figures }) => ({
      contender: "backlit",
      backend: "webgpu",
      network: "784-12-10",
      batch: 8,
      optimizer: "sgd",
      input,
      trainRows: 64,
      dispatch: name,
      kernels: jobs.map(({ kernel }) => kernel),
      ...figures,
    }));
  return {
    ...stepResult(),
    suite: "kernels",
    rows: [...rows("mnist"), ...rows("dense")],
    ratios: [],
    profiles: [profile, profile],
  };
}
