/** One fused training step of the GPU engine from a given state, held against the float64 reference. */
import { pixelToInput, type Dataset } from "../../src/core/dataset.ts";
import type { EngineState } from "../../src/core/engine.ts";
import { stepNumbers } from "../../src/core/schedule.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { BatchSequence } from "../../src/data/batches.ts";
import type { GpuEngine, GpuEngineOptions } from "../../src/gpu/engine.ts";
import { packParameters, unpackParameters, unpadRows } from "../../src/gpu/layout.ts";
import type { Plan } from "../../src/gpu/plan-types.ts";
import { boundedPass, type BoundedPass } from "../../src/lens/pass-bounds.ts";
import { UNIT } from "../../src/lens/rounding.ts";
import { boundedUpdate, tiledNormDepth, type BoundedUpdate } from "../../src/lens/update-bounds.ts";
import { parameterShapes } from "../../src/model/parameters.ts";
import type { Lab } from "./gpu-lab.ts";

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

/** The state after some steps of the float64 CPU engine, rounded to float32: moments that are warm. */
export async function warmState(options: GpuEngineOptions, steps: number): Promise<EngineState> {
  const { network, training, dataset } = options;
  const engine = await createCpuEngine({ network, training, dataset, precision: "float64" });
  await engine.run(steps);
  const state = await engine.state();
  engine.dispose();
  const narrow = (tensors: EngineState["parameters"]): Record<string, Float32Array> =>
    Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, Float32Array.from(values)]));
  return { ...state, parameters: narrow(state.parameters), moments: narrow(state.moments) };
}

/** Which units of each hidden layer the device has found above the kink, from the activations of its last step. */
export async function sharedSigns(lab: Lab, plan: Plan, rows: number): Promise<Uint8Array[]> {
  const activations = new Float32Array(await lab.read(lab.buffers.find("train activations")));
  return plan.network.layers.slice(0, -1).map(({ units }, layer) => {
    const at = 4 * plan.train.activations.activations[layer];
    return Uint8Array.from(unpadRows(activations.subarray(at), rows, units), (a) => (a > 0 ? 1 : 0));
  });
}

export interface StepReference {
  pass: BoundedPass;
  update: BoundedUpdate;
}

/** What one step from this state on these rows gives, with bounds. */
export function stepReference(
  { plan, dataset }: GpuEngine,
  state: EngineState,
  rows: Uint32Array,
  positive: Uint8Array[],
): StepReference {
  const { network, training, stepsPerEpoch, tuning } = plan;
  const pass = boundedPass(network, state.parameters, inputsOf(dataset!, rows), labelsOf(dataset!, rows), {
    dropout: { seed: training.seed, step: state.step },
    labelSmoothing: training.labelSmoothing,
    inputError: UNIT,
    positive,
  });
  const squares = plan.buffers.find(({ name }) => name === "squares");
  const { rows: tileRows, columns } = tuning.weightGradient;
  const normDepth = tiledNormDepth(tileRows * columns, (squares?.bytes ?? 0) / 4, tuning.workgroupSize);
  const update = boundedUpdate(
    training,
    stepNumbers(training, state.step, training.epochs * stepsPerEpoch, stepsPerEpoch),
    parameterShapes(network),
    state.parameters,
    state.moments,
    pass.backward.gradients,
    pass.errors.gradients,
    normDepth,
  );
  return { pass, update };
}

/** The rows of the next batch from a state. */
export function nextRows({ training, dataset }: GpuEngine, state: EngineState): Uint32Array {
  const batches = new BatchSequence(dataset!.train.labels.length, training.batchSize, training.seed);
  batches.restore(state.generator, state.epoch, state.position);
  return batches.batch().slice();
}

/** Takes one step from the state, on the next batch or on chosen rows, and compares everything it changes. */
export async function checkFusedStep(
  lab: Lab,
  what: string,
  engine: GpuEngine,
  state: EngineState,
  chosen?: Uint32Array,
): Promise<StepReference> {
  const { check } = lab;
  await engine.setState(state);
  const rows = chosen ?? nextRows(engine, state);
  const { loss, correct } = await engine.step(chosen);
  const positive = await sharedSigns(lab, engine.plan, rows.length);
  const reference = stepReference(engine, state, rows, positive);
  const { pass, update } = reference;
  const after = await engine.state();
  check.within(`${what}: loss`, [loss], [pass.backward.loss], [pass.errors.head.loss]);
  const open = pass.errors.head.openRows.reduce((sum, isOpen) => sum + isOpen, 0);
  check.that(
    `${what}: correct`,
    Math.abs(correct - pass.backward.correct) <= open,
    `${correct}, ${pass.backward.correct}`,
  );
  for (const [name, errors] of Object.entries(update.parameterErrors)) {
    check.within(`${what}: ${name}`, after.parameters[name], update.parameters[name], errors);
  }
  for (const [name, errors] of Object.entries(update.momentErrors)) {
    check.within(`${what}: ${name}`, after.moments[name], update.moments[name], errors);
  }
  check.that(`${what}: step count`, after.step === state.step + 1, after.step);
  await checkPadding(lab, what, engine);
  return reference;
}

/** What fills rows up to vectors of four is still 0 in parameters and moments. */
async function checkPadding(lab: Lab, what: string, { plan }: GpuEngine): Promise<void> {
  for (const { name } of plan.buffers.filter(({ purpose }) => purpose === "state")) {
    const raw = new Float32Array(await lab.read(lab.buffers.find(`train ${name}`)));
    const clean = packParameters(plan.network, unpackParameters(plan.network, raw));
    lab.check.equal(`${what}: ${name} with its padding`, raw, clean);
  }
}
