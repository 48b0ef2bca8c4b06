/** The CPU engine as an Engine: batches, records, evaluation, parameters, what it rejects, and that it learns. */
import { describe, expect, it } from "vitest";
import { pixelToInput, type Dataset } from "../../src/core/dataset.ts";
import type { TrainingSpec } from "../../src/core/spec.ts";
import { DisposedError, ShapeError, SpecError } from "../../src/core/errors.ts";
import { Random } from "../../src/core/rng.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { backwardPass, forwardPass } from "../../src/cpu/pass.ts";
import { BatchSequence } from "../../src/data/batches.ts";
import { initialParameters } from "../../src/model/parameters.ts";
import { classificationReport, logLoss, topKAccuracy } from "../../src/train/metrics.ts";
import { networkOf, noiseDataset, specOf } from "./cpu-fixtures.ts";

const dataset = noiseDataset(1);
const network = specOf(9, [6], 4);

function engineWith(training: TrainingSpec = {}, precision?: "float64" | "float32") {
  return createCpuEngine({ network, training: { batchSize: 4, ...training }, dataset, precision });
}

function inputsOf(rows: ArrayLike<number>, { images }: { images: Uint8Array } = dataset.train): Float32Array {
  return Float32Array.from(
    Array.from(rows).flatMap((row) => [...images.subarray(row * 9, row * 9 + 9)].map(pixelToInput)),
  );
}

describe("what it says of itself", () => {
  it("is a CPU, in float32 unless asked otherwise", async () => {
    const engine = await engineWith();
    expect(engine.kind).toBe("cpu");
    expect(engine.precision).toBe("float32");
    expect(engine.adapter).toEqual({
      vendor: "cpu",
      architecture: "float32",
      device: "",
      description: "plain loops on the CPU, float32",
      software: true,
    });
    expect((await engineWith({}, "float64")).adapter.architecture).toBe("float64");
    expect(engine.stepsPerEpoch).toBe(3);
    expect(engine.training.optimizer).toBe("adam");
    expect(engine.network.classes).toBe(4);
    expect(engine.dataset).toBe(dataset);
  });

  it("starts from the seeded initial parameters", async () => {
    const engine = await engineWith({ seed: 17 });
    const expected = initialParameters(networkOf(9, [6], 4), 17);
    expect(await engine.parameters()).toEqual(expected);
    const double = await createCpuEngine({ network, training: { seed: 17 }, precision: "float64" });
    expect(await double.parameters()).toEqual(expected);
  });

  it("counts steps and nothing that a CPU has not", async () => {
    const engine = await engineWith();
    await engine.run(4);
    expect(engine.counters).toEqual({ steps: 4, submits: 0, bytesUploaded: 0, liveBuffers: 0 });
    expect(engine.plan.bytesUploadedPerStep).toBe(0);
  });
});

describe("batches", () => {
  it("meets the rows of the seeded shuffle, the short last batch included", async () => {
    const seed = 6;
    const engine = await engineWith({ seed, optimizer: "sgd" }, "float64");
    const batches = new BatchSequence(10, 4, seed);
    const sizes: number[] = [];
    for (let step = 0; step < 6; step++) {
      const rows = batches.batch().slice();
      const labels = Uint8Array.from(rows, (row) => dataset.train.labels[row]);
      const expected = await engine.gradients(inputsOf(rows), labels);
      const { loss } = await engine.step();
      // The mean over the rows that are there, 2 in the last batch.
      expect(loss).toBeCloseTo(expected.loss, 12);
      sizes.push(rows.length);
      batches.advance();
    }
    expect(sizes).toEqual([4, 4, 2, 4, 4, 2]);
    expect((await engine.records()).map(({ rows }) => rows)).toEqual(sizes);
  });

  it("run(n) is n steps", async () => {
    const [a, b] = await Promise.all([engineWith(), engineWith()]);
    await a.run(5);
    const results = [];
    for (let i = 0; i < 5; i++) results.push(await b.step());
    expect(await a.state()).toEqual(await b.state());
    const records = await a.records();
    expect(records.map(({ loss, correct }) => ({ loss, correct }))).toEqual(results);
    expect(records.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
    expect(await a.records()).toEqual([]);
  });

  it("keeps no more records than two epochs'", async () => {
    const engine = await engineWith();
    await engine.run(11);
    expect((await engine.records()).map(({ step }) => step)).toEqual([5, 6, 7, 8, 9, 10]);
  });

  it("sums over the current epoch, which are zero when it begins", async () => {
    const engine = await engineWith();
    await engine.run(2);
    const [first, second] = await engine.records();
    expect((await engine.state()).sums).toEqual({
      loss: first.loss * 4 + second.loss * 4,
      correct: first.correct + second.correct,
      rows: 8,
    });
    await engine.run(1);
    const state = await engine.state();
    expect(state.sums).toEqual({ loss: 0, correct: 0, rows: 0 });
    expect([state.epoch, state.position, state.step]).toEqual([1, 0, 3]);
  });

  it("step(indices) trains on those rows and leaves the epoch where it is", async () => {
    const engine = await engineWith({ optimizer: "sgd", learningRate: 1 }, "float64");
    await engine.run(1);
    const before = await engine.state();
    const rows = Uint32Array.of(9, 2, 2);
    const labels = Uint8Array.from(rows, (row) => dataset.train.labels[row]);
    const expected = await engine.gradients(inputsOf(rows), labels);
    const { loss } = await engine.step(rows);
    const after = await engine.state();
    expect(loss).toBeCloseTo(expected.loss, 12);
    expect(after.step).toBe(2);
    for (const key of ["epoch", "position", "generator", "sums"] as const)
      expect(after[key]).toEqual(before[key]);
    // At learning rate 1 the difference of the parameters is the gradient.
    for (const [name, gradient] of Object.entries(expected.gradients)) {
      gradient.forEach((value, i) =>
        expect(before.parameters[name][i] - after.parameters[name][i]).toBeCloseTo(value, 12),
      );
    }
  });

  it("drops by the step's own mask and smooths the labels: the loss and the count are those of such a pass", async () => {
    const dropping = specOf(9, [6], 4, "relu", 0.5);
    const training = { batchSize: 10, seed: 2, labelSmoothing: 0.3, learningRate: 0.01 };
    const engine = await createCpuEngine({ network: dropping, training, dataset, precision: "float64" });
    const rows = Uint32Array.of(3, 1, 4, 1, 5, 9, 2, 6);
    const labels = Uint8Array.from(rows, (row) => dataset.train.labels[row]);
    for (let step = 0; step < 4; step++) {
      const { parameters } = await engine.state();
      const forward = forwardPass(engine.network, parameters, inputsOf(rows), { seed: 2, step });
      const { loss, correct } = backwardPass(engine.network, parameters, forward, labels, 0.3);
      expect(await engine.step(rows)).toEqual({ loss, correct });
    }
  });
});

describe("precision", () => {
  it("float32 and float64 take the same step to within float32's rounding", async () => {
    const training: TrainingSpec = {
      optimizer: "momentum",
      labelSmoothing: 0.1,
      weightDecay: 0.01,
      clipNorm: 1,
    };
    const [single, double] = await Promise.all([engineWith(training), engineWith(training, "float64")]);
    await Promise.all([single.run(3), double.run(3)]);
    const [a, b] = await Promise.all([single.state(), double.state()]);
    for (const [name, values] of Object.entries(a.parameters)) {
      expect(values).toBeInstanceOf(Float32Array);
      expect(b.parameters[name]).toBeInstanceOf(Float64Array);
      values.forEach((value, i) => expect(Math.abs(value - b.parameters[name][i])).toBeLessThan(1e-6));
    }
    expect((await double.parameters())["layers.0.weight"]).toBeInstanceOf(Float32Array);
    const { gradients, logits } = await double.gradients(inputsOf([0]), Uint8Array.of(1));
    expect(gradients["layers.0.weight"]).toBeInstanceOf(Float64Array);
    expect(logits).toBeInstanceOf(Float64Array);
  });
});

describe("evaluate and predict", () => {
  it("agree with each other and with the metrics", async () => {
    const big = noiseDataset(3, { testRows: 150 });
    const engine = await createCpuEngine({ network, dataset: big });
    const evaluation = await engine.evaluate("test");
    const { labels } = big.test;
    const { probabilities, labels: predicted } = await engine.predict(inputsOf([...labels.keys()], big.test));
    expect(evaluation.predicted).toEqual(predicted);
    const report = classificationReport(labels, predicted, { classes: big.classes });
    expect(evaluation).toMatchObject(report);
    expect(evaluation.loss).toBeCloseTo(logLoss(labels, probabilities), 6);
    expect(evaluation.losses[149]).toBeCloseTo(-Math.log(probabilities[149 * 4 + labels[149]]), 5);
    expect(topKAccuracy(evaluation.ranks, 1)).toBeCloseTo(report.accuracy, 15);
    expect(topKAccuracy(evaluation.ranks, 4)).toBe(1);
  });

  it("evaluation has neither dropout nor smoothing", async () => {
    const spec = specOf(9, [6], 4, "relu", 0.5);
    const [a, b] = await Promise.all([
      createCpuEngine({ network: spec, training: { labelSmoothing: 0.5 }, dataset }),
      createCpuEngine({ network, dataset }),
    ]);
    expect(await a.evaluate("test")).toEqual(await b.evaluate("test"));
  });

  it("predicts nothing from no rows", async () => {
    const engine = await createCpuEngine({ network });
    const { probabilities, labels } = await engine.predict(new Float32Array(0));
    expect([probabilities.length, labels.length]).toEqual([0, 0]);
  });
});

describe("what it rejects", () => {
  it("training and evaluating without a dataset, but not predicting", async () => {
    const engine = await createCpuEngine({ network });
    expect(engine.stepsPerEpoch).toBe(0);
    for (const call of [engine.step(), engine.run(1), engine.evaluate("test")]) {
      await expect(call).rejects.toThrow(SpecError);
    }
    await expect(engine.step()).rejects.toThrow("step() needs a dataset");
    await expect(engine.gradients(inputsOf([0]), Uint8Array.of(0))).resolves.toBeDefined();
    await expect(engine.setState(await engine.state())).resolves.toBeUndefined();
  });

  it("a split that is not there", async () => {
    const engine = await engineWith();
    await expect(engine.evaluate("validation")).rejects.toThrow("dataset noise has no validation rows");
  });

  it("rows that are not there, or too many", async () => {
    const engine = await engineWith();
    await expect(engine.step(Uint32Array.of(0, 10))).rejects.toThrow("indices[1] is 10");
    await expect(engine.step(new Uint32Array(5))).rejects.toThrow(
      "5 rows were given; a step takes 1 to 4, the batch size",
    );
    const large = await engineWith({ batchSize: 100 });
    await expect(large.step(new Uint32Array(12))).rejects.toThrow(
      "12 rows were given; a step takes 1 to 10, as the training split has 10 rows",
    );
    await large.step(new Uint32Array(10));
    expect((await large.state()).step).toBe(1);
    await expect(engine.step(new Uint32Array(0))).rejects.toThrow(ShapeError);
    await expect(engine.run(-1)).rejects.toThrow("but is -1");
    expect((await engine.state()).step).toBe(0);
  });

  it("inputs and labels of the wrong length or class", async () => {
    const engine = await engineWith();
    await expect(engine.predict(new Float32Array(10))).rejects.toThrow("do not divide into rows of 9");
    await expect(engine.gradients(new Float32Array(9), Uint8Array.of(0, 1))).rejects.toThrow(ShapeError);
    await expect(engine.gradients(new Float32Array(9), Uint8Array.of(4))).rejects.toThrow("labels[0] is 4");
    await expect(engine.gradients(new Float32Array(0), new Uint8Array(0))).rejects.toThrow(
      "at least one row",
    );
  });

  it("inputs that are not finite, in the words of the GPU engine", async () => {
    const engine = await engineWith();
    const refused = { code: "shape", message: "z of layers.0 is not finite for these inputs", exitCode: 2 };
    for (const value of [Infinity, -Infinity, NaN]) {
      const inputs = Float32Array.of(0.5, value, 0, 0, 0, 0, 0, 0, 0);
      await expect(engine.predict(inputs)).rejects.toMatchObject(refused);
      await expect(engine.gradients(inputs, Uint8Array.of(1))).rejects.toMatchObject(refused);
    }
    const large = new Float32Array(9).fill(3e38);
    const { "layers.0.weight": weight, ...rest } = await engine.parameters();
    await engine.setParameters({ ...rest, "layers.0.weight": weight.map(() => 2) });
    await expect(engine.predict(large)).rejects.toMatchObject(refused);
    expect((await engine.predict(new Float32Array(9))).labels).toHaveLength(1);
  });

  it("to evaluate parameters whose logits overflow", async () => {
    const engine = await engineWith();
    const parameters = await engine.parameters();
    await engine.setParameters({
      ...parameters,
      "layers.0.bias": new Float32Array(6).fill(3e38),
      "layers.1.weight": new Float32Array(24).fill(3e38),
    });
    await expect(engine.evaluate("test")).rejects.toMatchObject({
      code: "training/diverged",
      fault: { step: 0, layer: 1, tensor: "logits" },
    });
  });

  it("parameters that are missing, unknown, of the wrong length, not finite, or too large for float32", async () => {
    const engine = await engineWith();
    const good = await engine.parameters();
    const bias = (value: Float32Array | Float64Array) => ({ ...good, "layers.1.bias": value });
    const { "layers.1.bias": _, ...missing } = good;
    await expect(engine.setParameters(missing)).rejects.toThrow("layers.1.bias [4] is missing");
    await expect(engine.setParameters({ ...good, extra: new Float32Array(1) })).rejects.toThrow(
      "no tensor extra",
    );
    await expect(engine.setParameters(bias(new Float32Array(3)))).rejects.toThrow("but 3 were given");
    await expect(engine.setParameters(bias(Float32Array.of(0, 0, Number.NaN, 0)))).rejects.toThrow(
      ShapeError,
    );
    await expect(engine.setParameters(bias(Float64Array.of(1e300, 0, 0, 0)))).rejects.toThrow(
      "must be finite",
    );
    expect(await engine.parameters()).toEqual(good);
  });

  it("a dataset that does not fit the network", async () => {
    const make = (wrong: Partial<Dataset>) => createCpuEngine({ network, dataset: { ...dataset, ...wrong } });
    await expect(make({ height: 4 })).rejects.toThrow(
      "images are 4 x 3 = 12 pixels, but the network's input is 9",
    );
    await expect(make({ classes: ["a"] })).rejects.toThrow(
      "dataset noise has 1 class, but the output layer has 4",
    );
    const { images, labels } = dataset.test;
    await expect(make({ test: { images: images.subarray(1), labels } })).rejects.toThrow(
      "needs 63 pixels, but has 62",
    );
    const outside = { images, labels: labels.map(() => 9) };
    await expect(make({ validation: outside })).rejects.toThrow("validation.labels[0] is 9");
  });

  it("an unknown precision", async () => {
    const options = { network, precision: "float16" } as unknown as Parameters<typeof createCpuEngine>[0];
    await expect(createCpuEngine(options)).rejects.toThrow("must be float32 or float64, but is float16");
  });
});

describe("the event loop", () => {
  const wide = specOf(784, [64], 10);
  const images = noiseDataset(4, { rows: 64, height: 28, width: 28, classes: 10 });

  it("gets its turns during a long run, and calls are answered in their order", async () => {
    const engine = await createCpuEngine({ network: wide, training: { batchSize: 32 }, dataset: images });
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const running = engine.run(60);
    const state = engine.state();
    await running;
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
    expect((await state).step).toBe(60);
  });

  it("a run ends when the engine is disposed, and so does everything after", async () => {
    const engine = await createCpuEngine({ network: wide, training: { batchSize: 32 }, dataset: images });
    const running = engine.run(1e6);
    setTimeout(() => engine.dispose(), 10);
    await expect(running).rejects.toThrow(DisposedError);
    await expect(engine.parameters()).rejects.toThrow("parameters() was called after dispose()");
    engine.dispose();
  });
});

describe("learning", () => {
  /** Two pixels, bright or dark with some noise; the class is whether they are alike. No linear network can tell. */
  function alike(seed: number, rows: number) {
    const random = Random.fromSeed(seed, "cases");
    const images = new Uint8Array(rows * 2);
    const labels = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) {
      const bits = [random.below(2), random.below(2)];
      bits.forEach((bit, i) => (images[row * 2 + i] = (bit === 1 ? 195 : 0) + random.below(60)));
      labels[row] = bits[0] === bits[1] ? 1 : 0;
    }
    return { images, labels };
  }
  const xor: Dataset = {
    name: "alike",
    height: 1,
    width: 2,
    classes: ["different", "alike"],
    train: alike(1, 200),
    test: alike(2, 100),
  };

  it.each(["float32", "float64"] as const)("a small network learns exclusive or in %s", async (precision) => {
    const engine = await createCpuEngine({
      network: specOf(2, [8], 2, "tanh"),
      training: { epochs: 40, batchSize: 16, learningRate: 0.02, schedule: "cosine" },
      dataset: xor,
      precision,
    });
    await engine.run(40 * engine.stepsPerEpoch);
    const { accuracy, loss } = await engine.evaluate("test");
    expect(accuracy).toBe(1);
    expect(loss).toBeLessThan(0.1);
  });

  it("a linear network does not, so the hidden layer's gradients matter", async () => {
    const engine = await createCpuEngine({
      network: specOf(2, [], 2),
      training: { epochs: 40, batchSize: 16, learningRate: 0.02 },
      dataset: xor,
    });
    await engine.run(40 * engine.stepsPerEpoch);
    expect((await engine.evaluate("test")).accuracy).toBeLessThan(0.9);
  });
});
