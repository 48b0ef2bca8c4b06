/** One training run between the runtime that computes it, the directory that keeps it and the person who watches. */
import { resolve } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { BacklitError, EXIT, toBacklitError } from "../core/errors.ts";
import type { EpochSummary, StepEvent } from "../train/events.ts";
import { adapterName } from "../gpu/device.ts";
import { errorToEvent } from "../worker/job-error.ts";
import type {
  DoneEvent,
  EvaluationEvent,
  JobEvent,
  ProfileEvent,
  StartEvent,
  TrainJob,
} from "../worker/job.ts";
import { isLogged, runConfig } from "../worker/run-directory/log.ts";
import { reportHtml } from "../worker/run-directory/report.ts";
import type { FileCache } from "../data/file-cache.ts";
import type { Context } from "./context.ts";
import { endText, resumeCommand } from "./end-text.ts";
import { pngDataUrl } from "./images/sheet.ts";
import { profileText } from "./profile-text.ts";
import { reportText } from "./report-text.ts";
import type { RunDirectory } from "./run-directory.ts";
import type { Runtime } from "./runtimes/runtime.ts";
import { TrainDisplay } from "./train-display.ts";
import { keepTable, tuningLine } from "./tuning-text.ts";

export class TrainSession {
  readonly #context: Context;
  readonly #directory: RunDirectory;
  readonly #runtime: Runtime;
  readonly #tables: FileCache;
  readonly #dataDir: string | undefined;
  readonly #display: TrainDisplay;
  readonly #epochs: EpochSummary[];
  readonly #steps: StepEvent[] = [];
  #start: StartEvent | undefined;
  #evaluation: EvaluationEvent | undefined;
  #profile: ProfileEvent | undefined;
  #done: DoneEvent | undefined;
  /** Whether there is a checkpoint to go on from. */
  #saved = false;

  /**
   * @param tables where tuning tables are kept
   * @param history epochs finished before, where the run goes on
   */
  constructor(
    context: Context,
    directory: RunDirectory,
    runtime: Runtime,
    tables: FileCache,
    dataDir: string | undefined,
    history: EpochSummary[] = [],
  ) {
    this.#epochs = [...history];
    this.#context = context;
    this.#directory = directory;
    this.#runtime = runtime;
    this.#tables = tables;
    this.#dataDir = dataDir;
    this.#display = new TrainDisplay(context.output);
  }

  /** @throws BacklitError whatever ended the run; its files are written by then */
  async run(job: TrainJob, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of this.#runtime.run(job, signal)) await this.#take(event, job);
    } catch (error) {
      const known = this.#withWayOn(toBacklitError(error));
      await this.#keepFailure(known);
      throw known;
    } finally {
      this.#display.clear();
    }
    if (!this.#start || !this.#done) {
      if (signal.aborted) {
        this.#context.output.say("Nothing was trained yet, so there is nothing to save.");
        return;
      }
      throw new BacklitError("job/no-result", "the runtime ended without a result");
    }
    await this.#finish(this.#start, this.#done);
  }

  async #take(event: JobEvent, job: TrainJob): Promise<void> {
    const { output } = this.#context;
    switch (event.type) {
      case "adapter":
        if (job.engine === "cpu") output.say("CPU engine (plain float32 loops), not a GPU.");
        else if (event.adapter.software) {
          output.say(`Training on a software adapter, not on a GPU: ${adapterName(event.adapter)}.`);
        }
        break;
      case "file":
        await this.#directory.write(event.name, event.bytes);
        this.#saved ||= event.name === "checkpoint.safetensors";
        break;
      case "tuning":
        output.say(tuningLine(event));
        await keepTable(this.#tables, event, output);
        break;
      case "profile":
        this.#profile = event;
        await this.#directory.writeJson("profile.json", event.report);
        break;
      case "start":
        this.#start = event;
        await this.#directory.writeJson(
          "config.json",
          runConfig(event, {
            version: packageJson.version,
            dataDir: this.#dataDir === undefined ? null : resolve(this.#dataDir),
            runtime: this.#runtime.name,
          }),
        );
        this.#display.start(event, this.#runtime.name);
        break;
      case "step":
        this.#steps.push(event);
        this.#display.step(event);
        break;
      case "epoch":
        this.#epochs.push(event);
        this.#display.epoch(event);
        output.emit({ ...event });
        break;
      case "warning":
        this.#display.clear();
        output.say(`warning: ${event.message}`);
        break;
      case "evaluation":
        this.#evaluation = event;
        break;
      case "done":
        this.#done = event;
        break;
    }
    if (isLogged(event)) await this.#directory.appendEvent(event);
  }

  async #finish(start: StartEvent, done: DoneEvent): Promise<void> {
    const { output } = this.#context;
    const evaluation = this.#evaluation;
    const profile = this.#profile?.report;
    const model = this.#directory.file("model.safetensors");
    const { training, dataset, engine, adapter } = start;
    const result = {
      type: "result",
      reason: done.reason,
      test: evaluation
        ? {
            accuracy: evaluation.report.accuracy,
            loss: evaluation.loss,
            macroF1: evaluation.report.macro.f1,
            confusion: evaluation.report.confusion,
          }
        : null,
      train: done.train,
      validation: done.validation,
      keptEpoch: done.keptEpoch,
      epochs: done.epochs,
      steps: done.steps,
      seconds: done.seconds,
      stepsPerSecond: done.stepsPerSecond,
      samplesPerSecond: done.samplesPerSecond,
      plan: done.plan,
      engine,
      runtime: this.#runtime.name,
      adapter,
      seed: training.seed,
      dataset: { name: dataset.name, sha256: dataset.sha256 },
      model,
      ...(profile && {
        profile: this.#directory.file("profile.json"),
        trace: this.#directory.file("trace.json"),
      }),
      out: this.#directory.path,
    };
    await this.#writeReport(start, done);
    output.emit(result);
    if (evaluation) {
      output.print("");
      output.print(reportText(evaluation.report, (text) => output.bold(text)));
    }
    if (profile) output.print(`\n${profileText(profile, (text) => output.bold(text))}\n`);
    output.print(endText(start, done, evaluation, this.#directory.path));
  }

  /** What ended the run matters more than that a full disk, say, does not take it. */
  async #keepFailure(failure: BacklitError): Promise<void> {
    try {
      await this.#directory.appendEvent(errorToEvent(failure));
      if (this.#start) await this.#writeReport(this.#start, undefined, failure);
    } catch (error) {
      const { message } = toBacklitError(error);
      if (message !== failure.message) this.#context.output.say(`warning: ${message}`);
    }
  }

  /** A device that was lost for good can be there again for the next command. */
  #withWayOn(error: BacklitError): BacklitError {
    if (error.exitCode !== EXIT.deviceLost || !this.#saved) return error;
    const { code, message, exitCode } = error;
    const hint = `The last good state was saved; go on with: ${resumeCommand(this.#directory.path)}`;
    return new BacklitError(code, message, { hint, exitCode, cause: error });
  }

  async #writeReport(start: StartEvent, done: DoneEvent | undefined, failure?: BacklitError): Promise<void> {
    const html = reportHtml({
      version: packageJson.version,
      start,
      done,
      failure,
      evaluation: this.#evaluation,
      epochs: this.#epochs,
      steps: this.#steps,
      runtime: this.#runtime.name,
      profile: this.#profile?.report,
      imageUrl: pngDataUrl,
    });
    await this.#directory.write("report.html", html);
  }
}
