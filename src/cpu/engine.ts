/**
 * The CPU engine: the reference operations behind the same interface as the GPU's. It computes every step when it is
 * asked for, in the order of the calls, and gives the event loop a turn now and then, so that a page stays alive, an
 * abort is seen and `dispose()` ends a long run.
 */
import type { Dataset, Split, SplitName } from "../core/dataset.ts";
import type {
  AdapterSummary,
  Engine,
  EngineCounters,
  EngineOptions,
  EngineState,
  EpochSums,
  Evaluation,
  GradientResult,
  Parameters,
  PlanSummary,
  Prediction,
  StepRecord,
  StepResult,
} from "../core/engine.ts";
import { DisposedError, DivergedError, SpecError, type Fault } from "../core/errors.ts";
import { confusionMatrix, reportFromConfusion } from "../core/report.ts";
import { stepNumbers } from "../core/schedule.ts";
import { resolveNetwork, resolveTraining, type Network, type Training } from "../core/spec.ts";
import { BatchSequence } from "../data/batches.ts";
import {
  checkCounts,
  checkDataset,
  checkIndices,
  checkLabels,
  checkStepCount,
  countRows,
  notFinite,
  requireSplit,
} from "../model/engine-checks.ts";
import {
  checkTensors,
  initialParameters,
  momentShapes,
  parameterShapes,
  zeroMoments,
} from "../model/parameters.ts";
import { tensorsToPrecision, type Precision } from "./floats.ts";
import { faultInForward, faultInPasses, type StepFault } from "./guard.ts";
import { backwardPass, forwardPass } from "./pass.ts";
import { forEachPiece, gatherInputs, gatherLabels } from "./rows.ts";
import { crossEntropy, logSoftmax, mean, rowArgmax, targets, trueClassRanks } from "./softmax.ts";
import { trainingStep, type Trainable } from "./step.ts";

export interface CpuEngineOptions extends EngineOptions {
  /** Default "float32", which computes like the GPU; "float64" is the specification. See floats.ts. */
  precision?: Precision;
}

/**
 * @throws SpecError for an invalid network or training, ShapeError for a dataset that does not fit the network.
 */
export async function createCpuEngine(options: CpuEngineOptions): Promise<Engine> {
  const precision = options.precision ?? "float32";
  if (precision !== "float32" && precision !== "float64") {
    throw new SpecError("precision", `precision must be float32 or float64, but is ${String(precision)}`);
  }
  const network = resolveNetwork(options.network);
  const training = resolveTraining(options.training);
  if (options.dataset !== undefined) checkDataset(options.dataset, network);
  return new CpuEngine(network, training, options.dataset, precision);
}

/** Longest time without a turn of the event loop, except within one step or piece, in milliseconds. */
const TURN_MS = 30;
const NO_SUMS: EpochSums = { loss: 0, correct: 0, rows: 0 };

/** @throws ShapeError for a fault of given inputs */
function requireFinite(fault: StepFault | undefined): void {
  if (fault !== undefined) throw notFinite(fault.tensor, fault.layer);
}

class CpuEngine implements Engine {
  readonly kind = "cpu";
  readonly precision: Precision;
  readonly network: Network;
  readonly training: Training;
  readonly dataset: Dataset | undefined;
  readonly adapter: AdapterSummary;
  /** Nothing is dispatched or uploaded; each step is handed over by itself. */
  readonly plan: PlanSummary = {
    dispatchesPerStep: 0,
    stepsPerSubmit: 1,
    bytesUploadedPerStep: 0,
    bytesUploadedPerEpoch: 0,
  };
  readonly stepsPerEpoch: number;
  readonly #batches: BatchSequence;
  #trainable: Trainable;
  #step = 0;
  #stepsTaken = 0;
  #sums: EpochSums = { ...NO_SUMS };
  #records: StepRecord[] = [];
  #fault: Fault | undefined;
  #disposed = false;
  #lastTurn = performance.now();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(network: Network, training: Training, dataset: Dataset | undefined, precision: Precision) {
    this.network = network;
    this.training = training;
    this.dataset = dataset;
    this.precision = precision;
    this.adapter = {
      vendor: "cpu",
      architecture: precision,
      device: "",
      description: `plain loops on the CPU, ${precision}`,
      software: true,
    };
    const rows = dataset?.train.labels.length ?? 0;
    this.#batches = new BatchSequence(rows, training.batchSize, training.seed);
    this.stepsPerEpoch = this.#batches.stepsPerEpoch;
    this.#trainable = {
      parameters: tensorsToPrecision(precision, initialParameters(network, training.seed)),
      moments: tensorsToPrecision(precision, zeroMoments(network, training.optimizer)),
    };
  }

  get counters(): EngineCounters {
    return { steps: this.#stepsTaken, submits: 0, bytesUploaded: 0, liveBuffers: 0 };
  }

  /** Given rows do not count towards the epoch: its position and sums stay as they are. */
  step(indices?: Uint32Array): Promise<StepResult> {
    return this.#inTurn("step", () => {
      const train = requireSplit(this.dataset, "step()", "train");
      if (indices !== undefined) checkIndices(indices, this.training.batchSize, train.labels.length);
      const { loss, correct } = this.#takeStep(train, indices);
      return { loss, correct };
    });
  }

  run(n: number): Promise<void> {
    return this.#inTurn("run", async () => {
      checkStepCount(n);
      const train = requireSplit(this.dataset, "run()", "train");
      this.#checkFault();
      for (let i = 0; i < n; i++) {
        this.#takeStep(train, undefined);
        await this.#giveTurn("run");
      }
    });
  }

  records(): Promise<StepRecord[]> {
    return this.#inTurn("records", () => {
      this.#checkFault();
      return this.#records.splice(0);
    });
  }

  evaluate(splitName: SplitName): Promise<Evaluation> {
    return this.#inTurn("evaluate", async () => {
      const split = requireSplit(this.dataset, "evaluate()", splitName);
      const rows = split.labels.length;
      const { classes, input } = this.network;
      const predicted = new Uint8Array(rows);
      const losses = new Float32Array(rows);
      const ranks = new Uint8Array(rows);
      const all = Uint32Array.from({ length: rows }, (_, row) => row);
      await forEachPiece(
        this.network,
        this.#trainable.parameters,
        rows,
        (start, end) => gatherInputs(this.precision, split, all.subarray(start, end), input),
        (forward, start) => {
          const fault = faultInForward(forward);
          if (fault !== undefined) throw new DivergedError({ step: this.#step, ...fault }, this.#step);
          const { logits, rows: count } = forward;
          const shape = [count, classes] as const;
          const labels = split.labels.subarray(start, start + count);
          const target = targets(this.precision, labels, classes, 0);
          losses.set(crossEntropy(logSoftmax(logits, shape), target, shape), start);
          predicted.set(rowArgmax(logits, shape), start);
          ranks.set(trueClassRanks(logits, labels, shape), start);
        },
        () => this.#giveTurn("evaluate"),
      );
      const confusion = confusionMatrix(split.labels, predicted, classes);
      const report = reportFromConfusion(confusion, this.dataset?.classes ?? []);
      return { ...report, loss: mean(losses), predicted, losses, ranks };
    });
  }

  predict(inputs: Float32Array): Promise<Prediction> {
    return this.#inTurn("predict", async () => {
      const { classes, input } = this.network;
      const rows = countRows("predict", inputs, input);
      const probabilities = new Float32Array(rows * classes);
      const labels = new Uint8Array(rows);
      await forEachPiece(
        this.network,
        this.#trainable.parameters,
        rows,
        (start, end) => inputs.subarray(start * input, end * input),
        (forward, start) => {
          requireFinite(faultInForward(forward));
          probabilities.set(forward.probabilities, start * classes);
          labels.set(rowArgmax(forward.logits, [forward.rows, classes]), start);
        },
        () => this.#giveTurn("predict"),
      );
      return { probabilities, labels };
    });
  }

  gradients(inputs: Float32Array, labels: Uint8Array): Promise<GradientResult> {
    return this.#inTurn("gradients", () => {
      const rows = countRows("gradients", inputs, this.network.input);
      checkLabels("gradients", labels, rows, this.network.classes);
      const { parameters } = this.#trainable;
      const forward = forwardPass(this.network, parameters, inputs);
      const backward = backwardPass(this.network, parameters, forward, labels);
      requireFinite(faultInPasses(forward, backward));
      const { loss, gradients } = backward;
      return { loss, logits: forward.logits, probabilities: forward.probabilities, gradients };
    });
  }

  parameters(): Promise<Record<string, Float32Array>> {
    return this.#inTurn("parameters", () =>
      Object.fromEntries(
        Object.entries(this.#trainable.parameters).map(([name, values]) => [name, Float32Array.from(values)]),
      ),
    );
  }

  /** Moments, step count and position stay; a divergence is forgotten, as what diverged is gone. */
  setParameters(parameters: Parameters): Promise<void> {
    return this.#inTurn("setParameters", () => {
      // Checked after conversion: a float64 value may be too large for float32.
      const converted = tensorsToPrecision(this.precision, parameters);
      checkTensors("setParameters", converted, parameterShapes(this.network));
      this.#trainable = { ...this.#trainable, parameters: converted };
      this.#fault = undefined;
    });
  }

  /** Exact, in the engine's own precision: `setState(await state())` goes on bit for bit. */
  state(): Promise<EngineState> {
    return this.#inTurn("state", () => ({
      parameters: tensorsToPrecision(this.precision, this.#trainable.parameters),
      moments: tensorsToPrecision(this.precision, this.#trainable.moments),
      step: this.#step,
      epoch: this.#batches.epoch,
      position: this.#batches.position,
      generator: this.#batches.generator,
      sums: { ...this.#sums },
    }));
  }

  /** All or nothing: a state that does not fit changes nothing. Records not given before are dropped. */
  setState(state: EngineState): Promise<void> {
    return this.#inTurn("setState", () => {
      const parameters = tensorsToPrecision(this.precision, state.parameters);
      const moments = tensorsToPrecision(this.precision, state.moments);
      checkTensors("setState: parameters", parameters, parameterShapes(this.network));
      checkTensors("setState: moments", moments, momentShapes(this.network, this.training.optimizer));
      checkCounts(state, this.stepsPerEpoch);
      this.#batches.restore(state.generator, state.epoch, state.position);
      this.#trainable = { parameters, moments };
      this.#step = state.step;
      this.#sums = { ...state.sums };
      this.#records = [];
      this.#fault = undefined;
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#records = [];
  }

  /** Without indices, the next batch, and one step further in the epoch. @throws DivergedError */
  #takeStep(train: Split, indices: Uint32Array | undefined): StepRecord {
    this.#checkFault();
    const step = this.#step;
    const rows = indices ?? this.#batches.batch();
    const totalSteps = this.training.epochs * this.stepsPerEpoch;
    const outcome = trainingStep(
      this.network,
      this.training,
      this.#trainable,
      gatherInputs(this.precision, train, rows, this.network.input),
      gatherLabels(train, rows),
      step,
      stepNumbers(this.training, step, totalSteps, this.stepsPerEpoch),
    );
    if (outcome.fault !== undefined) {
      this.#fault = { step, ...outcome.fault };
      throw new DivergedError(this.#fault, step);
    }
    this.#trainable = outcome.next;
    this.#step++;
    this.#stepsTaken++;
    const record: StepRecord = { step, rows: rows.length, ...outcome.result };
    this.#records.push(record);
    if (this.#records.length > 2 * this.stepsPerEpoch) this.#records.shift();
    if (indices === undefined) this.#countTowardsEpoch(record);
    return record;
  }

  #countTowardsEpoch({ loss, correct, rows }: StepRecord): void {
    this.#sums.loss += loss * rows;
    this.#sums.correct += correct;
    this.#sums.rows += rows;
    if (this.#batches.advance()) this.#sums = { ...NO_SUMS };
  }

  #checkFault(): void {
    if (this.#fault !== undefined) throw new DivergedError(this.#fault, this.#step);
  }

  /** Runs one call after another, in the order in which they were made. @throws DisposedError */
  #inTurn<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      this.#checkAlive(what);
      return work();
    });
    // The next call waits for this one, but its failure is only its own caller's.
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #giveTurn(what: string): Promise<void> {
    if (performance.now() - this.#lastTurn < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#lastTurn = performance.now();
    this.#checkAlive(what);
  }

  #checkAlive(what: string): void {
    if (this.#disposed) throw new DisposedError(`${what}()`);
  }
}
