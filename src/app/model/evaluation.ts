/** How well the held model reads the test images of a dataset. */
import { batch, signal } from "@preact/signals";
import type { AdapterSummary } from "../../core/engine.ts";
import type { EvaluationEvent } from "../../worker/job.ts";
import type { ErrorEvent } from "../../worker/job-error.ts";
import type { DataChoice, DataEvent, TrainerEvent } from "../../worker/trainer-api.ts";
import { dataChoice } from "../state/datasets.ts";
import type { HeldModel } from "../state/model.ts";
import { resolved } from "../state/options.ts";
import { evaluateInWorker } from "../state/reader.ts";
import { adapterState } from "../state/trainer.ts";

export interface Outcome {
  model: HeldModel;
  event: EvaluationEvent;
  adapter: AdapterSummary;
}

export const outcome = signal<Outcome | null>(null);
/** The data on their way while it goes on; null before they are, undefined when nothing goes on. */
export const under = signal<DataEvent | null | undefined>(undefined);
/** With the data, where these could not be downloaded. */
export const problem = signal<(Pick<ErrorEvent, "message" | "hint"> & { data?: DataChoice }) | null>(null);

/** Where there is no adapter the CPU reads, which the result names; reading is a small part of training. */
export function engineHere(): "gpu" | "cpu" {
  return adapterState.value.state === "found" ? resolved.value.engine : "cpu";
}

/** @param dataset one of those offered */
export async function evaluateModel(model: HeldModel, dataset: string): Promise<void> {
  const data = dataChoice(dataset);
  if (under.value !== undefined || !data) return;
  batch(() => {
    under.value = null;
    problem.value = null;
    outcome.value = null;
  });
  let adapter: AdapterSummary | undefined;
  const take = (event: TrainerEvent): void => {
    if (event.type === "data") under.value = event;
    else if (event.type === "adapter") adapter = event.adapter;
    else if (event.type === "error")
      problem.value = event.code.startsWith("download/") ? { ...event, data } : event;
    else if (event.type === "evaluation" && adapter) outcome.value = { model, event, adapter };
  };
  try {
    const request = { model: model.bytes, data, engine: engineHere(), adapter: resolved.value.adapter };
    await evaluateInWorker(request, take);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    problem.value = { message, hint: "Reload the page and try again." };
  } finally {
    under.value = undefined;
  }
}
