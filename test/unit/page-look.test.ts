/** What the page may ask about a run: a look at its parameters, and the images of a cell of its confusion matrix. */
import { describe, expect, it } from "vitest";
import { diverging, parseColour } from "../../src/app/look/colours.ts";
import { resolveNetwork } from "../../src/core/spec.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { syntheticDataset } from "../../src/data/synthetic/dataset.ts";
import { holdOutValidation } from "../../src/data/split.ts";
import { initialParameters } from "../../src/model/parameters.ts";
import { histogram } from "../../src/core/histogram.ts";
import { evaluationEvent } from "../../src/worker/inference-job.ts";
import { batchRows, look } from "../../src/worker/look.ts";
import { mostProbable } from "../../src/worker/read-rows.ts";
import { RunWatch } from "../../src/worker/run-watch.ts";
import type { TrainerEvent } from "../../src/worker/trainer-api.ts";

const whole = syntheticDataset({ train: 60, test: 20 });
const dataset = holdOutValidation(whole, 20, 1);
const spec = { input: 784, layers: [{ units: 6 }, { units: 5, activation: "tanh" as const }, { units: 10 }] };

describe("a histogram", () => {
  it("counts every value once, the largest in the last bin", () => {
    expect(histogram([0, 1, 1, 3, 4], { bins: 4 })).toEqual({
      least: 0,
      most: 4,
      mean: 1.8,
      standardDeviation: Math.sqrt((1.8 ** 2 + 2 * 0.8 ** 2 + 1.2 ** 2 + 2.2 ** 2) / 5),
      zeros: 0.2,
      counts: [1, 2, 0, 2],
    });
  });

  it("can leave zeros out, and takes values that are all the same", () => {
    expect(histogram([0, 1, 4], { bins: 2, withoutZeros: true })).toMatchObject({
      zeros: 1 / 3,
      counts: [1, 1],
    });
    expect(histogram([2, 2], { bins: 2 })).toMatchObject({ least: 2, most: 2, counts: [0, 2] });
  });
});

describe("weights as colours", () => {
  it("go from one end through the paper at 0 to the other, scaled to the largest", () => {
    const [plus, minus, paper] = ["rgb(200, 0, 0)", "rgb(0, 0, 100)", "rgb(100, 100, 100)"].map(parseColour);
    const bytes = diverging(Float32Array.of(4, 0, -2), { plus, minus, paper });
    expect([...bytes]).toEqual([200, 0, 0, 255, 100, 100, 100, 255, 50, 50, 100, 255]);
    expect([...diverging(new Float32Array(1), { plus, minus, paper })]).toEqual([100, 100, 100, 255]);
  });
});

describe("a look at parameters", () => {
  const network = resolveNetwork(spec);
  const parameters = initialParameters(network, 3);

  it("has the weights of the first units, each as one image", () => {
    const { weights, shown, units } = look(network, parameters, dataset.train);
    expect([shown, units, weights.length]).toEqual([6, 6, 6 * 784]);
    expect(weights[2 * 784 + 100]).toBe(parameters["layers.0.weight"][100 * 6 + 2]);
  });

  it("tells which units stay silent", () => {
    const bias = new Float32Array(6).fill(-1000);
    bias[4] = 1000;
    const { layers, rows } = look(network, { ...parameters, "layers.0.bias": bias }, dataset.train);
    expect(rows).toBe(40);
    expect(layers.map(({ silent }) => silent)).toEqual([5 / 6, 0, 0]);
    expect(layers[0].activations.zeros).toBeCloseTo(5 / 6, 12);
    expect(layers.map(({ activation }) => activation)).toEqual(["relu", "tanh", "linear"]);
    for (const { gradients } of layers) expect(gradients.standardDeviation).toBeGreaterThan(0);
  });

  it("takes fewer rows for a larger network, and never none", () => {
    expect(batchRows(network, 1000)).toBe(64);
    expect(batchRows(resolveNetwork({ input: 784, layers: [{ units: 512 }, { units: 10 }] }), 1000)).toBe(36);
    expect(batchRows(resolveNetwork({ input: 784, layers: [{ units: 50_000 }, { units: 10 }] }), 1000)).toBe(
      4,
    );
    expect(batchRows(network, 1)).toBe(1);
  });
});

describe("who sits beside a run", () => {
  it("passes figures on, and reads the images of a cell, the costliest first", async () => {
    const engine = await createCpuEngine({ network: spec, dataset });
    const events: TrainerEvent[] = [];
    const watch = new RunWatch((event) => events.push(event));
    expect(await watch.look()).toBeUndefined();
    watch.opened(engine, dataset);
    watch.recorded([
      { step: 7, rows: 4, loss: 0.5, correct: 3 },
      { step: 8, rows: 2, loss: 0.25, correct: 2 },
    ]);
    expect(events).toEqual([
      {
        type: "steps",
        first: 7,
        losses: Float64Array.of(0.5, 0.25),
        correct: Uint32Array.of(3, 2),
        rows: Uint32Array.of(4, 2),
      },
    ]);
    const during = await watch.look();
    const evaluation = await engine.evaluate("validation");
    const parameters = await engine.parameters();
    watch.evaluated({ split: "validation", dataset, network: engine.network, parameters, evaluation });
    watch.closed();
    engine.dispose();
    const after = await watch.look();
    expect(during?.step).toBe(7);
    expect({ ...after, step: 7 }).toEqual({ ...during, seconds: after?.seconds });
    expect(after?.step).toBeNull();
    expect(events[1]).toMatchObject({ type: "evaluation", split: "validation", mistakes: [] });

    const { labels, images } = dataset.validation!;
    const [truth, predicted] = [labels[0], evaluation.predicted[0]];
    const cell = watch.cell({ split: "validation", truth, predicted }, 3)!;
    const there = [...labels.keys()].filter(
      (row) => labels[row] === truth && evaluation.predicted[row] === predicted,
    );
    expect(cell.total).toBe(there.length);
    expect(cell.images.length).toBe(Math.min(3, there.length));
    const losses = cell.images.map(({ loss }) => loss);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    for (const { index, pixels, guesses, loss } of cell.images) {
      expect(pixels).toEqual(images.slice(index * 784, (index + 1) * 784));
      expect(guesses).toHaveLength(3);
      expect(guesses[0].label).toBe(predicted);
      const own = guesses.find(({ label }) => label === truth);
      if (own) expect(own.probability).toBeCloseTo(Math.exp(-loss), 5);
    }
    expect(watch.cell({ split: "test", truth, predicted }, 3)).toBeUndefined();
  });

  it("gives the worst mistakes with what else was considered", async () => {
    const engine = await createCpuEngine({ network: spec, dataset });
    const evaluation = await engine.evaluate("test");
    const parameters = await engine.parameters();
    const evaluated = { split: "test", dataset, network: engine.network, parameters, evaluation } as const;
    const { mistakes } = evaluationEvent(evaluated, 2);
    expect(mistakes).toHaveLength(2);
    for (const { predicted, guesses } of mistakes) expect(guesses[0].label).toBe(predicted);
    expect(mostProbable(Float64Array.of(0.1, 0.4, 0.1, 0.4), 3).map(({ label }) => label)).toEqual([1, 3, 0]);
  });
});
