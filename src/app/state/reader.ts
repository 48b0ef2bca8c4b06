/**
 * The worker that reads single images with the held model, beside the one that trains: the same program, so nothing more
 * is loaded, but a thread of its own, so that an answer never waits for a run. It also looks at files that were chosen.
 */
import { proxy } from "comlink";
import type { DataFileRole } from "../../data/dataset-files.ts";
import type { TensorSummary } from "../../model/tensor-summary.ts";
import type { DataFileLook } from "../../worker/data-file-look.ts";
import type { ErrorEvent as TrainerError } from "../../worker/job-error.ts";
import type { Reading } from "../../worker/model-reader.ts";
import type { EvaluateRequest, TrainerApi, TrainerEvent } from "../../worker/trainer-api.ts";
import type { HeldModel } from "./model.ts";
import { trainerProgram } from "./trainer.ts";
import { WorkerLine } from "./worker-line.ts";

const line = new WorkerLine<TrainerApi>(trainerProgram);

let given: { model: HeldModel; tensors: Promise<TensorSummary[]> } | undefined;

/** The model's tensors in numbers. @throws an error when the worker breaks */
export function tensorsOf(model: HeldModel): Promise<TensorSummary[]> {
  if (given?.model !== model) {
    const tensors = line.ask((api) => api.hold(model.bytes));
    given = { model, tensors };
    // A worker that broke holds nothing; the next question goes to a new one.
    tensors.catch(() => (given = undefined));
  }
  return given.tensors;
}

/**
 * @param pixels `[height * width]`
 * @param about the class to explain; the one that is read when left out
 * @throws an error when the worker breaks
 */
export async function readImage(model: HeldModel, pixels: Uint8Array, about?: number): Promise<Reading> {
  await tensorsOf(model);
  try {
    return await line.ask((api) => api.read(pixels, about));
  } catch (error) {
    given = undefined;
    throw error;
  }
}

/** Resolves when it is over. @throws an error when the worker breaks; what else goes wrong is an event */
export async function evaluateInWorker(
  request: EvaluateRequest,
  onEvent: (event: TrainerEvent) => void,
): Promise<void> {
  await line.ask((api) => api.evaluate(request, proxy(onEvent)));
}

/** What one of the person's own files holds, or what is wrong with it. @throws an error when the worker breaks */
export function lookAtFileInWorker(role: DataFileRole, file: File): Promise<DataFileLook | TrainerError> {
  return line.ask((api) => api.lookAtFile(role, file));
}
