/** What the page and its training worker say to each other: plain values, so that comlink can carry them. */
import type { RunOptions } from "../core/run-options.ts";
import type { DataFileRole } from "../data/dataset-files.ts";
import type { SplitName } from "../core/dataset.ts";
import type { TensorSummary } from "../model/tensor-summary.ts";
import type { AdapterEvent, EvaluateJob, JobEvent, Mistake } from "./job.ts";
import type { DataFileLook } from "./data-file-look.ts";
import type { Shape } from "./footprint.ts";
import type { Look } from "./look.ts";
import type { ErrorEvent } from "./job-error.ts";
import type { Reading } from "./model-reader.ts";

export type DataChoice =
  | { kind: "synthetic" }
  | { kind: "catalogue"; name: string }
  | { kind: "files"; files: Record<DataFileRole, File> };

export interface TrainRequest {
  /** As given by the person; what is missing has its default. */
  options: RunOptions;
  data: DataChoice;
  /** A checkpoint file to go on from; the options are then its own (see checkResume). */
  checkpoint?: Uint8Array;
}

export interface FootprintRequest {
  /** As given by the person; what is missing has its default. */
  options: RunOptions;
  /** Undefined where it is not known before the data is loaded. */
  shape: Shape | undefined;
}

/** A model file, read with on the test images of a dataset. */
export interface EvaluateRequest extends Pick<EvaluateJob, "model" | "engine" | "adapter"> {
  data: DataChoice;
}

/** The dataset on its way, before the job itself begins. */
export interface DataEvent {
  type: "data";
  activity: "drawing" | "downloading" | "reading";
  /** Images drawn, or bytes of all files so far. */
  done: number;
  /** `null` where it is not known. */
  total: number | null;
  /** What is being downloaded, and from where; empty otherwise. */
  file: string;
  mirror: string;
}

/** A few images of the dataset, to look at. */
export interface SamplesEvent {
  type: "samples";
  name: string;
  height: number;
  width: number;
  /** `[n * height * width]` */
  images: Uint8Array;
  /** `[n]` */
  labels: Uint8Array;
}

/** What every one of these steps gave, oldest first; after a lost device some may come again. */
export interface StepsEvent {
  type: "steps";
  /** Number of the first one, counted from 0 over the whole run. */
  first: number;
  losses: Float64Array;
  /** Rows read rightly, and rows. */
  correct: Uint32Array;
  rows: Uint32Array;
}

/** What a run would take on the device, as far as that is known before its data is loaded. */
export interface FootprintEvent {
  type: "footprint";
  /** All buffers; null where nothing is known: on the CPU engine, or of data that has not been looked at. */
  bytes: number | null;
}

export type TrainerEvent = JobEvent | DataEvent | SamplesEvent | StepsEvent;

/** A cell of a confusion matrix. */
export interface Cell {
  split: SplitName;
  truth: number;
  predicted: number;
}

/** Images of a cell, the costliest first. */
export interface CellImages {
  /** In the cell. */
  total: number;
  /** As many as were asked for. */
  images: Mistake[];
}

export interface TrainerApi {
  /** The adapter that a run would get. */
  probe(): Promise<AdapterEvent | ErrorEvent>;
  /** Whether the device has room for such a run, before anything is loaded for it. */
  footprint(request: FootprintRequest): Promise<FootprintEvent | ErrorEvent>;
  /** Synthetic digits to look at before anything is loaded. */
  preview(count: number): SamplesEvent;
  /** What one of a person's own files holds; an error says what is wrong with it. */
  lookAtFile(role: DataFileRole, file: File): Promise<DataFileLook | ErrorEvent>;
  /**
   * One training run at a time; resolves when it has ended, however it ended. An error is the last event. Until the first
   * `"adapter"` event only ending the worker stops it.
   */
  train(request: TrainRequest, onEvent: (event: TrainerEvent) => void): Promise<void>;
  /** Resolves when the run stands still, and every event until then has been handed over; also when it goes on or ends. */
  pause(): Promise<void>;
  resume(): void;
  /** Lets one step through and holds the run there, also one that has only been asked for. Resolves as `pause` does. */
  step(): Promise<void>;
  /** The steps in flight are finished and the model is saved. */
  stop(): void;
  /** The parameters of the run now, or as it ended; null before there are any. */
  look(): Promise<Look | null>;
  /** Of the last evaluation of that split; null when there is none. */
  cell(cell: Cell, count: number): CellImages | null;
  /** Holds a model file to read with. @returns its tensors in numbers @throws what readModel finds wrong */
  hold(model: Uint8Array): TensorSummary[];
  /** Reads one image `[height * width]` with the model held. @param about the class to explain; the one read when left out */
  read(pixels: Uint8Array, about?: number): Reading;
  /** Resolves when it is over; an error is the last event. */
  evaluate(request: EvaluateRequest, onEvent: (event: TrainerEvent) => void): Promise<void>;
}
