/** Runs a suite: what happens as events, the result as the last of them. */
import type { Dataset } from "../core/dataset.ts";
import type { AdapterSummary } from "../core/engine.ts";
import { runAccuracySuite } from "./accuracy-suite.ts";
import type { Contender } from "./contender.ts";
import { runKernelsSuite, type Profiler } from "./kernels-suite.ts";
import { runMatmulSuite, type ProductContender } from "./matmul-suite.ts";
import { runOverheadSuite, type Ladder } from "./overhead-suite.ts";
import type { Progress } from "./protocol.ts";
import type {
  BenchResult,
  BenchResultBase,
  BenchRow,
  Environment,
  Protocol,
  SuiteName,
  WorkloadId,
} from "./result.ts";
import { runStepSuite } from "./step-suite.ts";
import type { Narrowing } from "./suites.ts";
import type { Clock } from "./turns.ts";

export interface BenchOptions {
  suite: SuiteName;
  narrowing: Narrowing;
  protocol: Protocol;
  contenders: readonly Contender[];
  /** Those who can multiply matrices by themselves. */
  products: readonly ProductContender[];
  /** Times dispatches one by one. */
  profiler: Profiler;
  /** Dispatches that do nothing, on the adapter's device. */
  ladder: Ladder;
  adapter: AdapterSummary;
  environment: Environment;
  /** Real digits, where there are any. */
  digits?: Dataset;
  signal?: AbortSignal;
  clock: Clock;
}

/** What is being done, as part `part` of `parts`; of a workload, where it is one. */
export interface ProgressEvent extends Progress, Partial<WorkloadId> {
  type: "progress";
  /** What is measured, where it is no training step: a product of matrices, a ladder of dispatches. */
  work?: string;
  part: number;
  parts: number;
}

export type BenchEvent =
  ProgressEvent | { type: "row"; row: BenchRow } | { type: "bench"; result: BenchResult };

/** @throws SpecError where the options leave nothing to measure */
export async function* runBench(options: BenchOptions): AsyncGenerator<BenchEvent, void, undefined> {
  const { clock, signal } = options;
  const start = clock.now();
  const result = emptyResult(options);
  switch (result.suite) {
    case "overhead":
      yield* runOverheadSuite(result, options);
      break;
    case "accuracy":
      yield* runAccuracySuite(result, options);
      break;
    case "kernels":
      yield* runKernelsSuite(result, options);
      break;
    case "matmul":
      yield* runMatmulSuite(result, options);
      break;
    default:
      yield* runStepSuite(result.suite, result, options);
  }
  result.interrupted = signal?.aborted ?? false;
  result.seconds = (clock.now() - start) / 1000;
  yield { type: "bench", result };
}

function emptyResult({ suite, adapter, environment, protocol }: BenchOptions): BenchResult {
  const base: BenchResultBase = {
    type: "result",
    adapter,
    environment,
    protocol,
    datasets: [],
    skipped: [],
    notes: [],
    seconds: 0,
    interrupted: false,
    command: "",
  };
  switch (suite) {
    case "overhead":
      return { ...base, suite, rows: [], ratios: [] };
    case "accuracy":
      return { ...base, suite, rows: [], ratios: [] };
    case "kernels":
      return { ...base, suite, rows: [], ratios: [], profiles: [] };
    case "matmul":
      return { ...base, suite, rows: [], ratios: [] };
    default:
      return { ...base, suite, rows: [], ratios: [], references: [] };
  }
}
