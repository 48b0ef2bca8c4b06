/**
 * What a run says about itself, in the order of its happening. Every event is plain data that can be structured-cloned:
 * the same objects reach the terminal, a worker's page and `events.jsonl`. Their arrays belong to the receiver.
 */
import type { AdapterSummary, EngineState, Evaluation, PlanSummary } from "../core/engine.ts";
import type { NetworkSpec, Training } from "../core/spec.ts";
import type { EpochSummary, Scores, TrainerState } from "../model/trainer-state.ts";

export type { EpochSummary, Scores, TrainerState };

export interface StartEvent {
  type: "start";
  engine: "gpu" | "cpu";
  precision: "float32" | "float64";
  adapter: AdapterSummary;
  plan: PlanSummary;
  network: NetworkSpec;
  training: Training;
  /** Rows of each split. */
  rows: { train: number; validation: number; test: number };
  stepsPerEpoch: number;
  /** Steps of the whole run, those before a resume included. */
  totalSteps: number;
  /** Steps taken before: 0, or where a resumed run goes on. */
  step: number;
  /** Epochs finished before. */
  epoch: number;
}

/** Means since the last of these events; none spans two epochs, and steps repeated after a lost device are not counted. */
export interface StepEvent extends Scores {
  type: "step";
  /** Steps taken in all. */
  step: number;
  /** The epoch these steps belong to, counted from 1. */
  epoch: number;
  /** Of the last step taken. */
  learningRate: number;
  /** Rows the means are over. */
  rows: number;
  samplesPerSecond: number;
}

export interface EpochEvent extends EpochSummary {
  type: "epoch";
}

export type CheckpointReason =
  "epoch" | "interval" | "aborted" | "max-steps" | "final" | "diverged" | "device-lost";

/** Everything needed to go on from here; `model/checkpoint.ts` makes a file of it. */
export interface CheckpointEvent {
  type: "checkpoint";
  reason: CheckpointReason;
  state: EngineState;
  trainer: TrainerState;
}

export interface WarningEvent {
  type: "warning";
  /** As in errors, for example `"gpu/device-lost"`. */
  code: string;
  message: string;
  hint: string;
}

export type DoneReason = "completed" | "max-steps" | "aborted" | "early-stopping";

/** How a run ended. All scores but `train` are of the parameters that the engine ends with. */
export interface TrainResult {
  reason: DoneReason;
  /** `null` when aborted (see evaluateAborted), when not asked for, or without test rows. */
  test: Evaluation | null;
  /** Running mean of the last epoch, finished or not; `null` before the first step. */
  train: Scores | null;
  /** `null` without a validation split, or when aborted within an epoch (see evaluateAborted). */
  validation: Scores | null;
  /** The epoch whose parameters were put back by `keepBest`; `null` where none were. */
  keptEpoch: number | null;
  /** Epochs finished. */
  epochs: number;
  /** Steps taken in all, those before a resume included. */
  steps: number;
  /** Spent on these steps; evaluation, pauses and the receiver's own time left out. */
  seconds: number;
  /** Over the steps and seconds since this call; on a run that was not resumed, `steps / seconds`. */
  stepsPerSecond: number;
  /** Rows trained, likewise. */
  samplesPerSecond: number;
}

export interface DoneEvent extends TrainResult {
  type: "done";
}

export type TrainEvent = StartEvent | StepEvent | EpochEvent | CheckpointEvent | WarningEvent | DoneEvent;
