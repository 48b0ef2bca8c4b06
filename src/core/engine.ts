/**
 * The one interface that everything above the engines sees. `cpu/` and `gpu/` implement it and never import each other.
 * All tensors are row-major; weights are `[inputs, units]`, so a layer is `Y = X.W + b`.
 */
import type { Dataset, SplitName } from "./dataset.ts";
import type { Fault } from "./errors.ts";
import type { ClassificationReport } from "./report.ts";
import type { Network, NetworkSpec, Training, TrainingSpec } from "./spec.ts";

export type FloatArray = Float32Array | Float64Array;

/** `"layers.0.weight"`: `[inputs * units]`, `"layers.0.bias"`: `[units]`, and so on for each layer. */
export type Parameters = Record<string, FloatArray>;

export interface EngineOptions {
  network: NetworkSpec;
  training?: TrainingSpec;
  /** May be left out where only parameters, gradients and predictions are used. */
  dataset?: Dataset;
}

export interface StepResult {
  /** Mean cross-entropy (with label smoothing) over the rows of the batch. */
  loss: number;
  /** Rows whose largest logit was the label's, with dropout active. */
  correct: number;
}

/** One finished training step, as the engine reports it. */
export interface StepRecord extends StepResult {
  /** Counted from 0 over the whole run. */
  step: number;
  rows: number;
}

/** Where training stands, and everything needed to go on from there bit for bit. */
export interface EngineState {
  parameters: Parameters;
  /** `"layers.0.weight.m"`, `"….v"` with Adam; `"….velocity"` with momentum; empty with SGD. */
  moments: Parameters;
  /** Steps taken. */
  step: number;
  /** Epochs finished. */
  epoch: number;
  /** Batches taken in the current epoch. */
  position: number;
  /** The shuffle generator's state before the current epoch was shuffled. */
  generator: number[];
  /** Running sums over the current epoch. */
  sums: EpochSums;
}

/** Sums over the rows of an epoch so far. */
export interface EpochSums {
  loss: number;
  correct: number;
  rows: number;
}

export interface GradientResult {
  loss: number;
  /** `[n * classes]` */
  logits: FloatArray;
  /** `[n * classes]` */
  probabilities: FloatArray;
  /** dL/dW and dL/db under the names of the parameters. */
  gradients: Parameters;
}

export interface Prediction {
  /** `[n * classes]` */
  probabilities: Float32Array;
  /** `[n]`, the most probable class. */
  labels: Uint8Array;
}

/** A classification report with what the worst mistakes are found from. */
export interface Evaluation extends ClassificationReport {
  /** Mean cross-entropy, without dropout or smoothing. */
  loss: number;
  /** `[n]` the class each row was given. */
  predicted: Uint8Array;
  /** `[n]` cross-entropy of each row. */
  losses: Float32Array;
  /** `[n]` how many classes were held more probable than the true one; below k counts as right in the top k. */
  ranks: Uint8Array;
}

export interface AdapterSummary {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  /** A software adapter (SwiftShader, llvmpipe, …) or the CPU engine: not a GPU. */
  software: boolean;
}

/** The part of a plan that every engine can state; the GPU's `Plan` holds much more. */
export interface PlanSummary {
  dispatchesPerStep: number;
  stepsPerSubmit: number;
  bytesUploadedPerStep: number;
  bytesUploadedPerEpoch: number;
}

/** What an engine has done so far. */
export interface EngineCounters {
  steps: number;
  /** GPU submits; 0 on the CPU. */
  submits: number;
  /** Bytes written to the device since creation, dataset included; 0 on the CPU. */
  bytesUploaded: number;
  /** GPU buffers alive now; 0 on the CPU and after `dispose()`. */
  liveBuffers: number;
}

export interface Engine {
  readonly kind: "gpu" | "cpu";
  /** `"float64"` only on the CPU. */
  readonly precision: "float32" | "float64";
  readonly network: Network;
  readonly training: Training;
  readonly dataset: Dataset | undefined;
  readonly adapter: AdapterSummary;
  readonly plan: PlanSummary;
  readonly counters: EngineCounters;
  /** Steps in an epoch, the short last one included; 0 without a dataset. */
  readonly stepsPerEpoch: number;

  /**
   * One production step: on these rows of the training split, or on the next batch. Rows may be repeated; there are at most
   * as many as in a batch, and as the split has.
   */
  step(indices?: Uint32Array): Promise<StepResult>;
  /**
   * Takes n steps. Resolves when they are handed to the device and the device is at most a few submits behind; loss and
   * counts stay there until `records()` is called.
   * @throws DivergedError when an earlier step met a non-finite number, DeviceLostError when the device is gone.
   */
  run(n: number): Promise<void>;
  /** Waits for all steps taken; gives those not given before, oldest first (at most the current and last epoch's). */
  records(): Promise<StepRecord[]>;
  evaluate(split: SplitName): Promise<Evaluation>;
  /** @param inputs `[n * input]` floats, as the network sees them (pixels already divided by 255). */
  predict(inputs: Float32Array): Promise<Prediction>;
  /** Unfused; no dropout, smoothing, decay or clipping. */
  gradients(inputs: Float32Array, labels: Uint8Array): Promise<GradientResult>;
  parameters(): Promise<Record<string, Float32Array>>;
  /** Every name must be there with its exact length and finite values. @throws ShapeError */
  setParameters(parameters: Parameters): Promise<void>;
  state(): Promise<EngineState>;
  /** @throws ShapeError */
  setState(state: EngineState): Promise<void>;
  dispose(): void;
}

export type { Fault };
