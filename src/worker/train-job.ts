/** The training job: makes the dataset and the engine, runs the trainer, and turns its states into files. */
import type { Dataset } from "../core/dataset.ts";
import { sameAdapter } from "../core/adapter.ts";
import type { AdapterSummary, Engine } from "../core/engine.ts";
import { resolveRunOptions, toSpecs, type RunOptions } from "../core/run-options.ts";
import { counted } from "../core/words.ts";
import { holdOutValidation } from "../data/split.ts";
import { readCheckpoint, writeCheckpoint } from "../model/checkpoint.ts";
import { summarizeDataset, type HeldOut } from "../model/metadata.ts";
import { readInitialParameters, writeModel } from "../model/model-file.ts";
import { adapterName } from "../gpu/device.ts";
import type { GpuEngine } from "../gpu/engine.ts";
import type { CheckpointEvent, StartEvent as TrainerStart, TrainResult } from "../train/events.ts";
import { checkResumeDataset } from "../train/resume.ts";
import { train } from "../train/trainer.ts";
import { evaluationEvent } from "./inference-job.ts";
import { engineTuning, openDataset, openEngine } from "./job-engine.ts";
import type { FileEvent, JobEvent, JobHost, TrainJob } from "./job.ts";
import { profileEvents } from "./profile-job.ts";
import { tunedTable } from "./tune-job.ts";

/** Seconds between checkpoints within an epoch. */
const CHECKPOINT_INTERVAL = 60;

/** @throws BacklitError; a run that diverges or loses its device gives its files first */
export async function* runTrainJob(job: TrainJob, host: JobHost): AsyncGenerator<JobEvent> {
  const options = resolveRunOptions(job.options);
  const checkpoint = job.checkpoint && readCheckpoint(job.checkpoint);
  const whole = await openDataset(job.data);
  if (checkpoint) checkResumeDataset(checkpoint.config, whole);
  const dataset = holdOutValidation(whole, options.validation, options.seed);
  const input = dataset.height * dataset.width;
  const specs = toSpecs(options, { input, classes: dataset.classes.length });
  const profile = job.profile === true && job.engine === "gpu";
  const opened: Engine[] = [];
  let tuning = checkpoint?.config.tuning;
  const open = async (): Promise<Engine> => {
    const engine = await openEngine(job, host, { ...specs, dataset, profile }, tuning);
    opened.push(engine);
    host.watcher?.opened(engine, dataset);
    return engine;
  };
  const current = (): Engine => opened[opened.length - 1];
  try {
    const mode = job.engine === "gpu" && !checkpoint && options.tune !== "off" ? options.tune : undefined;
    if (mode) tuning = yield* tunedTable(job, host, { ...specs, split: dataset.train }, mode);
    const engine = await open();
    if (!mode) yield { type: "adapter", adapter: engine.adapter };
    if (checkpoint) {
      yield* adapterWarning(checkpoint.config.adapter, engine.adapter);
      await engine.setState(checkpoint.state);
    } else if (job.init) {
      await engine.setParameters(readInitialParameters(job.init, engine.network));
    }
    const events = train(engine, {
      signal: host.signal,
      pause: host.pause,
      maxSteps: options.maxSteps,
      earlyStopping: options.earlyStopping,
      keepBest: options.keepBest,
      checkpointInterval: CHECKPOINT_INTERVAL,
      resumeFrom: checkpoint?.trainer,
      evaluateAborted: job.evaluateAborted,
      reopen: open,
      onRecords: (records) => host.watcher?.recorded(records),
      onValidation: (evaluation, parameters) =>
        host.watcher?.evaluated({
          split: "validation",
          dataset,
          network: current().network,
          parameters,
          evaluation,
        }),
    });
    for await (const event of events) {
      switch (event.type) {
        case "start":
          yield {
            ...event,
            dataset: summarizeDataset(dataset),
            options,
            tuning: engineTuning(current()),
          };
          if (event.step === 0) yield* batchWarning(event);
          break;
        case "checkpoint":
          yield* checkpointFiles(event, current(), options, dataset, job.runtime);
          break;
        case "done": {
          const { test, ...result } = event;
          const { network } = current();
          const parameters = await current().parameters();
          yield finalModel(current(), parameters, options, dataset, event);
          if (test) {
            const evaluated = { split: "test", dataset, network, parameters, evaluation: test } as const;
            host.watcher?.evaluated(evaluated);
            yield evaluationEvent(evaluated);
          }
          const { dispatchesPerStep, stepsPerSubmit, bytesUploadedPerStep, bytesUploadedPerEpoch } =
            current().plan;
          if (profile) yield* profileEvents(current() as GpuEngine, job, host);
          const plan = { dispatchesPerStep, stepsPerSubmit, bytesUploadedPerStep, bytesUploadedPerEpoch };
          const submits = opened.reduce((sum, each) => sum + each.counters.submits, 0);
          yield { ...result, plan: { ...plan, submits } };
          break;
        }
        default:
          yield event;
      }
    }
  } finally {
    host.watcher?.closed();
    for (const engine of opened) engine.dispose();
  }
}

/** Another adapter rounds in other places: the run goes on, but not as if it had never stopped. */
function* adapterWarning(before: AdapterSummary, now: AdapterSummary): Generator<JobEvent> {
  if (sameAdapter(before, now)) return;
  yield {
    type: "warning",
    code: "resume/adapter",
    message:
      `the checkpoint was made on ${adapterName(before)}, but the run goes on on ${adapterName(now)}: ` +
      "it will not end with the same bits",
    hint: "",
  };
}

/** That the batch is not what was asked for should not be found out from the number of steps. */
function* batchWarning({
  training: { batchSize },
  rows: { train: rows },
}: TrainerStart): Generator<JobEvent> {
  if (batchSize <= rows) return;
  yield {
    type: "warning",
    code: "data/batch",
    message:
      `the batch of ${counted(batchSize, "row")} is larger than the training split of ${counted(rows, "row")}: ` +
      "every step takes all of them, one step per epoch",
    hint: "",
  };
}

/** The checkpoint's file; after a failure also the model, since none will follow. */
function* checkpointFiles(
  { reason, state, trainer }: CheckpointEvent,
  engine: Engine,
  options: RunOptions,
  dataset: Dataset,
  runtime: TrainJob["runtime"],
): Generator<FileEvent> {
  const { kind, precision, adapter, network, training } = engine;
  // How far this call was to go is no property of the run.
  const { maxSteps: _, ...kept } = options;
  const config = {
    network,
    training,
    options: kept,
    dataset,
    engine: kind,
    precision,
    adapter,
    ...(runtime && { runtime }),
    tuning: engineTuning(engine),
  };
  yield {
    type: "file",
    name: "checkpoint.safetensors",
    bytes: writeCheckpoint({ state, trainer, config }),
    steps: state.step,
    seconds: trainer.seconds,
  };
  if (reason === "diverged" || reason === "device-lost") {
    const bytes = writeModel({
      network,
      parameters: state.parameters,
      dataset: summarizeDataset(dataset),
      training,
      validation: heldOut(options),
    });
    yield { type: "file", name: "model.safetensors", bytes, steps: state.step };
  }
}

function finalModel(
  engine: Engine,
  parameters: Record<string, Float32Array>,
  options: RunOptions,
  dataset: Dataset,
  result: TrainResult,
): FileEvent {
  const { network, training } = engine;
  const { test, train: last, validation, steps } = result;
  const metrics = {
    steps,
    ...(test && { test: { accuracy: test.accuracy, loss: test.loss } }),
    ...(validation && { validation: { ...validation } }),
    ...(last && { train: { ...last } }),
  };
  const bytes = writeModel({
    network,
    parameters,
    dataset: summarizeDataset(dataset),
    training,
    validation: heldOut(options),
    metrics,
  });
  return { type: "file", name: "model.safetensors", bytes, steps };
}

/** What `eval` needs to find the same validation rows again. */
function heldOut({ validation, seed }: RunOptions): HeldOut | undefined {
  return validation === undefined || seed === undefined ? undefined : { rows: validation, seed };
}
