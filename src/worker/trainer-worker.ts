/** The page's training worker: loads the data, runs the same jobs as the command line, and hands their events over. */
import { expose, transfer } from "comlink";
import type { Dataset } from "../core/dataset.ts";
import type { TensorSummary } from "../model/tensor-summary.ts";
import { readCheckpoint } from "../model/checkpoint.ts";
import { SpecError, toBacklitError } from "../core/errors.ts";
import { resolveRunOptions, type RunOptions } from "../core/run-options.ts";
import { syntheticDataset } from "../data/synthetic/dataset.ts";
import { PauseGate } from "../train/pause.ts";
import type { DataFileRole } from "../data/dataset-files.ts";
import { fittingValidation } from "../data/split.ts";
import { probeAdapter } from "./adapter-job.ts";
import { runEvaluateJob } from "./inference-job.ts";
import type { AdapterEvent, AdapterWish, EvaluateJob, JobEvent, TrainJob, TuningEvent } from "./job.ts";
import { shapeOf, trainingBytes } from "./footprint.ts";
import { createBrowserCache } from "./browser-cache.ts";
import type { FileCache } from "../data/file-cache.ts";
import { lookAtFile, type DataFileLook } from "./data-file-look.ts";
import { runTrainJob } from "./train-job.ts";
import { errorToEvent, type ErrorEvent } from "./job-error.ts";
import { ModelReader, type Reading } from "./model-reader.ts";
import { PageData, samplesOf } from "./page-data.ts";
import { keepTuning, readTunings } from "./tuning-store.ts";
import type { Look } from "./look.ts";
import { RunWatch } from "./run-watch.ts";
import type {
  Cell,
  CellImages,
  EvaluateRequest,
  FootprintEvent,
  FootprintRequest,
  SamplesEvent,
  TrainerApi,
  TrainerEvent,
  TrainRequest,
} from "./trainer-api.ts";

class Trainer implements TrainerApi {
  readonly #data = new PageData();
  readonly #adapters = new Map<AdapterWish, Promise<AdapterEvent | ErrorEvent>>();
  #watch: RunWatch | undefined;
  readonly #reader = new ModelReader();
  #current: { stop: AbortController; pause: PauseGate } | undefined;

  probe(): Promise<AdapterEvent | ErrorEvent> {
    return this.#probe("auto");
  }

  async footprint({ options, shape }: FootprintRequest): Promise<FootprintEvent | ErrorEvent> {
    const { engine, adapter } = resolveRunOptions(options);
    if (engine === "cpu" || !shape) return { type: "footprint", bytes: null };
    const found = await this.#probe(adapter);
    if (found.type === "error") return found;
    const {
      limits,
      adapter: { software },
    } = found;
    try {
      return { type: "footprint", bytes: trainingBytes(options, shape, { limits, software }) };
    } catch (error) {
      return errorToEvent(toBacklitError(error));
    }
  }

  /** Asked once: a device to look at is made for each answer. */
  #probe(wish: AdapterWish): Promise<AdapterEvent | ErrorEvent> {
    const known = this.#adapters.get(wish);
    if (known) return known;
    const asked = probeAdapter(navigator.gpu, wish);
    this.#adapters.set(wish, asked);
    // An adapter may be there later.
    void asked.then(({ type }) => type === "error" && this.#adapters.delete(wish));
    return asked;
  }

  preview(count: number): SamplesEvent {
    return samplesOf(syntheticDataset({ train: count, test: 1 }));
  }

  async lookAtFile(role: DataFileRole, file: File): Promise<DataFileLook | ErrorEvent> {
    try {
      const found = await lookAtFile(role, file);
      return found.kind === "images" ? transfer(found, [found.first.buffer as ArrayBuffer]) : found;
    } catch (error) {
      return errorToEvent(toBacklitError(error));
    }
  }

  async train(request: TrainRequest, onEvent: (event: TrainerEvent) => void | Promise<void>): Promise<void> {
    const current = { stop: new AbortController(), pause: new PauseGate() };
    try {
      if (this.#current) throw new SpecError("run", "this worker is training already");
      this.#current = current;
      this.#watch = new RunWatch((event) => void onEvent(event));
      // What there is no room for is refused before anything is loaded for it.
      const footprint = await this.footprint({ options: request.options, shape: shapeOf(request.data) });
      if (footprint.type === "error") {
        await onEvent(footprint);
        return;
      }
      const dataset = await this.#data.open(request.data, (event) => void onEvent(event));
      void onEvent(samplesOf(dataset));
      const tables = tunes(request) ? createBrowserCache(undefined, "tuning") : undefined;
      const job: TrainJob = {
        kind: "train",
        ...placed(request.options),
        options: withFittingValidation(request.options, dataset, onEvent),
        data: { kind: "given", dataset },
        evaluateAborted: true,
        ...(request.checkpoint && { checkpoint: request.checkpoint }),
        ...(tables && {
          tunings: await readTunings(tables, (message) => void onEvent(tableWarning(message))),
        }),
      };
      const { stop, pause } = current;
      const host = { gpu: navigator.gpu, signal: stop.signal, pause, watcher: this.#watch };
      for await (const event of runTrainJob(job, host)) {
        if (event.type === "tuning" && tables) await keepTable(tables, event, onEvent);
        await onEvent(movable(event));
        if (event.type === "start" && request.checkpoint) {
          for (const epoch of readCheckpoint(request.checkpoint).trainer.history) {
            void onEvent({ type: "epoch", ...epoch });
          }
        }
      }
    } catch (error) {
      await onEvent(errorToEvent(toBacklitError(error)));
    } finally {
      // Whoever waits for it to stand still has nothing more to wait for.
      current.pause.resume();
      if (this.#current === current) this.#current = undefined;
    }
  }

  async pause(): Promise<void> {
    this.#current?.pause.pause();
    await this.#current?.pause.still();
  }

  resume(): void {
    this.#current?.pause.resume();
  }

  async step(): Promise<void> {
    this.#current?.pause.step();
    await this.#current?.pause.still();
  }

  stop(): void {
    this.#current?.stop.abort();
  }

  async look(): Promise<Look | null> {
    const found = await this.#watch?.look();
    return found ? transfer(found, [found.weights.buffer as ArrayBuffer]) : null;
  }

  cell(cell: Cell, count: number): CellImages | null {
    return this.#watch?.cell(cell, count) ?? null;
  }

  hold(model: Uint8Array): TensorSummary[] {
    return this.#reader.hold(model);
  }

  read(pixels: Uint8Array, about?: number): Reading {
    return this.#reader.read(pixels, about);
  }

  async evaluate(
    { data: choice, ...placed }: EvaluateRequest,
    onEvent: (event: TrainerEvent) => void | Promise<void>,
  ): Promise<void> {
    try {
      const dataset = await this.#data.openTest(choice, (event) => void onEvent(event));
      const data = { kind: "given", dataset } as const;
      const job: EvaluateJob = { kind: "evaluate", split: "test", validation: 0, seed: 0, data, ...placed };
      const host = { gpu: navigator.gpu, signal: new AbortController().signal };
      for await (const event of runEvaluateJob(job, host)) await onEvent(event);
    } catch (error) {
      await onEvent(errorToEvent(toBacklitError(error)));
    }
  }
}

function placed(options: RunOptions): Pick<TrainJob, "engine" | "adapter"> {
  const { engine, adapter } = resolveRunOptions(options);
  return { engine, adapter };
}

/** Only then the tables found before matter: a checkpoint has its own. */
function tunes({ options, checkpoint }: TrainRequest): boolean {
  const { engine, tune } = resolveRunOptions(options);
  return engine === "gpu" && tune !== "off" && checkpoint === undefined;
}

/** A browser may refuse to keep anything; the run goes on. */
async function keepTable(
  tables: FileCache,
  event: TuningEvent,
  onEvent: (event: TrainerEvent) => void | Promise<void>,
): Promise<void> {
  try {
    await keepTuning(tables, event);
  } catch (error) {
    void onEvent(tableWarning(`the tiles found now could not be kept: ${(error as Error).message}`));
  }
}

function tableWarning(message: string): TrainerEvent {
  return { type: "warning", code: "tune/tables", message, hint: "They are searched for again." };
}

/** The default number of validation rows is meant for sets like MNIST; a small set gives up a tenth. */
function withFittingValidation(
  options: RunOptions,
  dataset: Dataset,
  onEvent: (event: TrainerEvent) => void | Promise<void>,
): RunOptions {
  const { validation } = resolveRunOptions(options);
  const rows = dataset.train.labels.length;
  const fitting = fittingValidation(validation, rows);
  if (options.validation !== undefined || fitting === validation) return options;
  void onEvent({
    type: "warning",
    code: "data/small",
    message: `${fitting} of ${rows} training images are held out for validation instead of ${validation}`,
    hint: "",
  });
  return { ...options, validation: fitting };
}

/** Large files change hands instead of being copied. */
function movable(event: JobEvent): JobEvent {
  return event.type === "file" ? transfer(event, [event.bytes.buffer as ArrayBuffer]) : event;
}

expose(new Trainer());
