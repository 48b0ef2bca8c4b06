/**
 * What a benchmark ends with: plain JSON, the last line of `backlit bench --json`, the file of `--out`, and what reports
 * and comparisons are made from. Times are milliseconds, ratios are our time over theirs: below 1, Backlit is faster.
 */
import type { AdapterSummary } from "../core/engine.ts";
import type { DispatchProfile, ProfileReport } from "../core/profile.ts";
import type { Optimizer } from "../core/spec.ts";

export const SUITES = ["step", "matmul", "kernels", "scaling", "crossover", "accuracy", "overhead"] as const;
export type SuiteName = (typeof SUITES)[number];

export type ContenderName = "backlit" | "tfjs" | "jax";
export type BackendName = "webgpu" | "wasm" | "cpu";
export type InputKind = "mnist" | "dense";

/** What was trained. */
export interface WorkloadId {
  /** Widths of the layers, as in `"784-512-10"`. */
  network: string;
  batch: number;
  optimizer: Optimizer;
  input: InputKind;
  /** Rows of the training split. */
  trainRows: number;
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
  /** Packages of the contenders, Backlit included, by name. */
  versions: Record<string, string>;
}

/** Workloads of the suite `scaling` that differ in one size alone. */
export interface Series {
  name: "batch" | "width" | "depth" | "trainRows";
  /** The size, and the workload (see `workloadKey`) that was measured there. */
  points: { size: number; workload: string }[];
}

/** One network and batch of the suite `crossover`. */
export interface CrossoverCell {
  hidden: number;
  batch: number;
  /** See `workloadKey`. */
  workload: string;
  /** Backlit on WebGPU over the plain loop, and over the fastest wasm peer; `null` where one is missing. */
  overPlainLoop: number | null;
  overWasm: number | null;
}

/** A product of the suite `matmul`: `X.W` forward, `Xt.dZ` for the weights' gradient, `dZ.Wt` for the inputs'. */
export type ProductKind = "X.W" | "Xt.dZ" | "dZ.Wt";

/** `X` is [rows, inputs], `W` is [inputs, units], `dZ` is [rows, units]. */
export interface ProductId {
  product: ProductKind;
  rows: number;
  inputs: number;
  units: number;
}

export interface MatmulRow extends ProductId {
  contender: ContenderName;
  backend: BackendName;
  /** Milliseconds of one product: the median over the rounds. */
  ms: number;
  spread: number;
  gflops: number;
  /** Whether the sum over the product is what the sums over its factors say. */
  agrees: boolean;
  rounds: number[];
  notes: string[];
}

export interface MatmulRatio extends ProductId {
  against: ContenderName;
  backend: BackendName;
  ratio: number;
  lowest: number;
  highest: number;
}

/** When a contender's test accuracy first reached a value; `null` where it did not. */
export interface Reached {
  accuracy: number;
  seconds: number | null;
  steps: number | null;
}

/** Wall time of training, evaluations left out. */
export interface AccuracyRow extends WorkloadId {
  contender: ContenderName;
  backend: BackendName;
  reached: Reached[];
  /** After the last step. */
  accuracy: number;
  steps: number;
  seconds: number;
  firstStepMs: number;
  notes: string[];
}

export interface AccuracyRatio {
  against: ContenderName;
  backend: BackendName;
  accuracy: number;
  /** Our time to that accuracy over theirs. */
  ratio: number;
}

/** Dispatches that do nothing, so many in one submit. */
export interface OverheadRow {
  contender: "backlit";
  backend: "webgpu";
  dispatches: number;
  /** Microseconds of a submit and of each dispatch in it: medians over the rounds. */
  usPerSubmit: number;
  usPerDispatch: number;
  spread: number;
  rounds: number[];
}

/** One dispatch of a training step. */
export interface KernelRow extends WorkloadId, Omit<DispatchProfile, "name" | "jobs"> {
  contender: "backlit";
  backend: "webgpu";
  dispatch: string;
  kernels: string[];
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
  /** Of `scaling`. */
  series?: Series[];
  /** Of `crossover`. */
  cells?: CrossoverCell[];
}

export interface MatmulResult extends BenchResultBase {
  suite: "matmul";
  rows: MatmulRow[];
  ratios: MatmulRatio[];
}

export interface AccuracyResult extends BenchResultBase {
  suite: "accuracy";
  rows: AccuracyRow[];
  ratios: AccuracyRatio[];
}

export interface OverheadResult extends BenchResultBase {
  suite: "overhead";
  rows: OverheadRow[];
  ratios: [];
}

export interface KernelsResult extends BenchResultBase {
  suite: "kernels";
  rows: KernelRow[];
  ratios: [];
  /** The same with clock, roofline and every job: what a plot of the roofline needs, one for each workload. */
  profiles: ProfileReport[];
}

export type BenchResult = StepSuiteResult | MatmulResult | KernelsResult | AccuracyResult | OverheadResult;
export type BenchRow = BenchResult["rows"][number];

/** Which workload something belongs to, as a key. */
export function workloadKey({ network, batch, optimizer, input, trainRows }: WorkloadId): string {
  return [network, batch, optimizer, input, trainRows].join(" ");
}
