/** One run of the trainer: where it stands, and what it does next. See trainer.ts for what it promises. */
import type { Engine, EngineState, Evaluation } from "../core/engine.ts";
import { BacklitError, DeviceLostError, SpecError, toBacklitError } from "../core/errors.ts";
import { learningRateAt } from "../core/schedule.ts";
import { networkToSpec } from "../core/spec.ts";
import { counted } from "../core/words.ts";
import type { EpochSummary, Scores, TrainerState } from "../model/trainer-state.ts";
import { better, exhausted, resolveSelection, type Selection } from "./best.ts";
import type {
  CheckpointEvent,
  CheckpointReason,
  DoneReason,
  StartEvent,
  StepEvent,
  TrainEvent,
  TrainResult,
  WarningEvent,
} from "./events.ts";
import { Meter, means } from "./meter.ts";
import type { TrainOptions } from "./options.ts";
import { Pace } from "./pace.ts";
import { eventLoopTurn } from "./turn.ts";

/** A device lost again within this many steps is not asked for once more. */
const LOSS_DISTANCE = 100;
/** Longest time in milliseconds between turns of the event loop, for engines that resolve without one. */
const TURN_INTERVAL = 25;

/** What the run goes back to; never changed once made. */
interface Snapshot {
  state: EngineState;
  trainer: TrainerState;
}

export class TrainingRun {
  #engine: Engine;
  readonly #options: TrainOptions;
  readonly #selection: Selection | null;
  readonly #meter = new Meter();
  readonly #stepInterval: number;
  readonly #pace: Pace;
  #snapshot: Snapshot;
  #step = 0;
  #epoch = 0;
  #position = 0;
  /** Spent on steps; unlike the rest it does not go back when the run does. */
  #seconds: number;
  /** The step at which the device was lost last, if it was. */
  #lostAt: number | null = null;
  /** What had been done before this call. */
  readonly #opened: { step: number; rows: number; seconds: number };
  /** The checkpoint that ends the run has been given. */
  #saved = false;
  /** When these happened last, by `performance.now()`; `stepSeconds` by the run's own seconds. */
  #last = { stepEvent: 0, stepSeconds: 0, measuredStep: 0, snapshot: 0, checkpoint: 0, turn: 0 };

  /** @throws SpecError for options that the run cannot have */
  static async open(engine: Engine, options: TrainOptions): Promise<TrainingRun> {
    if (engine.stepsPerEpoch === 0) {
      throw new SpecError("dataset", "train: the engine has no training rows", "Make it with a dataset.");
    }
    const { maxSteps } = options;
    if (maxSteps !== undefined && !(Number.isInteger(maxSteps) && maxSteps >= 1)) {
      throw new SpecError("maxSteps", `maxSteps must be a whole number from 1, but is ${maxSteps}`);
    }
    const state = await engine.state();
    const resumed = options.resumeFrom?.history.at(-1);
    if (resumed && resumed.epoch !== state.epoch) {
      throw new SpecError(
        "resumeFrom",
        `resumeFrom has ${counted(resumed.epoch, "finished epoch")}, but the engine's state has ${state.epoch}`,
        "Set the engine to the checkpoint's state first.",
      );
    }
    return new TrainingRun(engine, options, state);
  }

  private constructor(engine: Engine, options: TrainOptions, state: EngineState) {
    this.#engine = engine;
    this.#options = options;
    this.#stepInterval = options.stepInterval ?? 250;
    this.#pace = new Pace(this.#stepInterval);
    const trainer = options.resumeFrom ?? { seconds: 0, history: [], best: null };
    this.#selection = resolveSelection(options, this.#rows("validation") > 0, trainer.best);
    this.#seconds = trainer.seconds;
    this.#last.stepSeconds = trainer.seconds;
    this.#snapshot = { state, trainer };
    this.#restore();
    this.#opened = { step: this.#step, rows: this.#rowsTrained(), seconds: this.#seconds };
    const now = performance.now();
    this.#last = {
      ...this.#last,
      measuredStep: this.#step,
      stepEvent: now,
      snapshot: now,
      checkpoint: now,
      turn: now,
    };
  }

  start(): StartEvent {
    const { kind, precision, adapter, plan, network, training, stepsPerEpoch } = this.#engine;
    const { dispatchesPerStep, stepsPerSubmit, bytesUploadedPerStep, bytesUploadedPerEpoch } = plan;
    return {
      type: "start",
      engine: kind,
      precision,
      adapter: { ...adapter },
      plan: { dispatchesPerStep, stepsPerSubmit, bytesUploadedPerStep, bytesUploadedPerEpoch },
      network: networkToSpec(network),
      training: { ...training },
      rows: { train: this.#rows("train"), validation: this.#rows("validation"), test: this.#rows("test") },
      stepsPerEpoch,
      totalSteps: training.epochs * stepsPerEpoch,
      step: this.#step,
      epoch: this.#epoch,
    };
  }

  /** From wherever the run stands to its end. After `recover()` it can be called again. */
  async *advance(): AsyncGenerator<TrainEvent, TrainResult, void> {
    const { signal, pause } = this.#options;
    for (;;) {
      const ending = this.#ending();
      if (ending !== null) return yield* this.#conclude(ending);
      if (pause?.paused) {
        await this.#drain();
        yield* this.#stepEvent();
        await pause.wait(signal);
        continue;
      }
      await this.#takeSteps();
      if (this.#position === this.#engine.stepsPerEpoch) yield* this.#finishEpoch();
      else yield* this.#betweenSubmits();
    }
  }

  #ending(): DoneReason | null {
    const { maxSteps = Infinity, signal } = this.#options;
    if (this.#epoch >= this.#engine.training.epochs) return "completed";
    const betweenEpochs = this.#position === 0;
    if (betweenEpochs && exhausted(this.#selection, this.#trainer.best, this.#epoch)) return "early-stopping";
    if (this.#step >= maxSteps) return "max-steps";
    return signal?.aborted ? "aborted" : null;
  }

  /** One chunk: no more than a submit, an epoch or the run has left. */
  async #takeSteps(): Promise<void> {
    const { plan, stepsPerEpoch } = this.#engine;
    const left = (this.#options.maxSteps ?? Infinity) - this.#step;
    const most = Math.min(this.#pace.steps(plan.stepsPerSubmit), stepsPerEpoch - this.#position, left);
    const count = this.#options.pause?.admit(most) ?? most;
    await this.#timed(async () => {
      await this.#engine.run(count);
      this.#step += count;
      this.#position += count;
      const now = performance.now();
      if (now - this.#last.turn < TURN_INTERVAL) return;
      await eventLoopTurn();
      this.#last.turn = now;
    });
  }

  async *#betweenSubmits(): AsyncGenerator<TrainEvent> {
    const { checkpointInterval = Infinity, snapshotInterval = {} } = this.#options;
    const { seconds = 10, steps = Infinity } = snapshotInterval;
    const now = performance.now();
    if (now - this.#last.checkpoint >= checkpointInterval * 1000) {
      await this.#takeSnapshot();
      yield* this.#stepEvent();
      yield this.#checkpoint("interval");
    } else if (
      now - this.#last.snapshot >= seconds * 1000 ||
      this.#step - this.#snapshot.state.step >= steps
    ) {
      await this.#takeSnapshot();
    }
    if (this.#pace.unknown || now - this.#last.stepEvent >= this.#stepInterval) {
      await this.#drain();
      yield* this.#stepEvent();
    }
  }

  async *#finishEpoch(): AsyncGenerator<TrainEvent> {
    await this.#drain();
    const evaluation = this.#rows("validation") > 0 ? await this.#engine.evaluate("validation") : null;
    const summary: EpochSummary = {
      epoch: this.#epoch + 1,
      step: this.#step,
      learningRate: this.#learningRate(this.#step),
      seconds: this.#seconds - this.#trainer.history.reduce((sum, { seconds }) => sum + seconds, 0),
      train: means(this.#meter.sums),
      validation: evaluation && scores(evaluation),
    };
    // Nothing more is asked of the device until the epoch is safe on the host: it is reported once or not at all.
    const state = await this.#engine.state();
    const stepEvent = [...this.#stepEvent()];
    const { history, best } = this.#trainer;
    this.#epoch++;
    this.#position = 0;
    this.#meter.startEpoch();
    this.#keep(state, {
      seconds: this.#seconds,
      history: [...history, summary],
      best: this.#selection ? better(this.#selection, best, summary, state.parameters) : best,
    });
    yield* stepEvent;
    if (evaluation) this.#options.onValidation?.(evaluation, state.parameters);
    yield { type: "epoch", ...structuredClone(summary) };
    if (this.#ending() === null) yield this.#checkpoint("epoch");
  }

  async *#conclude(reason: DoneReason): AsyncGenerator<TrainEvent, TrainResult, void> {
    if (this.#snapshot.state.step !== this.#step) await this.#takeSnapshot();
    yield* this.#stepEvent();
    if (!this.#saved) {
      this.#saved = true;
      yield this.#checkpoint(reason === "aborted" || reason === "max-steps" ? reason : "final");
    }
    const { history, best } = this.#trainer;
    const finished = history.at(-1);
    const kept = reason !== "aborted" && this.#selection?.keep ? best : null;
    if (kept?.parameters) await this.#engine.setParameters(kept.parameters);
    const isEvaluated = reason !== "aborted" || (this.#options.evaluateAborted === true && this.#step > 0);
    const sums = this.#meter.sums;
    const seconds = this.#seconds - this.#opened.seconds;
    const result: TrainResult = {
      reason,
      train: sums.rows > 0 ? means(sums) : (finished?.train ?? null),
      validation: await this.#finalValidation(isEvaluated, kept?.epoch ?? null),
      test: isEvaluated ? await this.#finalTest() : null,
      keptEpoch: kept?.epoch ?? null,
      epochs: this.#epoch,
      steps: this.#step,
      seconds: this.#seconds,
      stepsPerSecond: rate(this.#step - this.#opened.step, seconds),
      samplesPerSecond: rate(this.#rowsTrained() - this.#opened.rows, seconds),
    };
    yield { type: "done", ...structuredClone(result) };
    return result;
  }

  /** What is known already is not evaluated again. */
  async #finalValidation(isEvaluated: boolean, keptEpoch: number | null): Promise<Scores | null> {
    const epoch = keptEpoch ?? (this.#position === 0 ? this.#epoch : null);
    const known = this.#trainer.history.find((summary) => summary.epoch === epoch);
    if (known) return structuredClone(known.validation);
    if (!isEvaluated || this.#rows("validation") === 0) return null;
    const evaluation = await this.#engine.evaluate("validation");
    this.#options.onValidation?.(evaluation, await this.#engine.parameters());
    return scores(evaluation);
  }

  async #finalTest(): Promise<Evaluation | null> {
    const { evaluateTest = true } = this.#options;
    return evaluateTest && this.#rows("test") > 0 ? await this.#engine.evaluate("test") : null;
  }

  /**
   * Goes back to the last snapshot on a new device.
   * @throws DeviceLostError after a checkpoint, when that is not to be had
   */
  async *recover(lost: DeviceLostError): AsyncGenerator<TrainEvent, void, void> {
    const { reopen } = this.#options;
    yield* this.#stepEvent();
    const again = this.#lostAt !== null && this.#step < this.#lostAt + LOSS_DISTANCE;
    this.#lostAt = this.#step;
    if (reopen && !again) {
      const { step } = this.#snapshot.state;
      yield warning(lost, `asking for a new device and going on from step ${step} of ${this.#step}`);
      try {
        this.#engine = await reopen();
        await this.#engine.setState(structuredClone(this.#snapshot.state));
        this.#restore();
        return;
      } catch (error) {
        yield warning(toBacklitError(error), "the run could not go on on a new device");
      }
    }
    yield this.#checkpoint("device-lost");
    throw lost;
  }

  /** After a DivergedError the engine is back in its last good state; that is what is worth saving. */
  async divergedCheckpoint(): Promise<CheckpointEvent> {
    try {
      const state = await this.#engine.state();
      const sums = state.step === this.#meter.next ? this.#meter.sums : state.sums;
      this.#snapshot = { state: { ...state, sums }, trainer: { ...this.#trainer, seconds: this.#seconds } };
    } catch (error) {
      // The device went too: the last snapshot is then the last good state.
      if (!(error instanceof DeviceLostError)) throw error;
    }
    return this.#checkpoint("diverged");
  }

  #restore(): void {
    const { state } = this.#snapshot;
    this.#step = state.step;
    this.#epoch = state.epoch;
    this.#position = state.position;
    this.#meter.restore(state.step, state.sums);
  }

  /** Waits for the steps in flight and counts them. */
  async #drain(): Promise<void> {
    await this.#timed(async () => {
      const records = await this.#engine.records();
      this.#meter.add(records);
      this.#options.onRecords?.(records);
    });
  }

  async #takeSnapshot(): Promise<void> {
    await this.#drain();
    this.#keep(await this.#engine.state(), { ...this.#trainer, seconds: this.#seconds });
  }

  #keep(state: EngineState, trainer: TrainerState): void {
    if (state.step !== this.#step || state.epoch !== this.#epoch || state.position !== this.#position) {
      throw new BacklitError(
        "training/out-of-step",
        `the engine is at step ${state.step} (epoch ${state.epoch}, batch ${state.position}), but the trainer took it ` +
          `to step ${this.#step} (epoch ${this.#epoch}, batch ${this.#position})`,
        { hint: "Take no steps on an engine while train() runs on it." },
      );
    }
    // The trainer's own sums are exactly those that its events are made of.
    this.#snapshot = { state: { ...state, sums: this.#meter.sums }, trainer };
    this.#last.snapshot = performance.now();
  }

  #checkpoint(reason: CheckpointReason): CheckpointEvent {
    this.#last.checkpoint = performance.now();
    return { type: "checkpoint", reason, ...structuredClone(this.#snapshot) };
  }

  /** None while no new row has been counted. */
  *#stepEvent(): Generator<StepEvent> {
    const seconds = this.#seconds - this.#last.stepSeconds;
    this.#pace.measure(this.#meter.next - this.#last.measuredStep, seconds);
    this.#last.measuredStep = this.#meter.next;
    this.#last.stepSeconds = this.#seconds;
    this.#last.stepEvent = performance.now();
    if (this.#meter.waiting === 0) return;
    const { rows, loss, accuracy } = this.#meter.takeWindow();
    yield {
      type: "step",
      step: this.#meter.next,
      epoch: this.#epoch + 1,
      loss,
      accuracy,
      learningRate: this.#learningRate(this.#meter.next),
      rows,
      samplesPerSecond: rate(rows, seconds),
    };
  }

  /** Of the last of so many steps. */
  #learningRate(steps: number): number {
    const { training, stepsPerEpoch } = this.#engine;
    return learningRateAt(training, steps - 1, training.epochs * stepsPerEpoch, stepsPerEpoch);
  }

  /** As of the last epoch's end, seconds aside. */
  get #trainer(): TrainerState {
    return this.#snapshot.trainer;
  }

  #rowsTrained(): number {
    return this.#epoch * this.#rows("train") + this.#meter.sums.rows;
  }

  #rows(split: "train" | "validation" | "test"): number {
    return this.#engine.dataset?.[split]?.labels.length ?? 0;
  }

  async #timed(work: () => Promise<void>): Promise<void> {
    const before = performance.now();
    try {
      await work();
    } finally {
      this.#seconds += (performance.now() - before) / 1000;
    }
  }
}

function scores({ loss, accuracy }: Scores): Scores {
  return { loss, accuracy };
}

function warning({ code, message, hint }: BacklitError, consequence: string): WarningEvent {
  return { type: "warning", code, message: `${message.replace(/\.$/, "")}; ${consequence}`, hint };
}

/** Per second; 0 where no time has passed. */
function rate(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0;
}
