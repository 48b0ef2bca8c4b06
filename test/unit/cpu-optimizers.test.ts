/**
 * The update rules against numbers worked out by hand, and whole training steps against a second, scalar implementation
 * written from PyTorch's published formulas (torch.optim.SGD, Adam, AdamW; clip_grad_norm_).
 */
import { describe, expect, it } from "vitest";
import { pixelToInput } from "../../src/core/dataset.ts";
import { Random } from "../../src/core/rng.ts";
import { stepNumbers } from "../../src/core/schedule.ts";
import { OPTIMIZERS, resolveTraining, type Optimizer, type TrainingSpec } from "../../src/core/spec.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { clipCoefficient, globalNorm, scaleGradients, updateTensor } from "../../src/cpu/optimizers.ts";
import { noiseDataset, specOf } from "./cpu-fixtures.ts";

const f64 = (...values: number[]): Float64Array => Float64Array.from(values);

/** One scalar through several steps with the given gradients. */
function path(spec: TrainingSpec, start: number, gradients: number[], kind: "weight" | "bias" = "weight") {
  const training = resolveTraining(spec);
  const count = { sgd: 0, momentum: 1, nesterov: 1, adam: 2, adamw: 2 }[training.optimizer];
  let value: ArrayLike<number> & (Float32Array | Float64Array) = f64(start);
  let moments: (Float32Array | Float64Array)[] = Array.from({ length: count }, () => f64(0));
  return gradients.map((gradient, step) => {
    const numbers = stepNumbers(training, step, 100, 10);
    ({ value, moments } = updateTensor(training, numbers, kind, value, f64(gradient), moments));
    return value[0];
  });
}

function expectClose(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 12));
}

describe("update rules, by hand", () => {
  it("sgd", () => {
    expectClose(path({ optimizer: "sgd", learningRate: 0.1 }, 1, [0.5, -1]), [0.95, 1.05]);
  });

  it("sgd with L2: 1 - 0.1 (0.5 + 0.1), and none of it on a bias", () => {
    const spec: TrainingSpec = { optimizer: "sgd", learningRate: 0.1, weightDecay: 0.1 };
    expectClose(path(spec, 1, [0.5, 0]), [0.94, 0.9306]);
    expectClose(path(spec, 1, [0.5, 0], "bias"), [0.95, 0.95]);
  });

  it("momentum: u = 0.5, 0.95, 1.355", () => {
    const spec: TrainingSpec = { optimizer: "momentum", learningRate: 0.1, momentum: 0.9 };
    expectClose(path(spec, 1, [0.5, 0.5, 0.5]), [0.95, 0.855, 0.7195]);
  });

  it("nesterov: directions 0.95, 1.355", () => {
    const spec: TrainingSpec = { optimizer: "nesterov", learningRate: 0.1, momentum: 0.9 };
    expectClose(path(spec, 1, [0.5, 0.5]), [0.905, 0.7695]);
  });

  it("momentum with L2: u = 0.5 + 0.1, then 0.54 + 0.5 + 0.094", () => {
    const spec: TrainingSpec = { optimizer: "momentum", learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 };
    expectClose(path(spec, 1, [0.5, 0.5]), [0.94, 0.94 - 0.1134]);
  });

  it("adam: the first step is the learning rate, the second 0.001 (0.02 / 0.19) / sqrt(0.00031225 / 0.001999)", () => {
    const steps = path({ optimizer: "adam", learningRate: 1e-3 }, 1, [0.5, -0.25]);
    const first = 1 - (1e-3 * 0.5) / (0.5 + 1e-8);
    const second = first - (1e-3 * (0.02 / 0.19)) / (Math.sqrt(0.00031225 / 0.001999) + 1e-8);
    expectClose(steps, [first, second]);
    expect(steps[1]).toBeCloseTo(0.998733665, 8);
  });

  it("adam's epsilon stands outside the root: a gradient of 1e-8 moves by half the learning rate", () => {
    const [value] = path({ optimizer: "adam", learningRate: 0.01, epsilon: 1e-8 }, 1, [1e-8]);
    expect(value).toBeCloseTo(1 - 0.005, 10);
  });

  it("adam adds L2 to the gradient, adamw shrinks the weight", () => {
    const [l2] = path({ optimizer: "adam", learningRate: 1e-3, weightDecay: 0.1 }, 1, [0.5]);
    expect(l2).toBeCloseTo(1 - (1e-3 * 0.6) / (0.6 + 1e-8), 12);
    const decoupled = path({ optimizer: "adamw", learningRate: 1e-3, weightDecay: 0.1 }, 1, [0.5]);
    expectClose(decoupled, [0.9999 - (1e-3 * 0.5) / (0.5 + 1e-8)]);
    const bias = path({ optimizer: "adamw", learningRate: 1e-3, weightDecay: 0.1 }, 1, [0.5], "bias");
    expectClose(bias, [1 - (1e-3 * 0.5) / (0.5 + 1e-8)]);
  });

  it("changes none of its arguments", () => {
    const training = resolveTraining({ optimizer: "adamw", weightDecay: 0.1 });
    const given = [f64(1), f64(0.5), f64(0.1), f64(0.2)];
    const numbers = stepNumbers(training, 3, 100, 10);
    updateTensor(training, numbers, "weight", given[0], given[1], [given[2], given[3]]);
    expect(given.map(([value]) => value)).toEqual([1, 0.5, 0.1, 0.2]);
  });
});

describe("clipping by global norm", () => {
  const gradients = { "layers.0.weight": f64(3, 0), "layers.0.bias": f64(-4) };

  it("is the norm over all tensors", () => {
    expect(globalNorm(gradients)).toBe(5);
  });

  it("scales down to clip / (norm + 1e-6), never up", () => {
    expect(clipCoefficient(5, 1)).toBe(1 / (5 + 1e-6));
    expect(clipCoefficient(5, 10)).toBe(1);
    expect(clipCoefficient(5, 0)).toBe(1);
    const clipped = scaleGradients(gradients, clipCoefficient(5, 1));
    expect(globalNorm(clipped)).toBeCloseTo(1, 6);
    expect(globalNorm(clipped)).toBeLessThan(1);
    expect(globalNorm(gradients)).toBe(5);
  });
});

/** One scalar parameter of the second implementation. */
class Scalar {
  value: number;
  readonly isWeight: boolean;
  buffer: number | undefined;
  expAvg = 0;
  expAvgSq = 0;

  constructor(value: number, isWeight: boolean) {
    this.value = value;
    this.isWeight = isWeight;
  }

  update(optimizer: Optimizer, gradient: number, lr: number, t: number, weightDecay: number): void {
    let grad = gradient;
    if (this.isWeight && optimizer === "adamw") this.value -= lr * weightDecay * this.value;
    else if (this.isWeight) grad += weightDecay * this.value;
    if (optimizer === "sgd") {
      this.value -= lr * grad;
    } else if (optimizer === "momentum" || optimizer === "nesterov") {
      this.buffer = this.buffer === undefined ? grad : 0.8 * this.buffer + grad;
      this.value -= lr * (optimizer === "nesterov" ? grad + 0.8 * this.buffer : this.buffer);
    } else {
      this.expAvg += (grad - this.expAvg) * (1 - 0.85);
      this.expAvgSq = 0.95 * this.expAvgSq + (1 - 0.95) * grad ** 2;
      const corrected = this.expAvg / (1 - 0.85 ** t);
      this.value -= (lr * corrected) / (Math.sqrt(this.expAvgSq / (1 - 0.95 ** t)) + 1e-6);
    }
  }
}

describe("whole steps against the second implementation", () => {
  const cases = OPTIMIZERS.flatMap((optimizer) =>
    [0, 0.3].flatMap((clipNorm) => [0, 0.05].map((weightDecay) => ({ optimizer, clipNorm, weightDecay }))),
  );

  it.each(cases)("$optimizer, clip $clipNorm, decay $weightDecay", async (chosen) => {
    const { optimizer, clipNorm, weightDecay } = chosen;
    const dataset = noiseDataset(5, { rows: 12 });
    const engine = await createCpuEngine({
      network: specOf(9, [6, 5], 4, "tanh"),
      training: {
        ...chosen,
        learningRate: 0.05,
        momentum: 0.8,
        beta1: 0.85,
        beta2: 0.95,
        epsilon: 1e-6,
        batchSize: 5,
        epochs: 3,
        schedule: "cosine",
        warmup: 2,
      },
      dataset,
      precision: "float64",
    });
    const initial = (await engine.state()).parameters;
    const scalars = Object.entries(initial).flatMap(([name, values]) =>
      [...values].map((value) => new Scalar(value, name.endsWith("weight"))),
    );
    const random = Random.fromSeed(8, "cases");
    const totalSteps = 3 * 3;
    let clippedSteps = 0;
    for (let step = 0; step < 7; step++) {
      const indices = Uint32Array.from({ length: 4 }, () => random.below(12));
      const inputs = Float32Array.from(
        [...indices].flatMap((row) =>
          [...dataset.train.images.subarray(row * 9, row * 9 + 9)].map(pixelToInput),
        ),
      );
      const labels = Uint8Array.from(indices, (row) => dataset.train.labels[row]);
      const expected = await engine.gradients(inputs, labels);
      const result = await engine.step(indices);
      expect(result.loss).toBeCloseTo(expected.loss, 12);

      const gradients = Object.values(expected.gradients).flatMap((values) => [...values]);
      const norm = Math.hypot(...gradients);
      const coefficient = clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1;
      if (coefficient < 1) clippedSteps++;
      const lr =
        step < 2
          ? (0.05 * (step + 1)) / 2
          : 0.5 * 0.05 * (1 + Math.cos((Math.PI * (step - 2)) / (totalSteps - 2)));
      scalars.forEach((scalar, i) =>
        scalar.update(optimizer, gradients[i] * coefficient, lr, step + 1, weightDecay),
      );
      const actual = Object.values((await engine.state()).parameters).flatMap((values) => [...values]);
      actual.forEach((value, i) => expect(Math.abs(value - scalars[i].value)).toBeLessThan(1e-12));
    }
    expect(clippedSteps > 0).toBe(clipNorm > 0);
  });
});
