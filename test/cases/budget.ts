/** What training costs: pipelines, dispatches, submits, buffers and bytes, counted on the device's own calls. */
import type { TrainingSpec } from "../../src/core/spec.ts";
import { HARDWARE_TUNING, type Tuning } from "../../src/gpu/tuning.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

const NETWORKS: readonly {
  hidden: Parameters<typeof stack>[1];
  training: TrainingSpec;
  dispatches: number;
}[] = [
  { hidden: [[17]], training: { optimizer: "sgd" }, dispatches: 3 },
  { hidden: [[17]], training: { optimizer: "momentum" }, dispatches: 3 },
  { hidden: [[17]], training: { optimizer: "adam" }, dispatches: 3 },
  { hidden: [[17]], training: { optimizer: "adamw", clipNorm: 1 }, dispatches: 4 },
  { hidden: [], training: { optimizer: "adam" }, dispatches: 2 },
  { hidden: [[17], [9], [5]], training: { optimizer: "nesterov" }, dispatches: 7 },
];

/** How a GPU is given its work, with tiles that are compiled quickly everywhere. */
const TUNING: Tuning = {
  ...VARIANTS[2],
  assumedFlops: HARDWARE_TUNING.assumedFlops,
  dispatchSeconds: HARDWARE_TUNING.dispatchSeconds,
  submitSeconds: HARDWARE_TUNING.submitSeconds,
};

/** Counts what goes through the queue while `work` runs. */
async function counted(
  device: GPUDevice,
  work: () => Promise<unknown>,
): Promise<{ written: number; submits: number }> {
  const counts = { written: 0, submits: 0 };
  const { queue } = device;
  const write = queue.writeBuffer.bind(queue);
  const submit = queue.submit.bind(queue);
  queue.writeBuffer = (buffer: GPUBuffer, offset: number, data: ArrayBufferView<ArrayBuffer>) => {
    counts.written += data.byteLength;
    return write(buffer, offset, data);
  };
  queue.submit = (buffers) => {
    counts.submits++;
    return submit(buffers);
  };
  try {
    await work();
  } finally {
    queue.writeBuffer = write;
    queue.submit = submit;
  }
  return counts;
}

/** Counts what is compiled while `work` runs. */
async function compiled<T>(
  device: GPUDevice,
  work: () => Promise<T>,
): Promise<{ made: T; pipelines: number }> {
  let pipelines = 0;
  const create = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = (descriptor) => {
    pipelines++;
    return create(descriptor);
  };
  try {
    return { made: await work(), pipelines };
  } finally {
    device.createComputePipelineAsync = create;
  }
}

async function budget(lab: Lab): Promise<void> {
  const { check, device } = lab;
  const dataset = new Draw(121).dataset(4, 5, { train: 200 });
  for (const { hidden, training, dispatches } of NETWORKS) {
    const what = `${hidden.map(([units]) => units).join("-")} ${training.optimizer}`;
    const { made: engine, pipelines } = await compiled(device, () =>
      lab.engine({
        network: stack(16, hidden, 5),
        training: { batchSize: 10, ...training },
        tuning: TUNING,
        dataset,
      }),
    );
    // One for each dispatch of a step, and one for the snapshot behind each submit.
    check.that(`${what}: pipelines`, pipelines === dispatches + 1, pipelines);
    const { plan, counters } = engine;
    check.that(`${what}: dispatches`, plan.dispatchesPerStep === dispatches, plan.dispatchesPerStep);
    check.that(`${what}: bytes per step in the plan`, plan.bytesUploadedPerStep === 0);
    await engine.run(2);
    await engine.records();
    const buffers = engine.counters.liveBuffers;
    const within = await compiled(device, () =>
      counted(device, () => engine.run(10).then(() => engine.records())),
    );
    check.that(`${what}: nothing is compiled while it trains`, within.pipelines === 0, within.pipelines);
    const inEpoch = within.made;
    check.that(`${what}: bytes of steps within an epoch`, inEpoch.written === 0, inEpoch.written);
    check.that(
      `${what}: submits of 10 steps`,
      inEpoch.submits === Math.ceil(10 / plan.stepsPerSubmit),
      inEpoch.submits,
    );
    await engine.run(8);
    await engine.records();
    const epoch = await counted(device, () => engine.run(20).then(() => engine.records()));
    check.that(
      `${what}: bytes of an epoch`,
      epoch.written === plan.bytesUploadedPerEpoch,
      `${epoch.written}, ${plan.bytesUploadedPerEpoch} planned`,
    );
    check.that(
      `${what}: bytes counted`,
      engine.counters.bytesUploaded - counters.bytesUploaded >= epoch.written,
    );
    check.that(
      `${what}: live buffers stay`,
      engine.counters.liveBuffers <= buffers,
      `${engine.counters.liveBuffers}, ${buffers}`,
    );
    for (let i = 0; i < 3; i++) await engine.evaluate("train");
    const evaluated = engine.counters.liveBuffers;
    await engine.evaluate("train");
    await engine.state();
    check.that(`${what}: so do those of evaluation`, engine.counters.liveBuffers === evaluated);
    check.that(`${what}: steps counted`, engine.counters.steps === 40, engine.counters.steps);
    check.that(`${what}: the device agrees`, lab.buffers.live >= evaluated);
    engine.dispose();
    check.that(
      `${what}: none after dispose()`,
      engine.counters.liveBuffers === 0 && lab.buffers.live === 0,
      lab.buffers.live,
    );
  }
}

export const budgetCases: readonly Case[] = [
  { name: "budget of pipelines, dispatches, submits, buffers and bytes", run: budget },
];
