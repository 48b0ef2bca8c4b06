/** What has to hold of the whole engine and of the device under it, beyond single kernels. */
import type { Dataset } from "../../core/dataset.ts";
import type { EngineState } from "../../core/engine.ts";
import { DeviceLostError, ShapeError } from "../../core/errors.ts";
import type { NetworkSpec, TrainingSpec } from "../../core/spec.ts";
import { createGpuEngine, type GpuEngine } from "../../gpu/engine.ts";
import { BUFFER_USAGE } from "../../gpu/flags.ts";
import { GpuMemory } from "../../gpu/memory.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { boundedPass } from "../pass-bounds.ts";
import { Draw, stack } from "./draw.ts";
import type { CheckContext } from "./kernel.ts";
import { compareStep, inputsOf, stepReference } from "./step.ts";

interface Setting {
  network: NetworkSpec;
  training: TrainingSpec;
  dataset: Dataset;
}

/** A hidden layer, dropout, a short last batch, moments that warm up: small, and all of the path. */
function smallRun(): Setting {
  return {
    network: stack(49, [[33, "relu", 0.25]], 10),
    training: {
      batchSize: 31,
      optimizer: "adamw",
      weightDecay: 0.02,
      labelSmoothing: 0.1,
      epochs: 3,
      seed: 5,
    },
    dataset: new Draw(71).dataset(7, 10, { train: 109, test: 40 }),
  };
}

async function open(context: CheckContext, tuning: Tuning, setting: Setting): Promise<GpuEngine> {
  const engine = await createGpuEngine(context.device, { ...setting, tuning, shaders: context.shaders });
  context.atEnd(() => engine.dispose());
  return engine;
}

const tensors = ({ parameters, moments }: EngineState): Record<string, Float32Array> =>
  ({ ...parameters, ...moments }) as Record<string, Float32Array>;

/** A short run: each of its steps, and the predictions after it, against float64 from the same state. */
export async function checkTraining(context: CheckContext, tuning: Tuning): Promise<void> {
  const { check } = context;
  const setting = smallRun();
  const { dataset } = setting;
  const engine = await open(context, tuning, setting);
  const draw = new Draw(72);
  for (let step = 0; step < 6; step++) {
    const before = await engine.state();
    const rows = draw.rows(step === 3 ? 7 : 31, dataset.train.labels.length);
    const { loss, correct } = await engine.step(rows);
    const reference = stepReference(engine.plan, dataset, before, rows);
    compareStep(check, `training step ${step}`, reference, { loss, correct, ...(await engine.state()) });
  }
  await engine.run(2 * engine.stepsPerEpoch);
  const rows = Uint32Array.from({ length: 33 }, (_, row) => row);
  const inputs = inputsOf(dataset, rows);
  const { probabilities } = await engine.predict(inputs);
  const parameters = await engine.parameters();
  const pass = boundedPass(engine.network, parameters, inputs, new Uint8Array(rows.length));
  check.within("predictions", probabilities, pass.forward.probabilities, pass.errors.head.probabilities, [
    rows.length,
    engine.network.classes,
  ]);
  const { confusion, accuracy, predicted } = await engine.evaluate("test");
  const { labels } = dataset.test;
  check.equal("evaluated rows", [confusion.flat().reduce((sum, n) => sum + n, 0)], [labels.length]);
  const right = labels.reduce((sum, label, row) => sum + (predicted[row] === label ? 1 : 0), 0);
  check.equal("accuracy", [accuracy], [right / labels.length]);
}

/** The same run twice gives the same bits. */
export async function checkDeterminism(context: CheckContext, tuning: Tuning): Promise<void> {
  const setting = smallRun();
  const states: EngineState[] = [];
  for (let again = 0; again < 2; again++) {
    const engine = await open(context, tuning, setting);
    await engine.run(2 * engine.stepsPerEpoch + 1);
    states.push(await engine.state());
  }
  context.check.sameBits("the second run", tensors(states[1]), tensors(states[0]));
}

/** Infinity and NaN are refused by name and leave the engine as it was. */
export async function checkRefusals(context: CheckContext, tuning: Tuning): Promise<void> {
  const { check } = context;
  const engine = await open(context, tuning, smallRun());
  const before = await engine.parameters();
  const inputs = new Float32Array(49);
  for (const bad of [Infinity, -Infinity, NaN]) {
    const broken = { ...before, "layers.1.weight": before["layers.1.weight"].slice().fill(bad) };
    await check.rejects(`parameters of ${bad}`, engine.setParameters(broken), ShapeError);
    await check.rejects(`inputs of ${bad}`, engine.predict(inputs.map(() => bad)), ShapeError);
  }
  check.sameBits("parameters after what was refused", await engine.parameters(), before);
  await engine.predict(inputs);
}

/** WebGPU's bit for buffers that timestamps are resolved into. */
const QUERY_RESOLVE = 0x200;

/**
 * Timestamps around a pass: whole nanoseconds that do not run backwards.
 * @returns what to report; an adapter need not offer them
 */
export async function checkTimestamps(context: CheckContext): Promise<string> {
  const { device, check } = context;
  if (!device.features.has("timestamp-query")) {
    check.that("timestamps are not offered", true);
    return "not offered";
  }
  const memory = new GpuMemory(device);
  const queries = device.createQuerySet({ type: "timestamp", count: 2 });
  context.atEnd(() => {
    memory.dispose();
    queries.destroy();
  });
  const resolved = memory.create("timestamps", 256, QUERY_RESOLVE | BUFFER_USAGE.COPY_SRC);
  const times: bigint[] = [];
  for (let i = 0; i < 3; i++) {
    const encoder = device.createCommandEncoder({ label: "timestamps" });
    encoder
      .beginComputePass({
        timestampWrites: { querySet: queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
      })
      .end();
    encoder.resolveQuerySet(queries, 0, 2, resolved, 0);
    device.queue.submit([encoder.finish()]);
    times.push(...new BigUint64Array(await memory.read(resolved, 0, 16)));
  }
  const rising = times.every((time, i) => i === 0 || time >= times[i - 1]);
  check.that("timestamps do not run backwards", rising, times.join(", "));
  check.that("timestamps move", times[times.length - 1] > times[0], times.join(", "));
  return rising ? "offered" : "run backwards";
}

/** A device that is destroyed says so at every call, and another one takes its place. */
export async function checkDeviceLoss(
  context: CheckContext,
  tuning: Tuning,
  openDevice: () => Promise<GPUDevice>,
): Promise<void> {
  const { check, shaders } = context;
  // Without a hidden layer there is less to compile, twice.
  const options = { ...smallRun(), network: stack(49, [], 10), tuning, shaders };
  const lost = await openDevice();
  context.atEnd(() => lost.destroy());
  const engine = await createGpuEngine(lost, options);
  context.atEnd(() => engine.dispose());
  await engine.run(2);
  const before = await engine.state();
  lost.destroy();
  const error = await check.rejects("a step on a lost device", engine.step(), DeviceLostError);
  check.that("the reason is given", error?.reason === "destroyed", error?.reason);
  const device = await openDevice();
  context.atEnd(() => device.destroy());
  const next = await createGpuEngine(device, options);
  context.atEnd(() => next.dispose());
  await next.setState(before);
  const { loss } = await next.step();
  check.that("the next device goes on", Number.isFinite(loss), loss);
}
