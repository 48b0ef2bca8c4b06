/** The training worker as the page holds it: one at a time, replaced when it has to be ended. */
import { proxy, wrap, type Remote } from "comlink";
import { signal } from "@preact/signals";
import type { AdapterSummary } from "../../core/engine.ts";
import type { ErrorEvent as TrainerError } from "../../worker/job-error.ts";
import type { SamplesEvent, TrainerApi, TrainerEvent, TrainRequest } from "../../worker/trainer-api.ts";

export type AdapterState =
  | { state: "asking" }
  | { state: "found"; adapter: AdapterSummary }
  | { state: "none"; error: Pick<TrainerError, "code" | "message" | "hint"> };

/** What WebGPU gives in the worker. */
export const adapterState = signal<AdapterState>({ state: "asking" });

/** Synthetic digits to look at. */
export const preview = signal<SamplesEvent | null>(null);

const PREVIEW = 90;

interface Connection {
  worker: Worker;
  api: Remote<TrainerApi>;
  /** Rejects when the worker breaks or is ended. */
  broken: Promise<never>;
  end: (error: Error) => void;
}

let connection: Connection | undefined;

function connect(): Connection {
  if (connection) return connection;
  const worker = new Worker(new URL("../../worker/trainer-worker.ts", import.meta.url), { type: "module" });
  let end: (error: Error) => void = () => {};
  const broken = new Promise<never>((_, reject) => (end = reject));
  broken.catch(() => (connection = undefined));
  worker.addEventListener("error", (event) => {
    worker.terminate();
    end(new Error(event.message || "the training worker could not be started"));
  });
  connection = { worker, api: wrap<TrainerApi>(worker), broken, end };
  return connection;
}

/** Thrown by what was under way when the worker was ended on purpose. */
export class Cancelled extends Error {}

/** Ends whatever the worker does, at once. The next call gets a new one. */
export function endWorker(): void {
  const ended = connection;
  connection = undefined;
  ended?.worker.terminate();
  ended?.end(new Cancelled("the training worker was ended"));
}

export async function greetWorker(): Promise<void> {
  const { api, broken } = connect();
  try {
    const answer = await Promise.race([api.probe(), broken]);
    adapterState.value =
      answer.type === "adapter"
        ? { state: "found", adapter: answer.adapter }
        : { state: "none", error: answer };
    preview.value = await Promise.race([api.preview(PREVIEW), broken]);
  } catch (error) {
    if (error instanceof Cancelled) return;
    const message = error instanceof Error ? error.message : String(error);
    adapterState.value = { state: "none", error: { code: "worker", message, hint: "Reload the page." } };
  }
}

/** @throws Cancelled, or an error when the worker breaks; errors of the run itself are events */
export async function trainInWorker(
  request: TrainRequest,
  onEvent: (event: TrainerEvent) => void,
): Promise<void> {
  const { api, broken } = connect();
  await Promise.race([api.train(request, proxy(onEvent)), broken]);
}

export function pauseWorker(): void {
  void connection?.api.pause();
}

export function resumeWorker(): void {
  void connection?.api.resume();
}

export function stopWorker(): void {
  void connection?.api.stop();
}
