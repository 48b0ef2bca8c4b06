/** Each reference operation alone, against hand-worked and published values and an independent scalar network. */
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/core/errors.ts";
import { Random } from "../../src/core/rng.ts";
import { ACTIVATIONS, type Activation } from "../../src/core/spec.ts";
import { activate, activationSlope } from "../../src/cpu/activations.ts";
import { columnSums, dense, matmul, matmulTransposedA, matmulTransposedB } from "../../src/cpu/dense.ts";
import { dropoutFactors } from "../../src/cpu/dropout.ts";
import { backwardPass, forwardPass } from "../../src/cpu/pass.ts";
import {
  crossEntropy,
  logSoftmax,
  rowArgmax,
  softmax,
  softmaxCrossEntropyGradient,
  targets,
  trueClassRanks,
} from "../../src/cpu/softmax.ts";
import { networkOf, randomArray, randomLabels, randomParameters } from "./cpu-fixtures.ts";

const f64 = (...values: number[]): Float64Array => Float64Array.from(values);

/** What the network computes for one row, written again with Math's own functions. */
const INDEPENDENT: Record<Activation, (x: number) => number> = {
  relu: (x) => Math.max(0, x),
  "leaky-relu": (x) => (x > 0 ? x : 0.01 * x),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  linear: (x) => x,
};

describe("products", () => {
  const a = f64(1, 2, 3, 4, 5, 6); // [2, 3]
  const b = f64(7, 8, 9, 10, 11, 12); // [3, 2]

  it("matmul", () => {
    expect([...matmul(a, [2, 3], b, [3, 2])]).toEqual([58, 64, 139, 154]);
  });

  it("dense adds the bias to every row", () => {
    expect([...dense(a, [2, 3], b, [3, 2], f64(0.5, -1))]).toEqual([58.5, 63, 139.5, 153]);
  });

  it("At.B and A.Bt", () => {
    // At = [[1, 4], [2, 5], [3, 6]], as [2, 3] transposed, times [[1, 0], [0, 2]]
    expect([...matmulTransposedA(a, [2, 3], f64(1, 0, 0, 2), [2, 2])]).toEqual([1, 8, 2, 10, 3, 12]);
    // [[1, 2, 3], [4, 5, 6]] times the transpose of itself
    expect([...matmulTransposedB(a, [2, 3], a, [2, 3])]).toEqual([14, 32, 32, 77]);
  });

  it("column sums", () => {
    expect([...columnSums(a, [2, 3])]).toEqual([5, 7, 9]);
  });

  it("float32 operands give a float32 result, rounded once", () => {
    const third = Math.fround(1 / 3);
    const product = matmul(Float32Array.of(third, third, third), [1, 3], Float32Array.of(1, 1, 1), [3, 1]);
    expect(product).toBeInstanceOf(Float32Array);
    expect(product[0]).toBe(Math.fround(3 * third));
  });

  it("is exact for small integers at an awkward size", () => {
    const random = Random.fromSeed(9, "cases");
    const [m, k, n] = [31, 501, 7];
    const x = Float32Array.from({ length: m * k }, () => random.below(17) - 8);
    const w = Float32Array.from({ length: k * n }, () => random.below(17) - 8);
    const y = matmul(x, [m, k], w, [k, n]);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += x[i * k + l] * w[l * n + j];
        expect(y[i * n + j]).toBe(sum);
      }
    }
  });

  it("says which sizes do not match", () => {
    expect(() => matmul(a, [2, 3], b, [2, 3])).toThrow(
      "matmul: A is [2, 3] but B is [2, 3]; the inner sizes must match",
    );
    expect(() => matmul(a, [3, 3], b, [3, 2])).toThrow(ShapeError);
    expect(() => matmulTransposedA(a, [2, 3], b, [3, 2])).toThrow("the row counts must match");
    expect(() => matmulTransposedB(a, [2, 3], b, [3, 2])).toThrow("the column counts must match");
    expect(() => dense(a, [2, 3], b, [3, 2], f64(1))).toThrow("the bias is [2] and needs 2 values, but 1");
  });
});

describe("activations", () => {
  const grid = Float64Array.from({ length: 161 }, (_, i) => (i - 80) / 8);

  it.each(ACTIVATIONS.map((name) => [name]))("%s agrees with Math's own functions", (name) => {
    const values = activate(name, grid);
    grid.forEach((x, i) => expect(Math.abs(values[i] - INDEPENDENT[name](x))).toBeLessThan(4e-15));
  });

  it("GELU's published values (tanh form)", () => {
    const [one, minusOne] = activate("gelu", f64(1, -1));
    expect(one).toBeCloseTo(0.841192, 6);
    expect(minusOne).toBeCloseTo(-0.158808, 6);
  });

  it.each(ACTIVATIONS.map((name) => [name]))("the slope of %s is its central difference", (name) => {
    const h = 1e-5;
    const away = grid.filter((x) => x !== 0);
    const slope = activationSlope(name, away);
    const above = activate(
      name,
      away.map((x) => x + h),
    );
    const below = activate(
      name,
      away.map((x) => x - h),
    );
    slope.forEach((value, i) => expect(Math.abs(value - (above[i] - below[i]) / (2 * h))).toBeLessThan(2e-9));
  });

  it("at the kink the slope is the one from the left", () => {
    expect([...activationSlope("relu", f64(0, -0))]).toEqual([0, 0]);
    expect([...activationSlope("leaky-relu", f64(0, -0))]).toEqual([0.01, 0.01]);
  });

  it.each(ACTIVATIONS.map((name) => [name]))("%s and its slope stay finite far out", (name) => {
    const far = f64(-1e300, -1e20, -800, -200, 200, 800, 1e20, 1e300);
    for (const value of [...activate(name, far), ...activationSlope(name, far)]) {
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  it.each(ACTIVATIONS.map((name) => [name]))("%s passes a NaN on", (name) => {
    expect(activate(name, f64(Number.NaN))[0]).toBeNaN();
  });

  it("saturates where it should", () => {
    expect([...activate("tanh", f64(-200, 200))]).toEqual([-1, 1]);
    expect([...activate("sigmoid", f64(-800, 800))]).toEqual([0, 1]);
    expect(activate("sigmoid", f64(-30))[0]).toBe(Math.exp(-30) / (1 + Math.exp(-30)));
    expect(activate("gelu", f64(40))[0]).toBe(40);
    expect(Math.abs(activate("gelu", f64(-40))[0])).toBe(0);
  });
});

describe("softmax and cross-entropy", () => {
  it("is invariant under a shift, sums to one and matches hand-worked values", () => {
    const p = softmax(f64(0, Math.log(2), Math.log(5)), [1, 3]);
    [1 / 8, 2 / 8, 5 / 8].forEach((expected, c) => expect(p[c]).toBeCloseTo(expected, 15));
    const shifted = softmax(f64(1000, 1000 + Math.log(2), 1000 + Math.log(5)), [1, 3]);
    shifted.forEach((value, c) => expect(value).toBeCloseTo(p[c], 12));
  });

  it("survives logits of +-1e4", () => {
    const logits = f64(1e4, -1e4, 0, -1e4, -1e4, -1e4);
    expect([...softmax(logits, [2, 3])]).toEqual([1, 0, 0, 1 / 3, 1 / 3, 1 / 3]);
    const losses = crossEntropy(
      logSoftmax(logits, [2, 3]),
      targets("float64", Uint8Array.of(1, 0), 3, 0),
      [2, 3],
    );
    expect(losses[0]).toBe(2e4);
    expect(losses[1]).toBeCloseTo(Math.log(3), 15);
  });

  it("equal rows are uniform, and the gradient pushes only the label up", () => {
    const p = softmax(f64(7, 7, 7, 7), [1, 4]);
    expect([...p]).toEqual([0.25, 0.25, 0.25, 0.25]);
    const gradient = softmaxCrossEntropyGradient(p, targets("float64", [2], 4, 0), [1, 4]);
    expect([...gradient]).toEqual([0.25, 0.25, -0.75, 0.25]);
  });

  it("smooths labels to (1 - e) y + e / C and divides by the rows", () => {
    const smoothed = targets("float64", [0, 1], 2, 0.1);
    [0.95, 0.05, 0.05, 0.95].forEach((value, i) => expect(smoothed[i]).toBeCloseTo(value, 15));
    const dLogits = softmaxCrossEntropyGradient(f64(0.5, 0.5, 0.5, 0.5), smoothed, [2, 2]);
    [-0.225, 0.225, 0.225, -0.225].forEach((value, i) => expect(dLogits[i]).toBeCloseTo(value, 15));
    // -(0.95 log p0 + 0.05 log p1) with p = (0.8, 0.2)
    const losses = crossEntropy(f64(Math.log(0.8), Math.log(0.2)), smoothed.subarray(0, 2), [1, 2]);
    expect(losses[0]).toBeCloseTo(-(0.95 * Math.log(0.8) + 0.05 * Math.log(0.2)), 15);
  });

  it("rejects a label that is not a class", () => {
    expect(() => targets("float64", [0, 3], 3, 0)).toThrow("labels[1] is 3, but there are 3 classes");
  });

  it("ties go to the first class, and ranks agree with that", () => {
    const logits = f64(1, 3, 3, 0);
    expect([...rowArgmax(logits, [1, 4])]).toEqual([1]);
    const ranks = [0, 1, 2, 3].map((label) => trueClassRanks(logits, [label], [1, 4])[0]);
    expect(ranks).toEqual([2, 0, 1, 3]);
  });
});

describe("dropout", () => {
  const key = { seed: 42, step: 3 };

  it.each([0.1, 0.25, 0.5, 0.9])("rate %d keeps 1 - rate of the units, scaled by 1 / (1 - rate)", (rate) => {
    const [rows, units] = [400, 251];
    const factors = dropoutFactors("float64", key, 0, rate, [rows, units]);
    const kept = factors.filter((factor) => factor !== 0);
    expect(new Set(kept)).toEqual(new Set([1 / (1 - rate)]));
    const n = rows * units;
    const deviations = (kept.length - n * (1 - rate)) / Math.sqrt(n * rate * (1 - rate));
    expect(Math.abs(deviations)).toBeLessThan(4.5);
    // No row and no unit is special: the largest deviation of 651 normal deviates is below 5.
    for (let unit = 0; unit < units; unit++) {
      let count = 0;
      for (let row = 0; row < rows; row++) if (factors[row * units + unit] !== 0) count++;
      expect(Math.abs(count - rows * (1 - rate)) / Math.sqrt(rows * rate * (1 - rate))).toBeLessThan(5);
    }
  });

  it("neighbours in every direction are independent", () => {
    const shape = [200, 200] as const;
    /** +1 where a unit is kept, -1 where it is dropped. */
    const centred = (step: number, layer: number): Float64Array =>
      Float64Array.from(dropoutFactors("float64", { seed: 42, step }, layer, 0.5, shape), (f) => f - 1);
    const base = centred(3, 0);
    const correlation = (other: Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < other.length; i++) sum += base[i] * other[i];
      return sum / base.length;
    };
    // The next unit, the next hash, the next row, the next step, the next layer; 1 / 200 is the standard deviation.
    for (const other of [
      base.subarray(1),
      base.subarray(4),
      base.subarray(200),
      centred(4, 0),
      centred(3, 1),
    ]) {
      expect(Math.abs(correlation(other))).toBeLessThan(4.5 / 200);
    }
    expect(correlation(centred(3, 0))).toBe(1);
  });

  it("rate 0 keeps everything", () => {
    expect(new Set(dropoutFactors("float32", key, 0, 0, [5, 5]))).toEqual(new Set([1]));
  });
});

describe("forwardPass", () => {
  it.each(ACTIVATIONS.map((name) => [name]))("%s equals an independently written network", (activation) => {
    const random = Random.fromSeed(21, "cases");
    const network = networkOf(5, [7, 4], 3, activation);
    const parameters = randomParameters(random, network);
    const inputs = randomArray(random, 2 * 5);
    const forward = forwardPass(network, parameters, inputs);
    for (let row = 0; row < 2; row++) {
      let x = [...inputs.subarray(row * 5, row * 5 + 5)];
      network.layers.forEach(({ units }, index) => {
        const weight = parameters[`layers.${index}.weight`];
        const bias = parameters[`layers.${index}.bias`];
        const z = Array.from({ length: units }, (_, j) =>
          x.reduce((sum, value, i) => sum + value * weight[i * units + j], bias[j]),
        );
        x = index === 2 ? z : z.map((value) => INDEPENDENT[activation](value));
      });
      const exponentials = x.map((value) => Math.exp(value));
      const total = exponentials.reduce((sum, value) => sum + value, 0);
      x.forEach((logit, c) => {
        expect(forward.logits[row * 3 + c]).toBeCloseTo(logit, 12);
        expect(forward.probabilities[row * 3 + c]).toBeCloseTo(exponentials[c] / total, 12);
      });
    }
  });

  it("float32 stays within the dot product bound of float64", () => {
    const random = Random.fromSeed(22, "cases");
    const network = networkOf(301, [], 5);
    const parameters = randomParameters(random, network);
    const single = Object.fromEntries(
      Object.entries(parameters).map(([name, values]) => [name, Float32Array.from(values)]),
    );
    const double = Object.fromEntries(
      Object.entries(single).map(([name, values]) => [name, Float64Array.from(values)]),
    );
    const inputs = Float32Array.from(randomArray(random, 301));
    const a = forwardPass(network, single, inputs).logits;
    const b = forwardPass(network, double, inputs).logits;
    expect(a).toBeInstanceOf(Float32Array);
    expect(b).toBeInstanceOf(Float64Array);
    // One rounding, of the stored result.
    a.forEach((value, i) => expect(Math.abs(value - b[i])).toBeLessThanOrEqual(2 ** -24 * Math.abs(b[i])));
  });

  it("backward uses the slopes it is given, so that a comparison can share kink decisions", () => {
    const random = Random.fromSeed(23, "cases");
    const network = networkOf(3, [4], 2);
    const parameters = randomParameters(random, network);
    const labels = randomLabels(random, 2, 2);
    const forward = forwardPass(network, parameters, randomArray(random, 6));
    forward.layers[0].slope.fill(0);
    const { gradients } = backwardPass(network, parameters, forward, labels);
    expect(gradients["layers.0.weight"].every((value: number) => value === 0)).toBe(true);
    expect(gradients["layers.1.weight"].some((value: number) => value !== 0)).toBe(true);
  });

  it("rejects inputs that are not whole rows", () => {
    const network = networkOf(3, [], 2);
    const parameters = randomParameters(Random.fromSeed(1, "cases"), network);
    expect(() => forwardPass(network, parameters, f64(1, 2, 3, 4))).toThrow("do not divide into rows of 3");
  });
});
