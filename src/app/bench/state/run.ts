/** The benchmark: where it stands, what it has measured so far, and what a person can do with it. */
import { proxy } from "comlink";
import { batch, computed, signal } from "@preact/signals";
import type { AdapterSummary } from "../../../core/engine.ts";
import type { BenchResult } from "../../../bench/result.ts";
import type { BenchEvent } from "../../../bench/run.ts";
import type { BenchApi, BenchPageEvent, BenchRequest } from "../../../worker/bench-api.ts";
import type { ErrorEvent as JobError } from "../../../worker/job-error.ts";
import type { DataEvent } from "../../../worker/trainer-api.ts";
import { Cancelled, WorkerLine } from "../../state/worker-line.ts";
import { problems, request } from "./options.ts";

export type Phase = "idle" | "loading" | "running" | "stopping" | "ended";
export type AdapterState =
  | { state: "asking" }
  | { state: "found"; adapter: AdapterSummary }
  | { state: "none"; error: Pick<JobError, "code" | "message" | "hint"> };

type Row = Extract<BenchEvent, { type: "row" }>["row"];
type ProgressEvent = Extract<BenchEvent, { type: "progress" }>;

export const phase = signal<Phase>("idle");
export const adapterState = signal<AdapterState>({ state: "asking" });
/** What is being measured, or was last. */
export const asked = signal<BenchRequest | null>(null);
export const loading = signal<DataEvent | null>(null);
export const progress = signal<ProgressEvent | null>(null);
export const rows = signal<Row[]>([]);
export const result = signal<BenchResult | null>(null);
export const failure = signal<Pick<JobError, "code" | "message" | "hint"> | null>(null);

export const busy = computed(() => phase.value !== "idle" && phase.value !== "ended");

export const adapter = computed(() =>
  adapterState.value.state === "found" ? adapterState.value.adapter : null,
);

/** Why nothing can be started; undefined when it can. */
export const obstacle = computed(() => {
  if (Object.keys(problems.value).length > 0) return "One of the options is not valid.";
  if (adapterState.value.state === "none") return "There is no WebGPU adapter here.";
  return undefined;
});

const line = new WorkerLine<BenchApi>(
  () => new Worker(new URL("../../../worker/bench-worker.ts", import.meta.url), { type: "module" }),
);

export async function findAdapter(): Promise<void> {
  try {
    const answer = await line.ask((api) => api.probe());
    adapterState.value =
      answer.type === "adapter"
        ? { state: "found", adapter: answer.adapter }
        : { state: "none", error: answer };
  } catch (error) {
    if (error instanceof Cancelled) return;
    adapterState.value = { state: "none", error: brokenWorker(error) };
  }
}

export async function startBench(): Promise<void> {
  if (busy.value || obstacle.value !== undefined) return;
  const wanted = request.value;
  batch(() => {
    reset();
    asked.value = wanted;
    phase.value = "loading";
  });
  try {
    await line.ask((api) =>
      api.run(
        wanted,
        proxy((event) => batch(() => apply(event))),
      ),
    );
  } catch (error) {
    if (!(error instanceof Cancelled)) failure.value = brokenWorker(error);
  }
  phase.value = "ended";
}

/** The first time, what was measured becomes a result; a second time ends the worker at once. */
export function stopBench(): void {
  if (phase.value === "running") {
    phase.value = "stopping";
    line.tell((api) => api.stop());
  } else if (busy.value) {
    line.end();
  }
}

function brokenWorker(error: unknown): Pick<JobError, "code" | "message" | "hint"> {
  const message = error instanceof Error ? error.message : String(error);
  return { code: "worker", message, hint: "Reload the page and start again." };
}

function reset(): void {
  for (const each of [loading, progress, result, failure]) each.value = null;
  rows.value = [];
}

function apply(event: BenchPageEvent): void {
  switch (event.type) {
    case "data":
      loading.value = event;
      break;
    case "adapter":
      adapterState.value = { state: "found", adapter: event.adapter };
      loading.value = null;
      if (phase.value === "loading") phase.value = "running";
      break;
    case "progress":
      progress.value = event;
      break;
    case "row":
      rows.value = [...rows.value, event.row];
      break;
    case "bench":
      result.value = event.result;
      break;
    case "error":
      failure.value = event;
      break;
    default:
  }
}
