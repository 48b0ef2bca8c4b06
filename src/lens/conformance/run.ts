/** Runs a suite on a device, case after case, each between error scopes and with everything freed behind it. */
import type { AdapterSummary } from "../../core/engine.ts";
import { SpecError } from "../../core/errors.ts";
import { deviceLimits } from "../../gpu/device.ts";
import type { ShaderSources } from "../../gpu/shader-sources.ts";
import { subgroupSizeOf } from "../../gpu/device.ts";
import { defaultTuning, type Tuning } from "../../gpu/tuning.ts";
import { BATCHES, fuzzSuite } from "./fuzz.ts";
import { runGroup } from "./group.ts";
import { propose, type FailedGroup } from "./proposals.ts";
import { byKernel, type CaseResult, type ConformanceReport, type Proposal } from "./report.ts";
import { standardSuite } from "./suite.ts";
import { subgroupSizeFor, VARIANTS } from "./variants.ts";

export interface ConformanceOptions {
  device: GPUDevice;
  /** A further device, to be lost. */
  openDevice: () => Promise<GPUDevice>;
  adapter: AdapterSummary;
  /** The table to check; the engine's choice for the adapter when left out. */
  tuning?: Tuning;
  /** So many random cases instead of the standard ones. */
  cases?: number;
  seed?: number;
  /** Only the case of this number. */
  only?: number;
  signal?: AbortSignal;
  /** Other shader texts than the product's. */
  shaders?: ShaderSources;
}

export type ConformanceEvent =
  { type: "case"; result: CaseResult; total: number } | { type: "report"; report: ConformanceReport };

/** @throws SpecError for an `only` that names no case; whatever is wrong with the device is a failure instead */
export async function* checkConformance(options: ConformanceOptions): AsyncGenerator<ConformanceEvent> {
  const { device, adapter, seed = 1, only, signal, shaders } = options;
  const subgroupSize = subgroupSizeOf(device);
  const own = options.tuning ?? defaultTuning(adapter.software, subgroupSize);
  const fitting = VARIANTS.filter((variant) => [0, subgroupSize].includes(subgroupSizeFor(variant)));
  const tunings = [own, ...fitting.filter((variant) => !sameTiles(variant, own))];
  let timestamps = "not tried";
  const standard = standardSuite(own, options.openDevice, (text) => (timestamps = text));
  const total = options.cases ?? standard.reduce((sum, group) => sum + group.cases, 0);
  if (only !== undefined && !(only >= 0 && only < total)) {
    throw new SpecError("only", `there is no case ${only}; the cases are 0 to ${total - 1}`);
  }
  const isRandom = options.cases !== undefined;
  // A random case is drawn by its number alone, so those before its group need not be.
  let next = isRandom && only !== undefined ? only - (only % BATCHES) : 0;
  const suite = isRandom ? fuzzSuite(seed, [next, only === undefined ? total : only + 1], tunings) : standard;
  const asked = only === undefined ? total : 1;
  const start = performance.now();
  const results: CaseResult[] = [];
  const failures: FailedGroup[] = [];
  const kindsOf = new Map<string, Set<string>>();
  for (const group of suite) {
    if (signal?.aborted) break;
    const first = next;
    next += group.cases;
    const numbers = Array.from({ length: group.cases }, (_, index) => first + index);
    const wanted = only === undefined ? numbers : numbers.filter((number) => number === only);
    if (wanted.length === 0) continue;
    const found = await runGroup({ device, shaders }, group, group.tuning, first, wanted);
    for (const result of found) yield { type: "case", result, total: asked };
    results.push(...found);
    for (const { kernel } of found) kindsOf.set(kernel, (kindsOf.get(kernel) ?? new Set()).add(group.name));
    if (found.some(({ failure }) => failure !== "")) failures.push({ group, first, results: found });
  }
  const proposals: Proposal[] = await propose(failures, {
    tunings,
    kindsOf,
    standard,
    signal,
    passes: async (group, tuning, first = 0, wanted) => {
      const all = Array.from({ length: group.cases }, (_, index) => first + index);
      const again = await runGroup({ device, shaders }, group, tuning, first, wanted ?? all);
      return again.every(({ failure }) => failure === "");
    },
  });
  yield { type: "report", report: report() };

  function report(): ConformanceReport {
    const worst = results.reduce<CaseResult | undefined>(
      (a, b) => (a === undefined || b.errorOverBound > a.errorOverBound ? b : a),
      undefined,
    );
    const failed = results.filter(({ failure }) => failure !== "");
    return {
      cases: results.length,
      total: asked,
      failures: failed.length,
      worst: {
        kernel: worst?.kernel ?? "",
        shape: worst?.shape ?? "",
        errorOverBound: worst?.errorOverBound ?? 0,
      },
      kernels: byKernel(results),
      failed,
      proposals,
      compared: results.reduce((sum, { compared }) => sum + compared, 0),
      adapter,
      limits: { ...deviceLimits(device) },
      timestamps,
      tuning: own.name,
      seed,
      random: isRandom,
      seconds: (performance.now() - start) / 1000,
    };
  }
}

/** The same kernels, whatever the tables are called. */
function sameTiles(a: Tuning, b: Tuning): boolean {
  return JSON.stringify({ ...a, name: "" }) === JSON.stringify({ ...b, name: "" });
}
