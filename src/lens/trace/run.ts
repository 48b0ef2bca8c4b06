/**
 * Float64, float32 and the device in lock-step: before each step of an engine its state is taken, the step is traced from
 * it, and the engine's own, untraced step has to end in the same bits. Stops at the first element beyond its bound.
 */
import type { Parameters } from "../../core/engine.ts";
import { BatchSequence } from "../../data/batches.ts";
import { adapterName } from "../../gpu/device.ts";
import type { GpuEngine } from "../../gpu/engine.ts";
import type { ShaderSources } from "../../gpu/shader-sources.ts";
import { SpecError, type Fault } from "../../core/errors.ts";
import { labelsOf, numbersOf } from "../conformance/step.ts";
import { compareTraced, type Divergence, type TensorWorst } from "./compare.ts";
import { writeReplay } from "./replay.ts";
import { Tracer, type TracedStep, type TracedStepInputs } from "./tracer.ts";

export interface TraceReport {
  /** Steps traced. */
  steps: number;
  /** Whether the device and the CPU diverged. */
  diverged: boolean;
  first?: Divergence;
  /** Where the training itself left the numbers of float32, on the CPU as well: the last step is traced up to there. */
  notFinite?: Fault;
  /** Every tensor by its worst element, the worst first. */
  worst: TensorWorst[];
  /** A file that repeats the step that diverged. */
  replay?: Uint8Array<ArrayBuffer>;
}

export type TraceEvent =
  { type: "step"; step: number; errorOverBound: number } | { type: "report"; report: TraceReport };

export const sortWorst = (worst: ReadonlyMap<string, TensorWorst>): TensorWorst[] =>
  [...worst.values()].sort((a, b) => largestRatio(b) - largestRatio(a));

/** Error over bound of either comparison, whichever is larger. */
const largestRatio = ({ errorOverBound, kernelErrorOverBound }: TensorWorst): number =>
  Math.max(errorOverBound, kernelErrorOverBound);

/**
 * @param engine with a dataset; it goes on by so many steps @param device the engine's
 * @throws SpecError without a dataset; what the engine throws
 */
export async function* traceSteps(
  engine: GpuEngine,
  device: GPUDevice,
  steps: number,
  options: { signal?: AbortSignal; shaders?: ShaderSources } = {},
): AsyncGenerator<TraceEvent> {
  const { dataset, network, training, plan } = engine;
  if (dataset === undefined) throw new SpecError("dataset", "trace: the engine was made without a dataset");
  const setting = { network, training, tuning: plan.tuning };
  const pixels = dataset.height * dataset.width;
  const worst = new Map<string, TensorWorst>();
  const tracer = await Tracer.open(device, setting, plan.train.rows, options.shaders);
  let first: Divergence | undefined;
  let replay: TraceReport["replay"];
  let notFinite: Fault | undefined;
  let taken = 0;
  try {
    while (taken < steps && !first && !notFinite && !options.signal?.aborted) {
      const before = await engine.state();
      const batches = new BatchSequence(dataset.train.labels.length, training.batchSize, training.seed);
      batches.restore(before.generator, before.epoch, before.position);
      const rows = batches.batch().slice();
      const images = new Uint8Array(rows.length * pixels);
      rows.forEach((row, r) =>
        images.set(dataset.train.images.subarray(row * pixels, (row + 1) * pixels), r * pixels),
      );
      const inputs: TracedStepInputs = {
        state: before,
        numbers: numbersOf(plan, before.step),
        images,
        labels: labelsOf(dataset, rows),
      };
      const traced = await tracer.step(inputs);
      first = compareTraced(network, inputs, traced, worst);
      if (first === undefined) ({ notFinite } = traced);
      if (first === undefined && notFinite === undefined) {
        await engine.step();
        first = untraced(before.step, traced, await engine.state());
      }
      if (first !== undefined) {
        replay = writeReplay({ setting, inputs, adapter: adapterName(engine.adapter), first });
      }
      taken++;
      const [most] = sortWorst(worst);
      yield { type: "step", step: before.step, errorOverBound: largestRatio(most) };
    }
  } finally {
    tracer.dispose();
  }
  yield {
    type: "report",
    report: {
      steps: taken,
      diverged: first !== undefined,
      ...(first && { first }),
      ...(notFinite && { notFinite }),
      worst: sortWorst(worst),
      ...(replay && { replay }),
    },
  };
}

/** The engine's own step has the same bits as the traced one. */
function untraced(
  step: number,
  { after, fault }: TracedStep,
  state: { parameters: Parameters; moments: Parameters },
): Divergence | undefined {
  const own = { ...state.parameters, ...state.moments };
  for (const [name, traced] of Object.entries({ ...after.parameters, ...after.moments })) {
    const index = traced.findIndex((value, i) => !Object.is(value, own[name][i]));
    if (index < 0) continue;
    const [reference, gpu] = [traced[index], own[name][index]];
    return {
      step,
      tensor: `${name} of the untraced step`,
      kernel: "the whole step",
      shape: [traced.length],
      index,
      gpu,
      cpu: reference,
      reference,
      bound: 0,
      comparison: "step",
      origins: [],
      fault,
    };
  }
  return undefined;
}
