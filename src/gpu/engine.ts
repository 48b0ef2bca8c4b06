/**
 * The GPU engine: carries out a plan on a device it is given. Calls are taken one after another, in the order in which
 * they were made; a lost device or an uncaptured GPU error ends every pending and later call with a typed error.
 */
import type { Dataset, SplitName } from "../core/dataset.ts";
import type {
  AdapterSummary,
  Engine,
  EngineCounters,
  EngineOptions,
  EngineState,
  Evaluation,
  GradientResult,
  Parameters,
  Prediction,
  StepRecord,
  StepResult,
} from "../core/engine.ts";
import { SpecError } from "../core/errors.ts";
import type { Network, Training } from "../core/spec.ts";
import { BatchSequence } from "../data/batches.ts";
import {
  checkCounts,
  checkDataset,
  checkIndices,
  checkLabels,
  checkStepCount,
  countRows,
  requireSplit,
} from "../model/engine-checks.ts";
import {
  checkTensors,
  initialParameters,
  momentNames,
  momentShapes,
  parameterShapes,
  zeroMoments,
} from "../model/parameters.ts";
import { adapterOf, deviceLimits } from "./device.ts";
import { DeviceCalls } from "./device-calls.ts";
import { Evaluator } from "./evaluator.ts";
import { FloatProgram } from "./float-program.ts";
import { packParameters, unpackParameters } from "./layout.ts";
import { GpuMemory } from "./memory.ts";
import { prepare } from "./pipelines.ts";
import { plan as makePlan } from "./plan.ts";
import { planImages } from "./plan-images.ts";
import { floatCapacity } from "./plan-programs.ts";
import type { Plan, PlanLimits } from "./plan-types.ts";
import type { ShaderSources } from "./shader-sources.ts";
import { uploadSplit } from "./split-images.ts";
import { StepProfiler, type StepTimings } from "./step-profiler.ts";
import { StepQueue } from "./step-queue.ts";
import { hasTimestamps } from "./timestamps.ts";
import type { Tuning } from "./tuning.ts";

export interface GpuEngineOptions extends EngineOptions {
  /** The only one there is (docs/decisions/0016-no-half-precision.md). */
  precision?: "float32";
  /** Kernel tiles; by default the table for the kind of adapter. */
  tuning?: Tuning;
  /** Plan against smaller limits than the device's. */
  limits?: Partial<PlanLimits>;
  /** `dispose()` destroys the device, too: for callers that asked for a device for this engine alone. */
  ownsDevice?: boolean;
  /** Note how long steps and their dispatches take: `timings()` gives it. Changes nothing that is computed. */
  profile?: boolean;
  /** Run these shader texts instead of the product's own. */
  shaders?: ShaderSources;
}

/** Names of the moment buffers, in the order of `momentNames`. */
const MOMENT_BUFFERS = ["firstMoment", "secondMoment"];

/**
 * @param device stays the caller's unless `ownsDevice` says otherwise: `dispose()` frees what the engine made on it
 * @throws SpecError, ShapeError, LimitError before anything is allocated; GpuError when a kernel does not compile or
 *   memory runs out
 */
export async function createGpuEngine(device: GPUDevice, options: GpuEngineOptions): Promise<GpuEngine> {
  try {
    return await createEngine(device, options);
  } catch (error) {
    if (options.ownsDevice) device.destroy();
    throw error;
  }
}

async function createEngine(device: GPUDevice, options: GpuEngineOptions): Promise<GpuEngine> {
  const { precision = "float32" }: { precision?: string } = options;
  if (precision !== "float32") {
    throw new SpecError("precision", `precision must be float32 on the GPU, but is ${precision}`);
  }
  const adapter = adapterOf(device);
  const limits = { ...deviceLimits(device), ...options.limits };
  const { dataset } = options;
  const plan = makePlan(options.network, options.training, {
    trainRows: dataset?.train.labels.length ?? 0,
    limits,
    software: adapter.software,
    tuning: options.tuning,
    shaders: options.shaders,
  });
  if (dataset !== undefined) checkDataset(dataset, plan.network);
  const { ownsDevice = false, profile = false } = options;
  const engine = new GpuEngine(device, { ownsDevice, profile }, adapter, limits, plan, dataset);
  try {
    await engine.initialise();
    return engine;
  } catch (error) {
    engine.dispose();
    throw error;
  }
}

export class GpuEngine implements Engine {
  readonly kind = "gpu";
  readonly precision = "float32";
  readonly network: Network;
  readonly training: Training;
  readonly dataset: Dataset | undefined;
  readonly adapter: AdapterSummary;
  readonly plan: Plan;
  readonly stepsPerEpoch: number;
  readonly #device: GPUDevice;
  readonly #ownsDevice: boolean;
  readonly #calls: DeviceCalls;
  readonly #limits: PlanLimits;
  readonly #memory: GpuMemory;
  readonly #profiler: StepProfiler | undefined;
  readonly #evaluators = new Map<SplitName, Evaluator>();
  #buffers: ReadonlyMap<string, GPUBuffer> = new Map();
  #steps: StepQueue | undefined;
  #prediction: FloatProgram | undefined;
  #gradient: FloatProgram | undefined;

  constructor(
    device: GPUDevice,
    { ownsDevice, profile }: { ownsDevice: boolean; profile: boolean },
    adapter: AdapterSummary,
    limits: PlanLimits,
    plan: Plan,
    dataset: Dataset | undefined,
  ) {
    this.#device = device;
    this.#ownsDevice = ownsDevice;
    this.adapter = adapter;
    this.#limits = limits;
    this.plan = plan;
    this.network = plan.network;
    this.training = plan.training;
    this.dataset = dataset;
    this.stepsPerEpoch = plan.stepsPerEpoch;
    this.#memory = new GpuMemory(device);
    this.#calls = new DeviceCalls(device);
    if (profile) this.#profiler = new StepProfiler(this.#memory, hasTimestamps(device));
  }

  /** Allocates and compiles. Called once, by `createGpuEngine`. */
  async initialise(): Promise<void> {
    const { plan, dataset, network, training } = this;
    await this.#calls.scoped(async () => {
      const images = planImages(
        network,
        Math.max(1, plan.stepsPerEpoch && dataset!.train.labels.length),
        this.#limits,
      );
      const split =
        dataset === undefined ? [] : uploadSplit(this.#memory, dataset.train, images, network.input, "train");
      const uploaded = new Map(split);
      const own = plan.buffers.filter(({ name }) => !uploaded.has(name));
      this.#buffers = new Map([...this.#memory.allocate(own, "train"), ...uploaded]);
      this.#writeState({
        parameters: initialParameters(network, training.seed),
        moments: zeroMoments(network, training.optimizer),
      });
      if (dataset === undefined) return;
      const [step, [snapshot]] = await Promise.all([
        prepare(this.#device, plan.dispatches, this.#buffers),
        prepare(this.#device, [plan.snapshot], this.#buffers),
      ]);
      const batches = new BatchSequence(dataset.train.labels.length, training.batchSize, training.seed);
      const ready = { step, snapshot };
      this.#steps = new StepQueue(this.#memory, plan, ready, this.#buffers, batches, this.#profiler);
      this.#steps.keepState();
    });
  }

  get counters(): EngineCounters {
    return {
      steps: this.#steps?.stepsTaken ?? 0,
      submits: this.#steps?.submits ?? 0,
      bytesUploaded: this.#memory.bytesUploaded,
      liveBuffers: this.#memory.liveBuffers,
    };
  }

  step(indices?: Uint32Array): Promise<StepResult> {
    return this.#calls.inTurn("step", async () => {
      const run = this.#stepQueue("step()");
      if (indices === undefined) {
        await run.take(1);
      } else {
        checkIndices(indices, this.training.batchSize, this.dataset!.train.labels.length);
        await run.takeRows(indices);
      }
      await run.settle();
      const { loss, correct } = run.last;
      return { loss, correct };
    });
  }

  run(n: number): Promise<void> {
    return this.#calls.inTurn("run", async () => {
      checkStepCount(n);
      await this.#stepQueue("run()").take(n);
    });
  }

  records(): Promise<StepRecord[]> {
    return this.#calls.inTurn("records", async () => {
      if (this.#steps === undefined) return [];
      await this.#steps.settle();
      return this.#steps.drain();
    });
  }

  evaluate(splitName: SplitName): Promise<Evaluation> {
    return this.#calls.inTurn("evaluate", async () => {
      const split = requireSplit(this.dataset, "evaluate()", splitName);
      await this.#steps?.settleQuietly();
      let evaluator = this.#evaluators.get(splitName);
      if (evaluator === undefined) {
        const names = [...this.#buffers.keys()].filter(
          (name) => name === "parameters" || (splitName === "train" && /^(labels$|images)/.test(name)),
        );
        const shared = new Map(names.map((name) => [name, this.#buffers.get(name)!]));
        evaluator = await this.#calls.scoped(() =>
          Evaluator.create(this.#memory, this.plan, this.#limits, this.dataset!, split, shared),
        );
        this.#evaluators.set(splitName, evaluator);
      }
      const read = (): Promise<Evaluation> => evaluator.evaluate(this.#steps?.place.step ?? 0);
      return this.#profiler?.wait(`evaluate ${splitName}`, read) ?? read();
    });
  }

  /** How long the steps so far took; undefined unless the engine was made with `profile`. */
  timings(): Promise<StepTimings | undefined> {
    return this.#calls.inTurn("timings", async () => {
      await this.#steps?.settleQuietly();
      return this.#profiler?.timings;
    });
  }

  predict(inputs: Float32Array): Promise<Prediction> {
    return this.#calls.inTurn("predict", async () => {
      const { input, classes } = this.network;
      const rows = countRows("predict", inputs, input);
      const probabilities = new Float32Array(rows * classes);
      const labels = new Uint8Array(rows);
      if (rows === 0) return { probabilities, labels };
      await this.#steps?.settleQuietly();
      this.#prediction = await this.#floatProgram(this.#prediction, rows, false);
      const { capacity } = this.#prediction;
      for (let first = 0; first < rows; first += capacity) {
        const end = Math.min(first + capacity, rows);
        const result = await this.#prediction.run(inputs.subarray(first * input, end * input));
        probabilities.set(result.probabilities, first * classes);
        labels.set(result.predicted, first);
      }
      return { probabilities, labels };
    });
  }

  gradients(inputs: Float32Array, labels: Uint8Array): Promise<GradientResult> {
    return this.#calls.inTurn("gradients", async () => {
      const rows = countRows("gradients", inputs, this.network.input);
      checkLabels("gradients", labels, rows, this.network.classes);
      await this.#steps?.settleQuietly();
      this.#gradient = await this.#floatProgram(this.#gradient, rows, true);
      const { loss, logits, probabilities } = await this.#gradient.run(inputs, labels);
      return { loss, logits, probabilities, gradients: await this.#gradient.gradients() };
    });
  }

  parameters(): Promise<Record<string, Float32Array>> {
    return this.#calls.inTurn("parameters", async () => {
      await this.#steps?.settleQuietly();
      return this.#readTensors("parameters", "");
    });
  }

  /** Moments, step count and position stay; a divergence is forgotten, as what diverged is gone. */
  setParameters(parameters: Parameters): Promise<void> {
    return this.#calls.inTurn("setParameters", async () => {
      const converted = toFloat32(parameters);
      checkTensors("setParameters", converted, parameterShapes(this.network));
      await this.#steps?.settleQuietly();
      this.#memory.upload(this.#buffers.get("parameters")!, packParameters(this.network, converted));
      this.#steps?.keepState();
    });
  }

  state(): Promise<EngineState> {
    return this.#calls.inTurn("state", async () => {
      await this.#steps?.settleQuietly();
      const parameters = await this.#readTensors("parameters", "");
      const moments: Record<string, Float32Array> = {};
      for (const [index, name] of momentNames(this.training.optimizer).entries()) {
        Object.assign(moments, await this.#readTensors(MOMENT_BUFFERS[index], `.${name}`));
      }
      const place = this.#steps?.place ?? {
        step: 0,
        epoch: 0,
        position: 0,
        generator: [0, 0, 0, 0],
        sums: { loss: 0, correct: 0, rows: 0 },
      };
      return { parameters, moments, ...place };
    });
  }

  /** All or nothing: a state that does not fit changes nothing. Records not given before are dropped. */
  setState(state: EngineState): Promise<void> {
    return this.#calls.inTurn("setState", async () => {
      const parameters = toFloat32(state.parameters);
      const moments = toFloat32(state.moments);
      checkTensors("setState: parameters", parameters, parameterShapes(this.network));
      checkTensors("setState: moments", moments, momentShapes(this.network, this.training.optimizer));
      checkCounts(state, this.stepsPerEpoch);
      await this.#steps?.settleQuietly();
      this.#writeState({ parameters, moments });
      const { step, epoch, position, generator, sums } = state;
      this.#steps?.restore({ step, epoch, position, generator, sums });
    });
  }

  dispose(): void {
    this.#calls.dispose();
    this.#memory.dispose();
    if (this.#ownsDevice) this.#device.destroy();
  }

  #stepQueue(what: string): StepQueue {
    requireSplit(this.dataset, what, "train");
    if (this.#steps === undefined) throw new SpecError("dataset", `${what} needs a dataset`);
    return this.#steps;
  }

  /** A program for this many rows (predictions: or as many as fit at a time); the old one where it suffices. */
  async #floatProgram(
    old: FloatProgram | undefined,
    rows: number,
    gradients: boolean,
  ): Promise<FloatProgram> {
    const capacity = floatCapacity(this.network, this.#limits, rows, gradients);
    if (old !== undefined && old.capacity >= capacity) return old;
    const made = await this.#calls.scoped(() =>
      FloatProgram.create(this.#memory, this.plan, this.#limits, this.#buffers.get("parameters")!, {
        rows: capacity,
        gradients,
      }),
    );
    old?.dispose();
    return made;
  }

  #writeState({ parameters, moments }: { parameters: Parameters; moments: Parameters }): void {
    this.#memory.upload(this.#buffers.get("parameters")!, packParameters(this.network, parameters));
    momentNames(this.training.optimizer).forEach((name, index) => {
      const packed = packParameters(this.network, moments, `.${name}`);
      this.#memory.upload(this.#buffers.get(MOMENT_BUFFERS[index])!, packed);
    });
  }

  async #readTensors(buffer: string, suffix: string): Promise<Record<string, Float32Array>> {
    const bytes = await this.#memory.read(this.#buffers.get(buffer)!, 0, 16 * this.plan.parameters.vectors);
    return unpackParameters(this.network, new Float32Array(bytes), suffix);
  }
}

function toFloat32(tensors: Parameters): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, values]) => [name, Float32Array.from(values)]),
  );
}
