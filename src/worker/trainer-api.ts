/** What the page and its training worker say to each other: plain values, so that comlink can carry them. */
import type { RunOptions } from "../core/run-options.ts";
import type { DataFileRole } from "../data/dataset-files.ts";
import type { AdapterEvent, JobEvent } from "./job.ts";
import type { ErrorEvent } from "./job-error.ts";

export type DataChoice =
  | { kind: "synthetic" }
  | { kind: "catalogue"; name: string }
  | { kind: "files"; files: Record<DataFileRole, File> };

export interface TrainRequest {
  /** As given by the person; what is missing has its default. */
  options: RunOptions;
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

export type TrainerEvent = JobEvent | DataEvent | SamplesEvent;

export interface TrainerApi {
  /** The adapter that a run would get. */
  probe(): Promise<AdapterEvent | ErrorEvent>;
  /** Synthetic digits to look at before anything is loaded. */
  preview(count: number): SamplesEvent;
  /**
   * One training run at a time; resolves when it has ended, however it ended. An error is the last event. Until the first
   * `"adapter"` event only ending the worker stops it.
   */
  train(request: TrainRequest, onEvent: (event: TrainerEvent) => void): Promise<void>;
  pause(): void;
  resume(): void;
  /** The steps in flight are finished and the model is saved. */
  stop(): void;
}
