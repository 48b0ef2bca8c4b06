/**
 * What a benchmark ends with: plain JSON, the last line of `backlit bench --json`, the file of `--out`, and what reports
 * and comparisons are made from. Times are milliseconds, ratios are our time over theirs: below 1, Backlit is faster.
 */
import type { AdapterSummary } from "../core/engine.ts";
import type { Optimizer } from "../core/spec.ts";

export const SUITES = ["step", "matmul", "scaling", "crossover", "accuracy", "overhead"] as const;
export type SuiteName = (typeof SUITES)[number];

export type ContenderName = "backlit" | "tfjs" | "jax";
export type BackendName = "webgpu" | "wasm" | "cpu";
export type InputKind = "mnist" | "dense";

/** What was measured: one training step of one network. */
export interface WorkloadId {
  /** Widths of the layers, as in `"784-512-10"`. */
  network: string;
  batch: number;
  optimizer: Optimizer;
  input: InputKind;
}

/** One contender on one workload. */
export interface StepRow extends WorkloadId {
  contender: ContenderName;
  backend: BackendName;
  /** Median over the rounds. */
  msPerStep: number;
  /** Interquartile range of the rounds over their median. */
  spread: number;
  stepsPerSecond: number;
  /** From the floating-point operations of the three products of each layer, whether or not zeros were stepped over. */
  gflops: number;
  /** From the contender's creation to the end of its first step: compiling and uploading included. */
  firstStepMs: number;
  /** Whether every loss was within the tolerance of the reference's. Where not, the row is in no ratio. */
  lossAgrees: boolean;
  /** Steps whose losses were compared, and the worst relative difference among them. */
  lossSteps: number;
  lossWorst: number;
  /** Steps timed, in how many rounds, and the milliseconds per step of each round. */
  steps: number;
  rounds: number[];
  /** What a reader should know: threads of a wasm backend, what a sweep found. */
  notes: string[];
}

export interface StepRatio extends WorkloadId {
  against: ContenderName;
  backend: BackendName;
  /** Our msPerStep on WebGPU over theirs. */
  ratio: number;
  /** Smallest and largest ratio of a single round. */
  lowest: number;
  highest: number;
}

/** A contender that has no row, or part of a suite that was left out. */
export interface Skipped extends Partial<WorkloadId> {
  contender?: ContenderName;
  backend?: BackendName;
  reason: string;
}

/** How the measuring was done; the options that shorten it are recorded here. */
export interface Protocol {
  quick: boolean;
  /** Steps whose losses must agree. */
  lossSteps: number;
  /** Largest relative difference of a loss. */
  tolerance: number;
  /** Fewest rounds, and fewest seconds over all rounds, for each contender. */
  rounds: number;
  seconds: number;
  /** A contender that would take longer than this on one workload is skipped, in seconds. */
  patience: number;
  /** Rows that each contender trains on. */
  rows: number;
  seed: number;
}

/** The losses that those of all contenders were held against, by workload. */
export interface Reference extends WorkloadId {
  contender: ContenderName;
  backend: BackendName;
}

/** Where it ran; what a browser or a system hides is missing. */
export interface Environment {
  runtime: "chrome" | "node" | "page";
  date: string;
  backlit?: string;
  userAgent?: string;
  node?: string;
  platform?: string;
  logicalCores?: number;
  /** Without it, wasm backends have one thread. */
  crossOriginIsolated?: boolean;
  /** Path and switches of the browser. */
  browser?: string;
  flags?: string[];
  /** Of the device that Backlit ran on. */
  limits?: Record<string, number>;
  features?: string[];
  /** Packages of the contenders, by name. */
  versions: Record<string, string>;
}

export interface DatasetUsed {
  input: InputKind;
  name: string;
  /** For a person: which images these are. */
  description: string;
}

export interface BenchResultBase {
  type: "result";
  adapter: AdapterSummary;
  environment: Environment;
  protocol: Protocol;
  datasets: DatasetUsed[];
  skipped: Skipped[];
  notes: string[];
  seconds: number;
  /** Stopped before the end; what was measured is here. */
  interrupted: boolean;
  /** The command that runs it again; empty in a page. */
  command: string;
}

/** `step`, and the suites that measure steps over a range of sizes. */
export interface StepSuiteResult extends BenchResultBase {
  suite: "step" | "scaling" | "crossover";
  rows: StepRow[];
  ratios: StepRatio[];
  references: Reference[];
}

export type BenchResult = StepSuiteResult;

/** Which workload something belongs to, as a key. */
export function workloadKey({ network, batch, optimizer, input }: WorkloadId): string {
  return [network, batch, optimizer, input].join(" ");
}
