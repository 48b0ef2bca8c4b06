/** The training worker as the page holds it: one at a time, replaced when it has to be ended. */
import { proxy } from "comlink";
import { signal } from "@preact/signals";
import type { AdapterSummary } from "../../core/engine.ts";
import type { ErrorEvent as TrainerError } from "../../worker/job-error.ts";
import type { Look } from "../../worker/look.ts";
import type {
  Cell,
  CellImages,
  FootprintEvent,
  FootprintRequest,
  SamplesEvent,
  TrainerApi,
  TrainerEvent,
  TrainRequest,
} from "../../worker/trainer-api.ts";
import { Cancelled, WorkerLine } from "./worker-line.ts";
import { brokenWorker } from "./worker-task.ts";

export type AdapterState =
  | { state: "asking" }
  | { state: "found"; adapter: AdapterSummary }
  | { state: "none"; error: Pick<TrainerError, "code" | "message" | "hint"> };

/** What WebGPU gives in the worker. */
export const adapterState = signal<AdapterState>({ state: "asking" });

/** Synthetic digits to look at. */
export const preview = signal<SamplesEvent | null>(null);

const PREVIEW = 90;

/** A worker that trains, and reads with models. */
export function trainerProgram(): Worker {
  return new Worker(new URL("../../worker/trainer-worker.ts", import.meta.url), { type: "module" });
}

const line = new WorkerLine<TrainerApi>(trainerProgram);

/** Ends whatever the worker does, at once. The next call gets a new one. */
export function endWorker(): void {
  line.end();
}

export async function greetWorker(): Promise<void> {
  try {
    const answer = await line.ask((api) => api.probe());
    adapterState.value =
      answer.type === "adapter"
        ? { state: "found", adapter: answer.adapter }
        : { state: "none", error: answer };
    preview.value = await line.ask((api) => api.preview(PREVIEW));
  } catch (error) {
    if (error instanceof Cancelled) return;
    adapterState.value = { state: "none", error: { ...brokenWorker(error), hint: "Reload the page." } };
  }
}

/** @throws Cancelled, or an error when the worker breaks; errors of the run itself are events */
export async function trainInWorker(
  request: TrainRequest,
  onEvent: (event: TrainerEvent) => void,
): Promise<void> {
  await line.ask((api) => api.train(request, proxy(onEvent)));
}

/** Resolves when the run stands still. */
export function pauseWorker(): Promise<void> | undefined {
  return line.tell((api) => api.pause());
}

export function resumeWorker(): void {
  void line.tell((api) => api.resume());
}

/** Resolves when the step is taken and the run stands still. */
export function stepWorker(): Promise<void> | undefined {
  return line.tell((api) => api.step());
}

export function footprintInWorker(request: FootprintRequest): Promise<FootprintEvent | TrainerError> {
  return line.ask((api) => api.footprint(request));
}

/** The run's parameters now, or as it ended. */
export function lookInWorker(): Promise<Look | null> {
  return line.ask((api) => api.look());
}

/** @param count at most so many of the cell's images */
export function cellInWorker(cell: Cell, count: number): Promise<CellImages | null> {
  return line.ask((api) => api.cell(cell, count));
}

export function stopWorker(): void {
  void line.tell((api) => api.stop());
}
