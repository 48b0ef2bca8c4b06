/** The benchmark: where it stands, what it has measured so far, and what a person can do with it. */
import { proxy } from "comlink";
import { batch, computed, signal } from "@preact/signals";
import type { BenchResult } from "../../../bench/result.ts";
import type { BenchEvent } from "../../../bench/run.ts";
import type { BenchApi, BenchPageEvent, BenchRequest } from "../../../worker/bench-api.ts";
import type { DataEvent } from "../../../worker/trainer-api.ts";
import { whyNoWebGpu } from "../../state/no-webgpu.ts";
import type { AdapterState } from "../../state/trainer.ts";
import { Cancelled, WorkerLine } from "../../state/worker-line.ts";
import { brokenWorker, WorkerTask } from "../../state/worker-task.ts";
import { problems, request } from "./options.ts";

type Row = Extract<BenchEvent, { type: "row" }>["row"];
type ProgressEvent = Extract<BenchEvent, { type: "progress" }>;

const line = new WorkerLine<BenchApi>(
  () => new Worker(new URL("../../../worker/bench-worker.ts", import.meta.url), { type: "module" }),
);
const task = new WorkerTask(line, (api) => api.stop());

export const { phase, failure, busy } = task;
export const adapterState = signal<AdapterState>({ state: "asking" });
/** What is being measured, or was last. */
export const asked = signal<BenchRequest | null>(null);
export const loading = signal<DataEvent | null>(null);
export const progress = signal<ProgressEvent | null>(null);
export const rows = signal<Row[]>([]);
export const result = signal<BenchResult | null>(null);

export const adapter = computed(() =>
  adapterState.value.state === "found" ? adapterState.value.adapter : null,
);

/** Why nothing can be started; undefined when it can. */
export const obstacle = computed(() => {
  if (Object.keys(problems.value).length > 0) return "One of the options is not valid.";
  if (adapterState.value.state === "none") return whyNoWebGpu(adapterState.value.error).text;
  return undefined;
});

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
  await task.carryOut(
    () => {
      for (const each of [loading, progress, result]) each.value = null;
      rows.value = [];
      asked.value = wanted;
    },
    (api) =>
      api.run(
        wanted,
        proxy((event) => batch(() => apply(event))),
      ),
  );
}

/** The first time, what was measured becomes a result; a second time ends the worker at once. */
export function stopBench(): void {
  task.stop();
}

function apply(event: BenchPageEvent): void {
  switch (event.type) {
    case "data":
      loading.value = event;
      break;
    case "adapter":
      adapterState.value = { state: "found", adapter: event.adapter };
      loading.value = null;
      task.begun();
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
