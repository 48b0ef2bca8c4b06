/** Names, shapes and initial values of parameters, and the order of batches: what both engines start from. */
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/core/errors.ts";
import { BatchSequence } from "../../src/data/batches.ts";
import {
  checkTensors,
  initialParameters,
  momentShapes,
  parameterShapes,
  zeroMoments,
} from "../../src/model/parameters.ts";
import { networkOf } from "./cpu-fixtures.ts";

describe("initialParameters", () => {
  it.each([
    ["relu", Math.sqrt(6 / 300)],
    ["leaky-relu", Math.sqrt(6 / 300)],
    ["gelu", Math.sqrt(6 / 300)],
    ["tanh", Math.sqrt(6 / 500)],
    ["sigmoid", Math.sqrt(6 / 500)],
    ["linear", Math.sqrt(6 / 500)],
  ] as const)("%s fills [-bound, bound) uniformly", (activation, bound) => {
    const weight = initialParameters(networkOf(300, [200], 10, activation), 1)["layers.0.weight"];
    const largest = weight.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(bound);
    expect(largest).toBeGreaterThan(0.999 * bound);
    const mean = weight.reduce((sum, value) => sum + value, 0) / weight.length;
    const variance = weight.reduce((sum, value) => sum + value * value, 0) / weight.length;
    expect(Math.abs(mean)).toBeLessThan((4.5 * bound) / Math.sqrt(3 * weight.length));
    expect(variance / (bound ** 2 / 3)).toBeCloseTo(1, 1);
  });

  it("uses Glorot's bound for the output layer, and starts biases at 0", () => {
    const parameters = initialParameters(networkOf(20, [100], 10), 1);
    const bound = Math.sqrt(6 / 110);
    const largest = parameters["layers.1.weight"].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(bound);
    expect(largest).toBeGreaterThan(0.99 * bound);
    for (const name of ["layers.0.bias", "layers.1.bias"]) {
      expect(parameters[name].every((value) => value === 0)).toBe(true);
    }
  });

  it("depends on the seed and on nothing else", () => {
    const network = networkOf(5, [4], 3);
    expect(initialParameters(network, 1)).toEqual(initialParameters(network, 1));
    expect(initialParameters(network, 1)).not.toEqual(initialParameters(network, 2));
  });
});

describe("names and shapes", () => {
  const network = networkOf(5, [4], 3);

  it("of parameters, in the order of the layers", () => {
    expect(parameterShapes(network).map(({ name, shape, size }) => [name, shape, size])).toEqual([
      ["layers.0.weight", [5, 4], 20],
      ["layers.0.bias", [4], 4],
      ["layers.1.weight", [4, 3], 12],
      ["layers.1.bias", [3], 3],
    ]);
    expect(Object.keys(initialParameters(network, 1))).toEqual(
      parameterShapes(network).map(({ name }) => name),
    );
  });

  it.each([
    ["sgd", 0],
    ["momentum", 4],
    ["nesterov", 4],
    ["adam", 8],
    ["adamw", 8],
  ] as const)("%s keeps %d moment tensors, all zero at first", (optimizer, count) => {
    const shapes = momentShapes(network, optimizer);
    const moments = zeroMoments(network, optimizer);
    expect(Object.keys(moments)).toHaveLength(count);
    expect(() => checkTensors("moments", moments, shapes)).not.toThrow();
    for (const values of Object.values(moments)) expect(values.every((value) => value === 0)).toBe(true);
  });

  it("checkTensors names what is wrong", () => {
    const shapes = parameterShapes(network);
    const good = initialParameters(network, 1);
    const bad = { ...good, "layers.0.bias": Float32Array.of(0, Number.NaN, 0, 0) };
    expect(() => checkTensors("set", bad, shapes)).toThrow("set: layers.0.bias[1] is NaN");
    expect(() => checkTensors("set", { ...good, other: new Float32Array(1) }, shapes)).toThrow(ShapeError);
  });
});

describe("BatchSequence", () => {
  it.each([
    [10, 4],
    [12, 4],
    [3, 8],
    [1, 1],
  ])("%d rows in batches of %d: each row once an epoch, in another order each time", (rows, batchSize) => {
    const batches = new BatchSequence(rows, batchSize, 1);
    const orders: string[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      const met: number[] = [];
      let ended = false;
      for (let step = 0; step < batches.stepsPerEpoch; step++) {
        expect(ended).toBe(false);
        met.push(...batches.batch());
        ended = batches.advance();
      }
      expect(ended).toBe(true);
      expect([batches.epoch, batches.position]).toEqual([epoch + 1, 0]);
      expect(met.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
      orders.push(met.join());
    }
    if (rows >= 10) expect(new Set(orders).size).toBe(3);
  });

  it("goes on from where it was", () => {
    const first = new BatchSequence(100, 7, 5);
    first.advance(15);
    first.advance(4);
    const second = new BatchSequence(100, 7, 999);
    second.restore(first.generator, first.epoch, first.position);
    for (let step = 0; step < 20; step++) {
      expect([...second.batch()]).toEqual([...first.batch()]);
      expect(second.advance()).toBe(first.advance());
    }
  });
});
