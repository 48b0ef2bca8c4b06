/** A device that goes away in mid-run: every pending and later call says so, and the trainer goes on where it was. */
import { DeviceLostError, DisposedError } from "../../src/core/errors.ts";
import { createGpuEngine, type GpuEngine, type GpuEngineOptions } from "../../src/gpu/engine.ts";
import { SOFTWARE_TUNING } from "../../src/gpu/tuning.ts";
import { train } from "../../src/train/trainer.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

const OPTIONS: GpuEngineOptions = {
  network: stack(16, [[33, "relu", 0.2]], 4),
  training: { batchSize: 16, optimizer: "adam", epochs: 3, schedule: "cosine" },
  dataset: new Draw(101).dataset(4, 4, { train: 300, test: 20 }),
};

async function calls(lab: Lab): Promise<void> {
  const device = await lab.openDevice();
  const engine = await createGpuEngine(device, OPTIONS);
  await engine.run(3);
  const pending = [engine.run(500), engine.records(), engine.state(), engine.step()];
  const settled = Promise.allSettled(pending);
  device.destroy();
  for (const [index, result] of (await settled).entries()) {
    const reason: unknown = result.status === "rejected" ? result.reason : "no error";
    lab.check.that(`pending call ${index}`, reason instanceof DeviceLostError, reason);
  }
  const later = [
    engine.step(),
    engine.run(1),
    engine.parameters(),
    engine.evaluate("test"),
    engine.predict(new Float32Array(16)),
  ];
  for (const [index, call] of later.entries())
    await lab.check.rejects(`later call ${index}`, call, DeviceLostError);
  engine.dispose();
  lab.check.that("disposed of all the same", engine.counters.liveBuffers === 0, engine.counters.liveBuffers);
  await lab.check.rejects("a call after dispose()", engine.step(), DisposedError);
}

async function recovery(lab: Lab): Promise<void> {
  // A few steps per submit, so that the device goes between two of them and not between epochs.
  const options = { ...OPTIONS, tuning: { ...SOFTWARE_TUNING, submitSeconds: 1e-3 } };
  const through = await lab.engine(options);
  const events: string[] = [];
  for await (const { type } of train(through, { evaluateTest: false })) events.push(type);
  lab.check.that("the run without a loss ends", events.at(-1) === "done", events.join());

  const device = await lab.openDevice();
  const engines = [await createGpuEngine(device, options)];
  const reopen = async (): Promise<GpuEngine> => {
    engines.push(await createGpuEngine(lab.device, options));
    return engines[1];
  };
  const trainer = { reopen, stepInterval: 0, snapshotInterval: { steps: 5 }, evaluateTest: false };
  const warnings: string[] = [];
  let lostAt = 0;
  for await (const event of train(engines[0], trainer)) {
    if (event.type === "warning") warnings.push(event.message);
    if (event.type === "step" && event.step > 25 && lostAt === 0) {
      lostAt = event.step;
      device.destroy();
    }
  }
  const { stepsPerEpoch } = through;
  lab.check.that(
    "the device went in mid-epoch",
    lostAt > stepsPerEpoch && lostAt < 2 * stepsPerEpoch,
    lostAt,
  );
  lab.check.that("there was one warning", warnings.length === 1, warnings.join("; "));
  lab.check.that("there is a new engine", engines.length === 2, engines.length);
  lab.check.sameBits("final parameters", await engines[1].parameters(), await through.parameters());
  for (const engine of engines) engine.dispose();
}

export const deviceLostCases: readonly Case[] = [
  { name: "device lost: every pending and later call says so", run: calls },
  { name: "device lost: the trainer reaches the uninterrupted run's parameters", run: recovery },
];
