/**
 * A whole production step of a plan, from a given state: what float64 makes of it, how far float32 may be off, and the
 * plan's own dispatches on buffers between sentinels held against both.
 */
import { pixelToInput, type Dataset } from "../../core/dataset.ts";
import type { Parameters } from "../../core/engine.ts";
import { stepNumbers, type StepNumbers } from "../../core/schedule.ts";
import type { NetworkSpec, Training, TrainingSpec } from "../../core/spec.ts";
import { writeEntry } from "../../gpu/epoch-schedule.ts";
import { packParameters, padImages, unpackParameters, unpadRows } from "../../gpu/layout.ts";
import { plan as makePlan, stateBuffers } from "../../gpu/plan.ts";
import { ENTRY_WORDS } from "../../gpu/plan-programs.ts";
import type { Plan } from "../../gpu/plan-types.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { momentNames, momentShapes, parameterShapes } from "../../model/parameters.ts";
import { boundedPass, type BoundedPass } from "../pass-bounds.ts";
import { depthsOf, UNIT } from "../rounding.ts";
import { boundedUpdate, tiledNormDepth, type BoundedUpdate } from "../update-bounds.ts";
import type { Check } from "./check.ts";
import type { Draw } from "./draw.ts";
import { Kernel, type CheckContext, type Filler } from "./kernel.ts";
import { limitsOf, type KernelCheck } from "./products.ts";

/** Pixels of chosen training rows as both engines see them. */
export function inputsOf(dataset: Dataset, rows: Uint32Array): Float32Array {
  const pixels = dataset.height * dataset.width;
  const { images } = dataset.train;
  return Float32Array.from({ length: rows.length * pixels }, (_, i) =>
    pixelToInput(images[rows[Math.floor(i / pixels)] * pixels + (i % pixels)]),
  );
}

export function labelsOf(dataset: Dataset, rows: Uint32Array): Uint8Array {
  return Uint8Array.from(rows, (row) => dataset.train.labels[row]);
}

/** What a step starts from. */
export interface StepState {
  parameters: Parameters;
  moments: Parameters;
  /** Steps taken before. */
  step: number;
}

export interface StepReference {
  pass: BoundedPass;
  update: BoundedUpdate;
  /** Of each parameter and moment. */
  shapes: Readonly<Record<string, readonly number[]>>;
}

/** Which units of each hidden layer are above the kink, from the activations that a step has left. */
export function signsOf({ network, train }: Plan, activations: Float32Array, rows: number): Uint8Array[] {
  return network.layers.slice(0, -1).map(({ units }, layer) => {
    const at = 4 * train.activations.activations[layer];
    return Uint8Array.from(unpadRows(activations.subarray(at), rows, units), (a) => (a > 0 ? 1 : 0));
  });
}

/** Learning rate and Adam's corrections of a step of this plan. */
export function numbersOf({ training, stepsPerEpoch }: Plan, step: number): StepNumbers {
  return stepNumbers(training, step, training.epochs * stepsPerEpoch, stepsPerEpoch);
}

/** Roundings of the longest path of a plan's sum of squares. */
export function normDepthOf({ tuning, buffers }: Plan): number {
  const squares = buffers.find(({ name }) => name === "squares");
  const { rows, columns } = tuning.weightGradient;
  return tiledNormDepth(rows * columns, (squares?.bytes ?? 0) / 4, tuning.workgroupSize);
}

/**
 * What one step from this state on these rows gives, with bounds.
 * @param positive of `signsOf`; left out, both sides of a kink that is near stay open
 * @param numbers of the step, where the plan's own schedule is not the run's
 */
export function stepReference(
  plan: Plan,
  dataset: Dataset,
  state: StepState,
  rows: Uint32Array,
  positive?: readonly Uint8Array[],
  numbers: StepNumbers = numbersOf(plan, state.step),
): StepReference {
  const { network, training, tuning } = plan;
  const pass = boundedPass(network, state.parameters, inputsOf(dataset, rows), labelsOf(dataset, rows), {
    dropout: { seed: training.seed, step: state.step },
    labelSmoothing: training.labelSmoothing,
    inputError: UNIT,
    positive,
    depths: depthsOf(tuning),
  });
  const update = boundedUpdate(
    training,
    numbers,
    parameterShapes(network),
    state.parameters,
    state.moments,
    pass.backward.gradients,
    pass.errors.gradients,
    normDepthOf(plan),
  );
  const tensors = [...parameterShapes(network), ...momentShapes(network, training.optimizer)];
  return { pass, update, shapes: Object.fromEntries(tensors.map(({ name, shape }) => [name, shape])) };
}

/** Holds everything a step changes against its reference. */
export function compareStep(
  check: Check,
  what: string,
  { pass, update, shapes }: StepReference,
  after: { loss: number; correct: number; parameters: Parameters; moments: Parameters },
): void {
  const { loss, correct, parameters, moments } = after;
  check.within(`${what}: loss`, [loss], [pass.backward.loss], [pass.errors.head.loss]);
  const open = pass.errors.head.openRows.reduce((sum, isOpen) => sum + isOpen, 0);
  check.that(
    `${what}: correct`,
    Math.abs(correct - pass.backward.correct) <= open,
    `${correct}, ${pass.backward.correct}`,
  );
  for (const [name, errors] of Object.entries(update.parameterErrors)) {
    check.within(`${what}: ${name}`, parameters[name], update.parameters[name], errors, shapes[name]);
  }
  for (const [name, errors] of Object.entries(update.momentErrors)) {
    check.within(`${what}: ${name}`, moments[name], update.moments[name], errors, shapes[name]);
  }
}

export interface StepSetting {
  network: NetworkSpec;
  training: TrainingSpec;
  dataset: Dataset;
  tuning: Tuning;
}

/** Every dispatch of a plan's step, compiled once; each batch starts from a state of its own, with warm moments. */
export async function openStep(context: CheckContext, setting: StepSetting): Promise<KernelCheck> {
  const { network, training, dataset, tuning } = setting;
  const trainRows = dataset.train.labels.length;
  const plan = makePlan(network, training, {
    tuning,
    trainRows,
    limits: limitsOf(context),
    shaders: context.shaders,
  });
  const kernel = await Kernel.open(context, plan.dispatches, plan.buffers);
  const images = padImages(dataset.train.images, plan.network.input);
  const batch = async (rows: number, draw: Draw): Promise<void> => {
    const { check } = context;
    const state = drawState(draw, plan);
    const chosen = draw.rows(rows, trainRows);
    const what = `step ${state.step} of ${rows} rows`;
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step: state.step, first: plan.scheduleRows, rows }, numbersOf(plan, state.step));
    const names = stateBuffers(plan.training);
    const suffixes = momentNames(plan.training.optimizer);
    const run = (filler?: Filler): Promise<void> =>
      kernel.run(
        rows,
        {
          schedule: [{ data: entry }, { at: plan.scheduleRows, data: chosen }],
          images: [{ data: images }],
          labels: [{ data: dataset.train.labels }],
          // What pads a stored gradient is never written: an engine's buffers begin as zeros.
          gradients: [{ data: new Float32Array(4 * plan.parameters.vectors) }],
          parameters: [{ data: packParameters(plan.network, state.parameters) }],
          ...Object.fromEntries(
            suffixes.map((suffix, i) => [
              names[i + 1],
              [{ data: packParameters(plan.network, state.moments, `.${suffix}`) }],
            ]),
          ),
        },
        filler,
      );
    const words = 4 * plan.parameters.vectors;
    const packed = (): Record<string, Float32Array> =>
      Object.fromEntries(names.map((name) => [name, kernel.floats(name, [0, words])]));
    await run();
    const first = packed();
    const record = 4 * plan.firstRecord;
    const [lossBits, correct, counted, step] = kernel.words("results", [record, record + 4]);
    check.equal(`${what}: rows and step of the record`, [counted, step], [rows, state.step]);
    const activations = kernel.floats("activations", [0, 4 * plan.train.activations.vectors]);
    const reference = stepReference(plan, dataset, state, chosen, signsOf(plan, activations, rows));
    const moments = suffixes.map((suffix, i) =>
      unpackParameters(plan.network, first[names[i + 1]], `.${suffix}`),
    );
    compareStep(check, what, reference, {
      loss: new Float32Array(Uint32Array.of(lossBits).buffer)[0],
      correct,
      parameters: unpackParameters(plan.network, first["parameters"]),
      moments: Object.assign({}, ...moments) as Parameters,
    });
    for (const name of names) {
      const clean = packParameters(plan.network, unpackParameters(plan.network, first[name]));
      check.equal(`${what}: ${name} with its padding`, first[name], clean);
    }
    const sizes = new Map(plan.buffers.map(({ name, bytes }) => [name, bytes / 4]));
    const whole = (name: string) => [name, [[0, sizes.get(name)!] as const]] as const;
    const between = plan.train.buffers.map(({ name }) => whole(name));
    kernel.checkUntouched(what, {
      ...Object.fromEntries([...names.map(whole), ...between]),
      results: [
        [0, 4 * rows],
        [record, record + 4],
      ],
    });
    // Sums have a fixed order: the same step again gives the same bits, also amid what a run that diverged has left.
    await run("NaN");
    check.sameBits(`${what}, again`, packed(), first);
  };
  return { kernel: "training step", dispatches: plan.dispatches, batch };
}

/** Parameters and moments as some training would have left them. */
function drawState(draw: Draw, { network, training, stepsPerEpoch }: Plan): StepState {
  const moments = momentShapes(network, training.optimizer).map(({ name, size }) => [
    name,
    name.endsWith(".v") ? draw.floats(size, 0.01).map((x) => x * x) : draw.floats(size, 0.01),
  ]);
  return {
    parameters: draw.parameters(network),
    moments: Object.fromEntries(moments) as Parameters,
    step: draw.below(training.epochs * stepsPerEpoch),
  };
}

/** What a setting is called in a report. */
export function stepName({
  network,
  training,
}: {
  network: NetworkSpec;
  training: TrainingSpec | Training;
}): string {
  const layers = network.layers
    .slice(0, -1)
    .map(({ units, activation = "relu", dropout }) =>
      dropout ? `${units} ${activation} ${dropout}` : `${units} ${activation}`,
    );
  const widths = [network.input, ...layers, network.layers[network.layers.length - 1].units].join(" - ");
  const options = Object.entries(training)
    .filter(([key]) => key !== "optimizer" && key !== "epochs" && key !== "seed")
    .map(([key, value]) => `${key} ${value}`);
  return [widths, training.optimizer, ...options].join(", ");
}
