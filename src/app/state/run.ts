/** The run: where it stands, everything it has said so far, and what a person can do with it. */
import { batch, computed, signal } from "@preact/signals";
import type { AdapterSummary } from "../../core/engine.ts";
import { modelOfCheckpoint } from "../../model/checkpoint-model.ts";
import { readCheckpoint } from "../../model/checkpoint.ts";
import type { EpochEvent, StepEvent, WarningEvent } from "../../train/events.ts";
import type {
  DoneEvent,
  EvaluationEvent,
  FileEvent,
  JobEvent,
  StartEvent,
  TuningEvent,
} from "../../worker/job.ts";
import type { ErrorEvent as TrainerError } from "../../worker/job-error.ts";
import type { DataEvent, SamplesEvent, TrainerEvent, TrainRequest } from "../../worker/trainer-api.ts";
import { isLogged } from "../../worker/run-directory/log.ts";
import { Curves } from "./curves.ts";
import { zoom } from "./curve-view.ts";
import { dataChoice } from "./datasets.ts";
import type { KeptRun } from "./kept-run.ts";
import { EpochMean, type Means } from "./epoch-mean.ts";
import { holdModel } from "./model.ts";
import { given, resolved } from "./options.ts";
import { optionTexts } from "./permalink.ts";
import { rowAt, rowOf, type RunIdentity } from "./run-row.ts";
import { keepRun, runs } from "./runs.ts";
import { settle, settling } from "./standstill.ts";
import { endWorker, pauseWorker, resumeWorker, stepWorker, stopWorker, trainInWorker } from "./trainer.ts";
import { obstacle } from "./what-hinders.ts";
import { Cancelled } from "./worker-line.ts";
import { brokenWorker } from "./worker-task.ts";

export type Phase = "idle" | "preparing" | "running" | "paused" | "stopping" | "ended";

export const phase = signal<Phase>("idle");
export const adapter = signal<AdapterSummary | null>(null);
export const loading = signal<DataEvent | null>(null);
export const samples = signal<SamplesEvent | null>(null);
/** The table that was found for this run, or was known. */
export const tuning = signal<TuningEvent | null>(null);
export const start = signal<StartEvent | null>(null);
export const latest = signal<StepEvent | null>(null);
/** The newest checkpoint, with the row that the list gets of the run, should its tab be closed before the next. */
export const checkpointed = signal<{ run: KeptRun; checkpoint: Uint8Array } | null>(null);
export const epochs = signal<EpochEvent[]>([]);
export const warnings = signal<WarningEvent[]>([]);
export const failure = signal<Pick<TrainerError, "code" | "message" | "hint"> | null>(null);
/** Of the test images, at the end. */
export const evaluation = signal<EvaluationEvent | null>(null);
/** Of the validation rows, as they were read last: at the end of an epoch, or of a run that ended within one. */
export const validated = signal<EvaluationEvent | null>(null);
/** Steps taken before that. */
export const validatedAt = signal(0);
export const done = signal<DoneEvent | null>(null);
/** The newest of each file that the run has given. */
export const files = signal<Partial<Record<FileEvent["name"], Uint8Array>>>({});
/** What the run is, or was, to be trained on. */
export const trainedOn = signal<TrainRequest["data"] | null>(null);
/** Samples per second, smoothed. */
export const speed = signal<number | null>(null);
export const curves = new Curves();
/** Over the epoch so far, or over the last one when it is finished. */
export const epochMeans = signal<Means | null>(null);
let epochMean = new EpochMean(1);

/** Whether tiles are being tried on the device. */
export const searching = computed(
  () =>
    phase.value === "preparing" &&
    adapter.value !== null &&
    tuning.value === null &&
    resolved.value.tune !== "off" &&
    resolved.value.engine === "gpu",
);

/** The settings of the run, as the form had them; null where they were not from the form. */
const startedWith = signal<string | null>(null);

/** Whether the form has come to say something else than what the finished run was. */
export const outdated = computed(
  () =>
    phase.value === "ended" &&
    startedWith.value !== null &&
    startedWith.value !== JSON.stringify(resolved.value),
);

export const busy = computed(() => phase.value !== "idle" && phase.value !== "ended");

/** Steps that the run will have taken at its end, unless it ends early. */
export const targetSteps = computed(() => {
  if (!start.value) return 0;
  return Math.min(start.value.totalSteps, start.value.options.maxSteps ?? Infinity);
});

/** Of the parameters that the run ended with; while it goes on, and where it failed, as of its last epoch. */
export const validation = computed(
  () => (done.value ? done.value.validation : epochs.value.at(-1)?.validation) ?? null,
);

/** 0 to 1. */
export const progress = computed(() =>
  targetSteps.value > 0 ? Math.min(1, (latest.value?.step ?? 0) / targetSteps.value) : 0,
);

export const secondsLeft = computed(() => {
  if (!start.value || !latest.value || !speed.value) return null;
  const { training, stepsPerEpoch, rows } = start.value;
  const rowsPerStep = Math.min(training.batchSize, rows.train / stepsPerEpoch);
  return ((targetSteps.value - latest.value.step) * rowsPerStep) / speed.value;
});

/** @param stepping takes one step and pauses */
export async function startRun({ stepping = false } = {}): Promise<void> {
  const data = dataChoice(resolved.value.data);
  if (busy.value || obstacle.value !== undefined || data === undefined) return;
  const settings = JSON.stringify(resolved.value);
  const ended = carryOut({ options: given.value, data }, stepping);
  startedWith.value = settings;
  await ended;
}

/**
 * Goes on with a run from its checkpoint. Nothing happens while another run is under way.
 * @param row its row in the list, to be continued, where the checkpoint is that of an interrupted run
 */
export async function goOn(request: Required<TrainRequest>, row?: KeptRun): Promise<void> {
  if (!busy.value) await carryOut(request, false, row);
}

async function carryOut(request: TrainRequest, stepping: boolean, before?: KeptRun): Promise<void> {
  current = { id: before?.id ?? newId(), options: before?.options ?? optionTexts(request.options), before };
  batch(() => {
    reset();
    trainedOn.value = request.data;
    phase.value = "preparing";
  });
  stepsOnly = stepping;
  try {
    const ended = trainInWorker(request, (event) => batch(() => apply(event)));
    if (stepping) void settle(stepWorker());
    await ended;
  } catch (error) {
    if (error instanceof Cancelled) {
      batch(reset);
      return;
    }
    batch(() => {
      failure.value = brokenWorker(error);
      holdLastCheckpoint();
    });
  }
  phase.value = "ended";
  endedAt = performance.now();
  const run = rowSoFar();
  // Where nothing could be saved since, the row stays that can be gone on with.
  if (run && (!before || Object.keys(files.peek()).length > 0)) await keepRun(run);
}

/** All that is left of a run whose worker cannot give its model any more. */
function holdLastCheckpoint(): void {
  const checkpoint = files.peek()["checkpoint.safetensors"];
  if (!checkpoint) return;
  holdModel(
    modelOfCheckpoint(readCheckpoint(checkpoint)),
    { kind: "run" },
    { checkpoint, run: { events: said } },
  );
  failure.value = {
    ...failure.peek()!,
    hint:
      "What the run had learned by its last checkpoint is kept: Model has it, and goes on from there. " +
      "A browser ends a worker that takes more memory than there is.",
  };
}

/** The run that is under way or has ended; `before` is the row that it continues, as that was. */
let current: (Omit<RunIdentity, "name"> & { before: KeptRun | undefined }) | undefined;

/** What the run under way is called in the list of runs. */
export function runId(): string | undefined {
  return current?.id;
}

function newId(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}

let endedAt = -Infinity;

/** Too short ago for anybody to have seen it before pressing a key or a button. */
export function hasJustEnded(): boolean {
  return phase.peek() === "ended" && performance.now() - endedAt < 600;
}

/** The run is to pause at its first step. */
let stepsOnly = false;

export function pauseRun(): void {
  if (phase.value !== "running") return;
  phase.value = "paused";
  void settle(pauseWorker());
}

export function resumeRun(): void {
  if (phase.value !== "paused") return;
  phase.value = "running";
  resumeWorker();
}

/** Takes exactly one step and pauses, from wherever the run stands. */
export function stepRun(): void {
  if (phase.value === "running" || phase.value === "paused") {
    // What stands still already does so until its step is taken.
    const settles = phase.value === "running" || settling.value;
    phase.value = "paused";
    const taken = stepWorker();
    if (settles) void settle(taken);
  } else void startRun({ stepping: true });
}

/** Back to before the run. One that is under way is ended at once, and nothing of it is kept. */
export function resetRun(): void {
  if (phase.value === "ended") batch(reset);
  else if (busy.value) endWorker();
}

export function stopRun(): void {
  // Nothing is learned yet, and loading does not listen: the worker itself is ended.
  if (phase.value === "preparing") endWorker();
  else if (phase.value === "running" || phase.value === "paused") {
    phase.value = "stopping";
    stopWorker();
  }
}

/** What the space bar does. Results stay on the screen: after a run, only the button begins another. */
export function toggleRun(): void {
  if (phase.value === "running") pauseRun();
  else if (phase.value === "paused") resumeRun();
  else if (phase.value === "idle") void startRun();
}

function reset(): void {
  phase.value = "idle";
  const all = [
    adapter,
    loading,
    samples,
    tuning,
    start,
    latest,
    checkpointed,
    failure,
    evaluation,
    validated,
    done,
    speed,
    epochMeans,
    trainedOn,
  ];
  for (const signal of all) signal.value = null;
  startedWith.value = null;
  epochs.value = [];
  warnings.value = [];
  files.value = {};
  zoom.value = null;
  curves.clear();
  // A model may still be held with what the last run said.
  said = [];
}

/** Everything worth a line in the run's log, and the evaluation for its report. */
let said: JobEvent[] = [];

function apply(event: TrainerEvent): void {
  if ((event.type === "evaluation" && event.split === "test") || isLogged(event))
    said.push(event as JobEvent);
  switch (event.type) {
    case "data":
      loading.value = event;
      break;
    case "samples":
      loading.value = null;
      samples.value = event;
      break;
    case "adapter":
      adapter.value = event.adapter;
      break;
    case "tuning":
      tuning.value = event;
      break;
    case "start":
      start.value = event;
      epochMean = new EpochMean(event.stepsPerEpoch);
      if (current?.before) {
        const rows = Math.min(event.training.batchSize, event.rows.train);
        curves.restore(current.before.curves, event.step, rows);
      }
      if (phase.value === "preparing") phase.value = stepsOnly ? "paused" : "running";
      break;
    case "steps":
      curves.addSteps(event);
      epochMean.add(event);
      epochMeans.value = epochMean.means();
      break;
    case "step":
      latest.value = event;
      if (event.samplesPerSecond > 0) {
        const old = speed.value ?? event.samplesPerSecond;
        speed.value = old + 0.3 * (event.samplesPerSecond - old);
      }
      break;
    case "epoch":
      epochs.value = [...epochs.value, event];
      if (event.validation) curves.addValidation(event.step, event.validation);
      break;
    case "warning":
      warnings.value = [...warnings.value, event];
      break;
    case "file":
      // What has learned nothing is no model to read with, and none to lose the held one for.
      if (event.steps === 0) break;
      files.value = { ...files.value, [event.name]: event.bytes };
      if (event.name === "checkpoint.safetensors") noteCheckpoint(event);
      if (event.name === "model.safetensors") {
        const checkpoint = files.value["checkpoint.safetensors"] ?? null;
        holdModel(event.bytes, { kind: "run" }, { checkpoint, run: { events: said } });
      }
      break;
    case "evaluation":
      if (event.split === "test") evaluation.value = event;
      else {
        validated.value = event;
        // Every step before it has been told of.
        validatedAt.value = latest.value?.step ?? 0;
      }
      break;
    case "done":
      done.value = event;
      // Of parameters that were put back there is a point already.
      curves.end(event.steps, event.keptEpoch === null ? event.validation : null);
      break;
    case "error":
      failure.value = event;
      break;
    case "prediction":
      break;
  }
}

function noteCheckpoint({ bytes, steps = 0, seconds = 0 }: FileEvent): void {
  const run = rowSoFar();
  if (!run || !start.value) return;
  checkpointed.value = {
    checkpoint: bytes,
    run: rowAt(run, { steps, seconds, start: start.value, epochs: epochs.value, before: current?.before }),
  };
}

/** What is kept of the run, once it has learned something. */
function rowSoFar(): KeptRun | undefined {
  const begun = start.value;
  const steps = done.value?.steps ?? latest.value?.step ?? 0;
  if (!current || !begun || steps === 0) return undefined;
  const { id, before } = current;
  // It may have been called something else meanwhile.
  const name = (runs.peek().find((run) => run.id === id) ?? before)?.name ?? "";
  return rowOf(
    { ...current, name },
    {
      start: begun,
      steps,
      epochs: epochs.value,
      validation: validation.value,
      test: evaluation.value,
      done: done.value,
      failure: failure.value,
      curves: curves.data(),
    },
  );
}
