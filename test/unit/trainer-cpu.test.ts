/** The trainer on the real CPU engine: what the other trainer tests show on a fake must hold for true arithmetic. */
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/core/dataset.ts";
import type { Engine } from "../../src/core/engine.ts";
import { DivergedError } from "../../src/core/errors.ts";
import { Random } from "../../src/core/rng.ts";
import type { NetworkSpec, TrainingSpec } from "../../src/core/spec.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { checkpointOf, collect, epochs, resume, throughFile } from "../support/training.ts";

/** Three classes told apart by which third of the 3 x 4 image is bright. */
function stripes(rows: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  const random = Random.fromSeed(seed, "cases");
  const labels = Uint8Array.from({ length: rows }, () => random.below(3));
  const images = Uint8Array.from({ length: rows * 12 }, (_, i) => {
    const bright = Math.floor((i % 12) / 4) === labels[Math.floor(i / 12)];
    return random.below(160) + (bright ? 95 : 0);
  });
  return { images, labels };
}

const dataset: Dataset = {
  name: "stripes",
  height: 3,
  width: 4,
  classes: ["top", "middle", "bottom"],
  train: stripes(203, 1),
  validation: stripes(40, 2),
  test: stripes(50, 3),
};
const network: NetworkSpec = { input: 12, layers: [{ units: 16, dropout: 0.2 }, { units: 3 }] };
const training: TrainingSpec = {
  epochs: 4,
  batchSize: 16,
  learningRate: 0.01,
  optimizer: "adamw",
  schedule: "cosine",
};

const create = (precision: "float32" | "float64", more: TrainingSpec = {}): Promise<Engine> =>
  createCpuEngine({ network, dataset, training: { ...training, ...more }, precision });

describe.each(["float32", "float64"] as const)("on the CPU engine in %s", (precision) => {
  it("learns, and ends with the same bits when stopped, saved and resumed", async () => {
    const whole = await create(precision);
    const expected = await collect(whole, { keepBest: "loss" });
    expect(expected.result?.test?.accuracy).toBeGreaterThan(0.9);
    // 13 steps per epoch: one stop within an epoch, one at its end.
    for (const stop of [19, 26]) {
      const first = await create(precision);
      const stopped = await collect(first, { keepBest: "loss", maxSteps: stop });
      const second = await create(precision);
      const checkpoint = throughFile(first, checkpointOf(stopped.events, "max-steps"));
      const resumed = await resume(second, checkpoint, { keepBest: "loss" });
      expect([...epochs(stopped.events), ...epochs(resumed.events)]).toEqual(epochs(expected.events));
      expect(await second.state()).toEqual(await whole.state());
      expect(resumed.result?.test).toEqual(expected.result?.test);
    }
  });

  it("goes on from the checkpoint that a divergence leaves", async () => {
    // Large enough that weights overflow within a few steps.
    const learningRate = precision === "float64" ? 1e300 : 1e30;
    const engine = await create(precision, { optimizer: "sgd", learningRate, schedule: "constant" });
    const { events, error } = await collect(engine);
    expect(error).toBeInstanceOf(DivergedError);
    const { state } = throughFile(engine, checkpointOf(events, "diverged"));
    expect(state.step).toBe((error as DivergedError).restoredStep);
    const values = Object.values(state.parameters).flatMap((tensor) => [...tensor]);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});
