/**
 * One training step taken apart: every tensor that the device computes on its way, beside the same tensor of the CPU in
 * float32 and in float64, with how far float32 may be off. The step is the production step, the same kernels with the
 * same tiles, which keep what they otherwise let go.
 */
import type { Dataset } from "../../core/dataset.ts";
import type { FloatArray } from "../../core/engine.ts";
import { notFiniteText, type Fault } from "../../core/errors.ts";
import type { StepNumbers } from "../../core/schedule.ts";
import { networkToSpec, type Network, type Training } from "../../core/spec.ts";
import { tensorsToPrecision } from "../../cpu/floats.ts";
import { faultInStep, unguardedStep } from "../../cpu/step.ts";
import { deviceLimits } from "../../gpu/device.ts";
import { writeEntry } from "../../gpu/epoch-schedule.ts";
import { decodeFault, FAULT } from "../../gpu/faults.ts";
import { packParameters, padImages, unpackParameters, unpadRows } from "../../gpu/layout.ts";
import { plan as makePlan, stateBuffers } from "../../gpu/plan.ts";
import { ENTRY_WORDS } from "../../gpu/plan-programs.ts";
import type { Plan } from "../../gpu/plan-types.ts";
import type { ShaderSources } from "../../gpu/shader-sources.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { momentNames, parameterShapes } from "../../model/parameters.ts";
import { Check } from "../conformance/check.ts";
import { Kernel, region, type Contents } from "../conformance/kernel.ts";
import {
  inputsOf,
  labelsOf,
  normDepthOf,
  signsOf,
  stepReference,
  type StepState,
} from "../conformance/step.ts";
import { SMALLEST, UNIT } from "../rounding.ts";
import { kernelReferences, type KernelReference } from "./local.ts";
import { inRange } from "./overflow.ts";

/** What a run trains, and with which kernels. */
export interface TraceSetting {
  network: Network;
  training: Training;
  tuning: Tuning;
}

/** All that a step depends on. */
export interface TracedStepInputs {
  state: StepState;
  numbers: StepNumbers;
  /** `[rows * pixels]`, in the order of the batch. */
  images: Uint8Array;
  /** `[rows]` */
  labels: Uint8Array;
}

/** One tensor of a step on all three. */
export interface TracedTensor {
  name: string;
  /** The kernel whose result it is. */
  kernel: string;
  shape: number[];
  gpu: FloatArray;
  /** Of the CPU in float32. */
  cpu: FloatArray;
  /** Of the CPU in float64. */
  reference: FloatArray;
  bounds: FloatArray;
  /** The same of its kernel alone: from what the device has given it, with its own roundings. */
  own: KernelReference;
}

export interface TracedStep {
  /** In the order in which they are computed. */
  tensors: TracedTensor[];
  /** What the device has made of the state. */
  after: { parameters: Record<string, Float32Array>; moments: Record<string, Float32Array> };
  /** What the device's own guard says; empty where nothing was found not finite. */
  fault: string;
  /** Where the training leaves the numbers of float32: the tensors end before that. */
  notFinite?: Fault;
}

export class Tracer {
  readonly setting: TraceSetting;
  readonly #plan: Plan;
  readonly #kernel: Kernel;
  readonly #endings: (() => void)[];

  private constructor(setting: TraceSetting, plan: Plan, kernel: Kernel, endings: (() => void)[]) {
    this.setting = setting;
    this.#plan = plan;
    this.#kernel = kernel;
    this.#endings = endings;
  }

  /** @param rows of the largest batch @throws LimitError, GpuError */
  static async open(
    device: GPUDevice,
    setting: TraceSetting,
    rows: number,
    shaders?: ShaderSources,
  ): Promise<Tracer> {
    const { network, training, tuning } = setting;
    const options = { tuning, trainRows: rows, limits: deviceLimits(device), shaders, traced: true };
    const plan = makePlan(networkToSpec(network), { ...training, batchSize: rows }, options);
    const endings: (() => void)[] = [];
    const context = { device, shaders, check: new Check(), atEnd: (work: () => void) => endings.push(work) };
    try {
      return new Tracer(setting, plan, await Kernel.open(context, plan.dispatches, plan.buffers), endings);
    } catch (error) {
      for (const work of endings) work();
      throw error;
    }
  }

  dispose(): void {
    for (const work of this.#endings.splice(0)) work();
  }

  async step({ state, numbers, images, labels }: TracedStepInputs): Promise<TracedStep> {
    const plan = this.#plan;
    const { network } = plan;
    const rows = labels.length;
    // Stored back to front, so that gathering has something to do.
    const order = Uint32Array.from({ length: rows }, (_, row) => rows - 1 - row);
    const dataset = batchDataset(images, labels, order, network, plan.train.rows);
    const kernel = this.#kernel;
    await kernel.run(rows, this.#contents(state, numbers, dataset, order));

    const read = this.#reader(rows);
    const activations = kernel.floats("activations", [0, 4 * plan.train.activations.vectors]);
    const inputs = inputsOf(dataset, order);
    const training = { ...plan.training, ...this.setting.training };
    const signs = signsOf(plan, activations, rows);
    const { pass, update } = stepReference({ ...plan, training }, dataset, state, order, signs, numbers);
    const narrow = narrowStep(network, training, state, numbers, inputs, labelsOf(dataset, order));
    const after = this.#after();
    const gradients = unpackParameters(network, read.packed("gradients"));
    const results = kernel.words("results", [0, 4 * rows]).filter((_, i) => i % 4 === 0);
    const record = kernel.words("results", [4 * plan.firstRecord, 4 * plan.firstRecord + 1]);
    const floatsOf = (bits: Uint32Array): Float32Array => new Float32Array(Uint32Array.from(bits).buffer);

    const { forward, backward, errors } = pass;
    const { layers, classes } = network;
    const output = layers.length - 1;
    const at = plan.train.activations;
    const tensors: Omit<TracedTensor, "own">[] = [];
    const kernelOf = (job: string, layer?: number): string =>
      plan.dispatches
        .flatMap((each) => each.jobs)
        .find((each) => each.kernel.startsWith(job) && (layer === undefined || each.layer === layer))
        ?.kernel ?? job;
    const add = (tensor: Omit<TracedTensor, "own">): unknown => tensors.push(tensor);

    const exactInputs = Float64Array.from(inputs);
    add({
      name: "inputs",
      kernel: "source-images",
      shape: [rows, network.input],
      gpu: read.rows(at.input, network.input),
      cpu: inputs,
      reference: exactInputs,
      bounds: exactInputs.map((x) => Math.abs(x) * UNIT + SMALLEST),
    });
    for (let layer = 0; layer < output; layer++) {
      const { units } = layers[layer];
      const shape = [rows, units];
      const job = kernelOf("dense-forward", layer);
      const [own, wide] = [narrow.forward.layers[layer], forward.layers[layer]];
      const bounds = errors.layers[layer];
      add({
        name: `layers.${layer}.z`,
        kernel: job,
        shape,
        gpu: read.rows(at.z[layer], units),
        cpu: own.z,
        reference: wide.z,
        bounds: bounds.z,
      });
      add({
        name: `layers.${layer}.a`,
        kernel: job,
        shape,
        gpu: read.rows(at.activations[layer], units),
        cpu: own.output,
        reference: wide.output,
        bounds: bounds.output,
      });
    }
    const rule =
      plan.dispatches.flatMap((each) => each.jobs).find(({ roles }) => roles["optimizer"] !== undefined)
        ?.roles["optimizer"] ?? "optimizer";
    const head = kernelOf("head");
    const headShape = [rows, classes];
    add({
      name: "logits",
      kernel: head,
      shape: headShape,
      gpu: read.rows(at.logits, classes),
      cpu: narrow.forward.logits,
      reference: forward.logits,
      bounds: errors.layers[output].z,
    });
    add({
      name: "probabilities",
      kernel: head,
      shape: headShape,
      gpu: read.rows(at.probabilities, classes),
      cpu: narrow.forward.probabilities,
      reference: forward.probabilities,
      bounds: errors.head.probabilities,
    });
    add({
      name: "losses",
      kernel: head,
      shape: [rows],
      gpu: floatsOf(results),
      cpu: narrow.backward.losses,
      reference: backward.losses,
      bounds: errors.head.losses,
    });
    const addDelta = (layer: number): void => {
      const { units } = layers[layer];
      add({
        name: `layers.${layer}.delta`,
        kernel: layer >= output - 1 ? head : kernelOf("dense-input-gradient", layer + 1),
        shape: [rows, units],
        gpu: read.rows(at.deltas[layer], units),
        cpu: narrow.backward.deltas[layer],
        reference: backward.deltas[layer],
        bounds: errors.deltas[layer],
      });
    };
    const addGradients = (layer: number): void => {
      const { inputs: ins, units } = layers[layer];
      for (const [kind, shape] of [
        ["weight", [ins, units]],
        ["bias", [units]],
      ] as const) {
        const name = `layers.${layer}.${kind}`;
        add({
          name: `${name}.gradient`,
          kernel: kernelOf(`dense-${kind}-gradient`, layer),
          shape: [...shape],
          gpu: gradients[name],
          cpu: narrow.backward.gradients[name],
          reference: backward.gradients[name],
          bounds: errors.gradients[name],
        });
      }
    };
    const suffixes = momentNames(training.optimizer);
    const addUpdate = (layer: number): void => {
      for (const { name, shape } of parameterShapes(network).filter((each) => each.layer === layer)) {
        for (const suffix of suffixes) {
          const moment = `${name}.${suffix}`;
          add({
            name: moment,
            kernel: rule,
            shape,
            gpu: after.moments[moment],
            cpu: narrow.moments[moment],
            reference: update.moments[moment],
            bounds: update.momentErrors[moment],
          });
        }
        add({
          name,
          kernel: rule,
          shape,
          gpu: after.parameters[name],
          cpu: narrow.parameters[name],
          reference: update.parameters[name],
          bounds: update.parameterErrors[name],
        });
      }
    };
    // As the dispatches have it: the guard stops all that come after the one that is wrong.
    const clips = training.clipNorm > 0;
    addDelta(output);
    if (output > 0) addDelta(output - 1);
    for (let layer = output; layer >= 0; layer--) {
      addGradients(layer);
      if (layer >= 2) addDelta(layer - 2);
      if (!clips) addUpdate(layer);
    }
    if (clips) for (let layer = 0; layer <= output; layer++) addUpdate(layer);
    add({
      name: "loss",
      kernel: "step-result",
      shape: [1],
      gpu: floatsOf(record),
      cpu: Float32Array.of(narrow.backward.loss),
      reference: Float64Array.of(backward.loss),
      bounds: Float64Array.of(errors.head.loss),
    });
    const setting = { ...this.setting, training };
    const own = kernelReferences(setting, { state, numbers, labels }, normDepthOf(plan), tensors);
    const faultWord = kernel.words("control", [FAULT, FAULT + 1])[0];
    const found = faultWord === 0 ? undefined : decodeFault(faultWord, state.step, layers.length);
    const traced = {
      // The inputs are made of bytes: both comparisons are one.
      tensors: tensors.map((tensor) => ({ ...tensor, own: own.get(tensor.name) ?? tensor })),
      after,
      fault: found ? notFiniteText(found) : "",
    };
    const faults = { device: found, cpu: narrow.fault && { step: state.step, ...narrow.fault } };
    return inRange(traced, faults, { step: state.step, layers: layers.length, clips });
  }

  #contents(state: StepState, numbers: StepNumbers, dataset: Dataset, order: Uint32Array): BufferContents {
    const { network, training, scheduleRows, parameters, firstRecord } = this.#plan;
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step: state.step, first: scheduleRows, rows: order.length }, numbers);
    const names = stateBuffers(training);
    return {
      schedule: [{ data: entry }, { at: scheduleRows, data: order }],
      images: [{ data: padImages(dataset.train.images, network.input) }],
      labels: [{ data: dataset.train.labels }],
      gradients: [{ data: new Float32Array(4 * parameters.vectors) }],
      results: [{ at: 4 * firstRecord, data: new Float32Array(4) }],
      parameters: [{ data: packParameters(network, state.parameters) }],
      ...Object.fromEntries(
        momentNames(training.optimizer).map((suffix, i) => [
          names[i + 1],
          [{ data: packParameters(network, state.moments, `.${suffix}`) }],
        ]),
      ),
    };
  }

  #reader(rows: number) {
    const words = 4 * this.#plan.parameters.vectors;
    return {
      rows: (vector: number, width: number): Float32Array =>
        unpadRows(this.#kernel.floats("activations", region(vector, rows, width)), rows, width),
      packed: (buffer: string): Float32Array => this.#kernel.floats(buffer, [0, words]),
    };
  }

  #after(): TracedStep["after"] {
    const { network, training } = this.#plan;
    const { packed } = this.#reader(0);
    const names = stateBuffers(training);
    const moments = momentNames(training.optimizer).map((suffix, i) =>
      unpackParameters(network, packed(names[i + 1]), `.${suffix}`),
    );
    return {
      parameters: unpackParameters(network, packed("parameters")),
      moments: Object.assign({}, ...moments) as Record<string, Float32Array>,
    };
  }
}

type BufferContents = Readonly<Record<string, readonly Contents[]>>;

/** The batch as a data set, row r at `order[r]`; rows beyond it are empty. */
function batchDataset(
  images: Uint8Array,
  labels: Uint8Array,
  order: Uint32Array,
  { input, classes }: Network,
  capacity: number,
): Dataset {
  const stored = { images: new Uint8Array(capacity * input), labels: new Uint8Array(capacity) };
  order.forEach((place, row) => {
    stored.images.set(images.subarray(row * input, (row + 1) * input), place * input);
    stored.labels[place] = labels[row];
  });
  const names = Array.from({ length: classes }, (_, i) => String(i));
  return { name: "batch", height: 1, width: input, classes: names, train: stored, test: stored };
}

/** The same step on the CPU, every stored number rounded to float32. */
function narrowStep(
  network: Network,
  training: Training,
  state: StepState,
  numbers: StepNumbers,
  inputs: Float32Array,
  labels: Uint8Array,
) {
  const before = {
    parameters: tensorsToPrecision("float32", state.parameters),
    moments: tensorsToPrecision("float32", state.moments),
  };
  const step = unguardedStep(network, training, before, inputs, labels, state.step, numbers);
  return { ...step, ...step.next, fault: faultInStep(network, step) };
}
