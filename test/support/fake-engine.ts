/**
 * An engine for the trainer's tests: its arithmetic is trivial but order-sensitive (every step's rows, number and all
 * earlier steps decide the bits of the parameters), and its device can be lost at any call, or a step diverge.
 */
import type { Dataset, SplitName } from "../../src/core/dataset.ts";
import type { Engine, EngineState, Evaluation, Parameters, StepRecord } from "../../src/core/engine.ts";
import { DeviceLostError, DivergedError } from "../../src/core/errors.ts";
import { reportFromConfusion } from "../../src/core/report.ts";
import { resolveNetwork, resolveTraining, type TrainingSpec } from "../../src/core/spec.ts";
import { BatchSequence } from "../../src/data/batches.ts";
import { initialParameters, momentShapes, parameterShapes } from "../../src/model/parameters.ts";

export interface FakeOptions {
  rows?: number;
  validationRows?: number;
  testRows?: number;
  training?: TrainingSpec;
  stepsPerSubmit?: number;
  /** Validation loss and accuracy after each epoch, from the first; without it they follow from the parameters. */
  validation?: { loss: number; accuracy: number }[];
  /** The first non-finite number appears in this step; the state goes back to the beginning of its submit. */
  divergeAt?: number;
}

/** What outlives one engine: shared by all those that are opened one after another. */
export class World {
  /** Every call on any engine, in order, as `"run 3"` or `"records"`. */
  readonly calls: string[] = [];
  /** Numbers of calls, counted from 0, at which the device is lost. */
  readonly loseAtCalls: number[] = [];
  /** Records of all steps taken, repeated ones included. */
  readonly taken: StepRecord[] = [];
  opened = 0;
}

const NETWORK = { input: 1, layers: [{ units: 2 }] };

function split(rows: number): { images: Uint8Array; labels: Uint8Array } {
  return {
    images: Uint8Array.from({ length: rows }, (_, row) => row * 37),
    labels: Uint8Array.from({ length: rows }, (_, row) => row % 2),
  };
}

export class FakeEngine implements Engine {
  readonly kind = "gpu";
  readonly precision = "float32";
  readonly network = resolveNetwork(NETWORK);
  readonly training;
  readonly dataset: Dataset;
  readonly adapter = { vendor: "fake", architecture: "", device: "", description: "", software: true };
  readonly plan;
  readonly counters = { steps: 0, submits: 0, bytesUploaded: 0, liveBuffers: 0 };
  readonly stepsPerEpoch: number;
  readonly #options: FakeOptions;
  readonly #world: World;
  readonly #batches: BatchSequence;
  #state: Pick<EngineState, "parameters" | "moments" | "step" | "sums">;
  #records: StepRecord[] = [];
  #lost = false;
  #diverged: DivergedError | null = null;

  constructor(options: FakeOptions = {}, world: World = new World()) {
    const { rows = 23, validationRows = 5, testRows = 3 } = options;
    this.#options = options;
    this.#world = world;
    world.opened++;
    this.training = resolveTraining({ epochs: 3, batchSize: 4, optimizer: "momentum", ...options.training });
    this.plan = {
      dispatchesPerStep: 3,
      stepsPerSubmit: options.stepsPerSubmit ?? 2,
      bytesUploadedPerStep: 0,
      bytesUploadedPerEpoch: 4 * rows,
    };
    this.dataset = {
      name: "fake",
      height: 1,
      width: 1,
      classes: ["even", "odd"],
      train: split(rows),
      test: split(testRows),
      ...(validationRows > 0 && { validation: split(validationRows) }),
    };
    this.#batches = new BatchSequence(rows, this.training.batchSize, this.training.seed);
    this.stepsPerEpoch = this.#batches.stepsPerEpoch;
    const moments = momentShapes(this.network, this.training.optimizer);
    this.#state = {
      parameters: initialParameters(this.network, this.training.seed),
      moments: Object.fromEntries(moments.map(({ name, size }) => [name, new Float32Array(size)])),
      step: 0,
      sums: { loss: 0, correct: 0, rows: 0 },
    };
  }

  async step(): Promise<{ loss: number; correct: number }> {
    this.#call("step");
    return this.#takeStep();
  }

  async run(n: number): Promise<void> {
    this.#call(`run ${n}`);
    this.#throwDiverged();
    const { divergeAt = Infinity } = this.#options;
    if (divergeAt >= this.#state.step + n) {
      for (let i = 0; i < n; i++) this.#takeStep();
      return;
    }
    // Nothing of this submit stands; the trainer hears of it at the next call.
    this.#diverged = new DivergedError({ step: divergeAt, layer: 0, tensor: "dW" }, this.#state.step);
  }

  async records(): Promise<StepRecord[]> {
    this.#call("records");
    this.#throwDiverged();
    return this.#records.splice(0);
  }

  async evaluate(name: SplitName): Promise<Evaluation> {
    this.#call(`evaluate ${name}`);
    const { labels } = this.dataset[name] ?? split(0);
    const weight = this.#state.parameters["layers.0.weight"];
    const scripted = name === "validation" ? this.#options.validation?.[this.#batches.epoch - 1] : undefined;
    const report = reportFromConfusion(
      [
        [labels.length, 0],
        [0, 0],
      ],
      this.dataset.classes,
    );
    return {
      ...report,
      loss: weight[0] + 2 * weight[1],
      ...scripted,
      predicted: new Uint8Array(labels.length),
      losses: new Float32Array(labels.length),
      ranks: new Uint8Array(labels.length),
    };
  }

  async parameters(): Promise<Record<string, Float32Array>> {
    this.#call("parameters");
    return structuredClone(this.#state.parameters) as Record<string, Float32Array>;
  }

  async setParameters(parameters: Parameters): Promise<void> {
    this.#call("setParameters");
    this.#state.parameters = structuredClone(parameters);
  }

  async state(): Promise<EngineState> {
    this.#call("state");
    const { epoch, position, generator } = this.#batches;
    return structuredClone({ ...this.#state, epoch, position, generator });
  }

  async setState({ epoch, position, generator, ...state }: EngineState): Promise<void> {
    this.#call("setState");
    this.#state = structuredClone(state);
    this.#batches.restore(generator, epoch, position);
    this.#records = [];
    this.#diverged = null;
  }

  predict(): Promise<never> {
    throw new Error("the trainer does not predict");
  }

  gradients(): Promise<never> {
    throw new Error("the trainer takes no gradients");
  }

  dispose(): void {
    this.#lost = true;
  }

  #takeStep(): StepRecord {
    const rows = this.#batches.batch();
    const { parameters, moments, step, sums } = this.#state;
    const drive = rows.reduce((sum, row, i) => sum + Math.sin(row * (i + 1) + step), 0);
    for (const { name } of parameterShapes(this.network)) {
      const velocity = moments[`${name}.velocity`];
      parameters[name].forEach((value: number, i: number) => {
        velocity[i] = 0.9 * velocity[i] + Math.cos(drive + i) * value;
        parameters[name][i] = value * 0.99 + 0.01 * velocity[i] + 0.001 * drive;
      });
    }
    const record: StepRecord = {
      step,
      rows: rows.length,
      loss: Math.fround(2 + parameters["layers.0.weight"][0] + 0.1 * drive),
      correct: (step * 7) % (rows.length + 1),
    };
    this.#records.push(record);
    this.#world.taken.push(record);
    this.#state.step++;
    sums.loss += record.loss * record.rows;
    sums.correct += record.correct;
    sums.rows += record.rows;
    if (this.#batches.advance()) this.#state.sums = { loss: 0, correct: 0, rows: 0 };
    return record;
  }

  #call(what: string): void {
    const number = this.#world.calls.push(what) - 1;
    if (this.#world.loseAtCalls.includes(number)) this.#lost = true;
    if (this.#lost) throw new DeviceLostError("destroyed", "by the test");
  }

  #throwDiverged(): void {
    if (this.#diverged) throw this.#diverged;
  }
}
