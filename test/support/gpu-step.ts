/** One fused training step of the GPU engine from a given state, held against the float64 reference. */
import type { EngineState } from "../../src/core/engine.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { BatchSequence } from "../../src/data/batches.ts";
import type { GpuEngine, GpuEngineOptions } from "../../src/gpu/engine.ts";
import { packParameters, unpackParameters } from "../../src/gpu/layout.ts";
import { compareStep, signsOf, stepReference, type StepReference } from "../../src/lens/conformance/step.ts";
import type { Lab } from "./gpu-lab.ts";

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
  const activations = new Float32Array(await lab.read(lab.buffers.find("train activations")));
  const positive = signsOf(engine.plan, activations, rows.length);
  const reference = stepReference(engine.plan, engine.dataset!, state, rows, positive);
  const after = await engine.state();
  compareStep(check, what, reference, { loss, correct, ...after });
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
