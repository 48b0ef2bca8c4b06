/**
 * One unit of work (training, evaluation, prediction) as an async generator of events: the same in Node and in the worker
 * of a headless page. Jobs and events are plain values with typed arrays, so that they can travel (see packet.ts).
 */
import type {
  AdapterSummary,
  Engine,
  Evaluation,
  Parameters,
  PlanSummary,
  StepRecord,
} from "../core/engine.ts";
import type { Dataset, SplitName } from "../core/dataset.ts";
import type { Network } from "../core/spec.ts";
import type { ClassificationReport } from "../core/report.ts";
import type { ProfileReport } from "../core/profile.ts";
import type { RunOptions } from "../core/run-options.ts";
import type { PlanLimits } from "../gpu/plan-types.ts";
import type { CaseResult, ConformanceReport } from "../lens/conformance/report.ts";
import type { TuneMode, TuneReport } from "../gpu/tuner-types.ts";
import type { Tuning } from "../gpu/tuning.ts";
import type { TraceSetting } from "../lens/trace/tracer.ts";
import type { TraceReport } from "../lens/trace/run.ts";
import type { DatasetSummary } from "../model/metadata.ts";
import type {
  EpochEvent,
  StartEvent as TrainerStart,
  StepEvent,
  TrainResult,
  WarningEvent,
} from "../train/events.ts";
import type { PauseGate } from "../train/pause.ts";
import type { Environment, Protocol, SuiteName } from "../bench/result.ts";
import type { BenchEvent } from "../bench/run.ts";
import type { Narrowing } from "../bench/suites.ts";
import type { ErrorEvent } from "./job-error.ts";

export type AdapterWish = "auto" | "hardware" | "software";

/** Generated where the job runs, or handed over with it. */
export type DatasetSource = { kind: "synthetic" } | { kind: "given"; dataset: Dataset };

interface Placed {
  engine: "gpu" | "cpu";
  adapter: AdapterWish;
}

export interface TrainJob extends Placed {
  kind: "train";
  /** Resolved; `validation` is what is really held out. */
  options: RunOptions;
  data: DatasetSource;
  /** Which of the command's runtimes carries it out; kept in checkpoints. */
  runtime?: "chrome" | "node";
  /** A checkpoint file to go on from. */
  checkpoint?: Uint8Array;
  /** A model file to start from. */
  init?: Uint8Array;
  /** Tuning tables found before, by their keys (see gpu/tuner-key.ts): what fits is not searched again. */
  tunings?: Record<string, Tuning>;
  /** Time the kernels while they train, and give a profile at the end. */
  profile?: boolean;
  /** Evaluate a run that was stopped as any other, instead of ending it at once. */
  evaluateAborted?: boolean;
}

export interface EvaluateJob extends Placed {
  kind: "evaluate";
  /** A model file. */
  model: Uint8Array;
  data: DatasetSource;
  split: SplitName;
  /** Rows held out of the training split, and the seed that chooses them. */
  validation: number;
  seed: number;
}

export interface PredictJob extends Placed {
  kind: "predict";
  /** A model file. */
  model: Uint8Array;
  /** `[n * input]`, pixels divided by 255. */
  inputs: Float32Array;
}

export interface AdapterJob extends Placed {
  kind: "adapter";
}

export interface BenchJob extends Placed {
  kind: "bench";
  suite: SuiteName;
  narrowing: Narrowing;
  peers: ("tfjs" | "jax")[];
  /** Whether Backlit's tiles are searched for before each workload. */
  tune: "off" | "fast" | "full";
  protocol: Partial<Protocol>;
  /** What only the caller knows of where this runs. */
  environment: Pick<Environment, "runtime" | "date"> & Partial<Environment>;
  /** Digits to train on; synthetic ones stand in for MNIST. */
  data: DatasetSource;
}

/** Whether this browser, driver and adapter compute correctly. */
export interface CheckJob extends Placed {
  kind: "check";
  /** So many random cases instead of the standard ones. */
  cases?: number;
  seed: number;
  /** Only the case of this number. */
  only?: number;
}

/** A search for the tiles that suit a run of these options. */
export interface TuneJob extends Placed {
  kind: "tune";
  options: RunOptions;
  data: DatasetSource;
  mode: TuneMode;
}

/** Steps taken apart, beside the CPU's. */
export interface TraceJob extends Placed {
  kind: "trace";
  options: RunOptions;
  data: DatasetSource;
  steps: number;
  /** A replay file: its step instead of a run's. */
  replay?: Uint8Array;
}

export type Job = TrainJob | EvaluateJob | PredictJob | AdapterJob | TuneJob | BenchJob | CheckJob | TraceJob;

/** Where the work is done; comes before everything else. */
export interface AdapterEvent {
  type: "adapter";
  adapter: AdapterSummary;
  /** Of the GPU's device. */
  limits?: PlanLimits;
}

/** The trainer's own start, with what only the job knows. */
export interface StartEvent extends TrainerStart {
  dataset: DatasetSummary;
  options: RunOptions;
  tuning: Record<string, unknown>;
}

/** A file of the run directory, to be written as it is. */
export interface FileEvent {
  type: "file";
  name: "model.safetensors" | "checkpoint.safetensors" | "trace.json";
  bytes: Uint8Array;
  /** That its parameters have been trained for; missing where it holds none. */
  steps?: number;
  /** Spent on these steps, of a checkpoint. */
  seconds?: number;
}

/** The table that a run is going to use, to be kept for later runs; before the start. */
export interface TuningEvent {
  type: "tuning";
  key: string;
  tuning: Tuning;
  /** How it was found; null where it was found before. */
  report: TuneReport | null;
}

/** Where the time of the steps went; behind everything else but the result. */
export interface ProfileEvent {
  type: "profile";
  report: ProfileReport;
}

/** A class, and how probable it was held. */
export interface Guess {
  label: number;
  probability: number;
}

/** A test image that was read wrongly, with what it looks like. */
export interface Mistake {
  index: number;
  truth: number;
  predicted: number;
  loss: number;
  /** The three most probable classes, or as many as there are. */
  guesses: Guess[];
  /** `[height * width]` */
  pixels: Uint8Array;
}

export interface EvaluationEvent {
  type: "evaluation";
  split: SplitName;
  loss: number;
  report: ClassificationReport;
  /** Fraction of rows whose class is among the k most probable. */
  topK: { k: number; accuracy: number }[];
  /** The costliest first. */
  mistakes: Mistake[];
  dataset: DatasetSummary;
}

export interface PredictionEvent {
  type: "prediction";
  /** `[n * classes]` */
  probabilities: Float32Array;
  /** `[n]` */
  labels: Uint8Array;
}

/** The trainer's own result; the test split's evaluation is an event of its own, before this one. */
export interface DoneEvent extends Omit<TrainResult, "test"> {
  type: "done";
  plan: PlanSummary & { submits: number };
}

export interface CheckCaseEvent {
  type: "check-case";
  result: CaseResult;
  /** Cases in all. */
  total: number;
}

export interface CheckReportEvent {
  type: "check-report";
  report: ConformanceReport;
  /** What the browser calls itself; empty in Node. */
  userAgent: string;
}

export interface TraceStepEvent {
  type: "trace-step";
  step: number;
  /** Of the worst element so far. */
  errorOverBound: number;
}

export interface TraceReportEvent {
  type: "trace-report";
  report: TraceReport;
  /** What was trained, and with which kernels. */
  setting: TraceSetting;
  /** Of a run: what it took its batches from, and how many rows were held out of it. */
  data?: { dataset: DatasetSummary; validation: number };
}

export type JobEvent =
  | AdapterEvent
  | TuningEvent
  | StartEvent
  | StepEvent
  | EpochEvent
  | FileEvent
  | WarningEvent
  | EvaluationEvent
  | PredictionEvent
  | CheckCaseEvent
  | CheckReportEvent
  | ProfileEvent
  | TraceStepEvent
  | TraceReportEvent
  | DoneEvent
  | BenchEvent
  | ErrorEvent;

/** Everything about one evaluation, by reference: it is not to be changed. */
export interface EvaluatedSplit {
  split: SplitName;
  dataset: Dataset;
  network: Network;
  parameters: Parameters;
  evaluation: Evaluation;
}

/** Whoever sits beside a run, in the same thread, and may be asked about it: what would be too much for every event. */
export interface RunWatcher {
  /** With the engine that trains from now on; again when a device had to be replaced. */
  opened(engine: Engine, dataset: Dataset): void;
  recorded(records: readonly StepRecord[]): void;
  evaluated(evaluated: EvaluatedSplit): void;
  /** The engine is about to be disposed of. */
  closed(): void;
}

export interface JobHost {
  /** `navigator.gpu`, or Dawn's; not needed by the CPU engine. */
  gpu: GPU | undefined;
  /** Aborted to save and end. */
  signal: AbortSignal;
  /** Holds a training run between submits. */
  pause?: PauseGate;
  watcher?: RunWatcher;
  /** Address of the folder of the peers' wasm binaries; in Node the packages find their own. */
  peerFiles?: string;
}
