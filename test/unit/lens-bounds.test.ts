/** The derived bounds hold for float32 arithmetic done in any order, follow errors of their inputs, and are not vacuous. */
import { describe, expect, test } from "vitest";
import { ACTIVATIONS, OPTIMIZERS, resolveNetwork, resolveTraining } from "../../src/core/spec.ts";
import { stepNumbers } from "../../src/core/schedule.ts";
import { activate, activationSlope } from "../../src/cpu/activations.ts";
import { matmul } from "../../src/cpu/dense.ts";
import { updateParameters } from "../../src/cpu/optimizers.ts";
import { activationErrors } from "../../src/lens/activation-bounds.ts";
import { boundedPass } from "../../src/lens/pass-bounds.ts";
import { depths, exact, gamma, productErrors, SMALLEST, stored } from "../../src/lens/rounding.ts";
import { boundedUpdate } from "../../src/lens/update-bounds.ts";
import { momentShapes, parameterShapes } from "../../src/model/parameters.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

const f32 = Math.fround;

/** The largest error over its bound; what float64 itself rounds does not count. */
function worst(actual: ArrayLike<number>, expected: ArrayLike<number>, errors: ArrayLike<number>): number {
  let ratio = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) - 1e-15 * Math.abs(expected[i]) - 1e-16;
    if (error > 0) ratio = Math.max(ratio, error / errors[i]);
  }
  return ratio;
}

/** One running sum in float32, as the kernels have it. */
function float32Sum(x: Float32Array, w: Float32Array, bias: number): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum = f32(sum + f32(x[k] * w[k]));
  return f32(sum + bias);
}

describe("products", () => {
  test.each([1, 7, 65, 1021])("of length %i stay within the bound in float32", (k) => {
    const draw = new Draw(1);
    const [x, w, bias] = [draw.floats(k), draw.floats(k), draw.floats(1)];
    const expected = matmul(Float64Array.from(x), [1, k], Float64Array.from(w), [k, 1])[0] + bias[0];
    const [bound] = productErrors("A.B", exact(x), [1, k], exact(w), [k, 1], depths.forward(k), bias);
    const error = Math.abs(float32Sum(x, w, bias[0]) - expected);
    expect(error).toBeLessThanOrEqual(bound);
    const size = x.reduce((sum, value, i) => sum + Math.abs(value * w[i]), Math.abs(bias[0]));
    expect(bound).toBeCloseTo(gamma(k + 1) * size, 12);
  });

  test("60,000 times 0.1 stays within its bound although it exceeds a random walk's", () => {
    const k = 60_000;
    const [x, w] = [new Float32Array(k).fill(0.1), new Float32Array(k).fill(1)];
    const [bound] = productErrors("A.B", exact(x), [1, k], exact(w), [k, 1], depths.forward(k), [0] as never);
    const error = Math.abs(float32Sum(x, w, 0) - k * f32(0.1));
    expect(error).toBeLessThanOrEqual(bound);
    expect(error).toBeGreaterThan(4 * Math.sqrt(k + 1) * 2 ** -24 * 6000);
  });

  test("follow the errors of both factors", () => {
    const draw = new Draw(2);
    const [a, b] = [Float64Array.from(draw.floats(35)), Float64Array.from(draw.floats(21))];
    const errors = (size: number) => new Float64Array(size).fill(1e-3);
    const shift = (values: Float64Array) => values.map((value, i) => value + (i % 2 ? 1e-3 : -1e-3));
    const bound = productErrors(
      "A.B",
      { values: a, errors: errors(35) },
      [5, 7],
      { values: b, errors: errors(21) },
      [7, 3],
      0,
    );
    const moved = matmul(shift(a), [5, 7], shift(b), [7, 3]);
    const ratio = worst(moved, matmul(a, [5, 7], b, [7, 3]), bound);
    expect(ratio).toBeLessThanOrEqual(1);
    expect(ratio).toBeGreaterThan(0.1);
  });
});

describe("activations", () => {
  test.each(ACTIVATIONS)("%s and its slope follow the error of z", (activation) => {
    const z = Float64Array.from(new Draw(3).floats(500, 6));
    const error = 1e-4;
    for (const direction of [-error, error]) {
      const [value, slope] = [activate(activation, z), activationSlope(activation, z)];
      const bounds = Array.from(z, (x, i) =>
        activationErrors(activation, x, error, value[i], slope[i], false),
      );
      const moved = z.map((x) => x + direction);
      expect(
        worst(
          activate(activation, moved),
          value,
          bounds.map((each) => each.value),
        ),
      ).toBeLessThanOrEqual(1);
      expect(
        worst(
          activationSlope(activation, moved),
          slope,
          bounds.map((each) => each.slope),
        ),
      ).toBeLessThanOrEqual(1);
      // Away from a kink the bound is of the size of what it bounds.
      const largest = Math.max(...bounds.filter((_, i) => Math.abs(z[i]) > error).map((each) => each.value));
      expect(largest).toBeLessThan(3 * error);
    }
  });
});

describe("a pass", () => {
  const network = resolveNetwork(
    stack(
      31,
      [
        [33, "relu", 0.2],
        [17, "gelu"],
      ],
      10,
    ),
  );
  const draw = new Draw(4);
  const parameters = draw.parameters(network);
  const inputs = draw.floats(9 * 31);
  const labels = draw.labels(9, 10);
  const options = { dropout: { seed: 1, step: 2 }, labelSmoothing: 0.1 };
  const { forward, backward, errors } = boundedPass(network, parameters, inputs, labels, options);

  test("with every number moved by an ulp stays within its bounds", () => {
    // The same pass on inputs one rounding away: the size of error that the bounds are made of.
    const moved = inputs.map((x, i) => x * (1 + (i % 2 ? 1 : -1) * 2 ** -23));
    const other = boundedPass(network, parameters, moved, labels, options);
    expect(worst(other.forward.logits, forward.logits, errors.layers[2].z)).toBeLessThan(1);
    expect(worst(other.forward.probabilities, forward.probabilities, errors.head.probabilities)).toBeLessThan(
      1,
    );
    expect(worst(other.backward.losses, backward.losses, errors.head.losses)).toBeLessThan(1);
    for (const name of Object.keys(errors.gradients)) {
      expect(
        worst(other.backward.gradients[name], backward.gradients[name], errors.gradients[name]),
      ).toBeLessThan(1);
    }
  });

  test("has bounds far below what they bound", () => {
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
    expect(mean(errors.layers[2].z) / mean(forward.logits)).toBeLessThan(1e-3);
    expect(mean(errors.head.losses) / mean(backward.losses)).toBeLessThan(1e-3);
    for (const [name, bound] of Object.entries(errors.gradients)) {
      expect(mean(bound) / mean(backward.gradients[name]), name).toBeLessThan(1e-2);
    }
  });

  test("takes over the other side's decision at a kink, and only there", () => {
    const flat = resolveNetwork(stack(1, [[2, "relu"]], 2));
    const weights = {
      "layers.0.weight": Float32Array.of(0, 1),
      "layers.0.bias": Float32Array.of(0, 1),
      "layers.1.weight": Float32Array.of(1, 2, 3, 4),
      "layers.1.bias": new Float32Array(2),
    };
    const at = (positive?: number[][]) => boundedPass(flat, weights, Float32Array.of(1), [0], { positive });
    expect(at().errors.openKinks).toBe(1);
    expect(at().errors.layers[0].slope[0]).toBe(1);
    expect(at([[1, 0]]).errors.openKinks).toBe(0);
    expect([...at([[1, 0]]).forward.layers[0].slope]).toEqual([1, 1]);
    expect([...at([[0, 0]]).forward.layers[0].slope]).toEqual([0, 1]);
    expect(at([[1, 0]]).backward.deltas[0][0]).not.toBe(0);
  });
});

describe("updates", () => {
  const network = resolveNetwork(stack(7, [[5]], 3));
  const shapes = parameterShapes(network);
  test.each(OPTIMIZERS)("%s follow the error of the gradient", (optimizer) => {
    for (const clipNorm of [0, 0.5]) {
      const draw = new Draw(5);
      const training = resolveTraining({ optimizer, weightDecay: 0.1, clipNorm });
      const tensors = (size: number, scale: number) => draw.floats(size, scale);
      const parameters = draw.parameters(network);
      const moments = Object.fromEntries(
        momentShapes(network, optimizer).map(({ name, size }) => [
          name,
          name.endsWith(".v") ? tensors(size, 1e-3).map(Math.abs) : tensors(size, 1e-2),
        ]),
      );
      const gradients = Object.fromEntries(
        shapes.map(({ name, size }) => [name, Float64Array.from(tensors(size, 0.1))]),
      );
      const errors = Object.fromEntries(
        shapes.map(({ name, size }) => [name, new Float64Array(size).fill(1e-6)]),
      );
      const numbers = stepNumbers(training, 5, 100, 10);
      const bounded = boundedUpdate(training, numbers, shapes, parameters, moments, gradients, errors, 30);
      const shifted = Object.fromEntries(
        Object.entries(gradients).map(([name, g]) => [name, g.map((x, i) => x + (i % 2 ? 1e-6 : -1e-6))]),
      );
      const exactly = boundedUpdate(training, numbers, shapes, parameters, moments, shifted, errors, 30);
      for (const { name } of shapes) {
        const ratio = worst(
          exactly.parameters[name],
          bounded.parameters[name],
          bounded.parameterErrors[name],
        );
        expect(ratio, name).toBeLessThanOrEqual(1);
        expect(ratio, name).toBeGreaterThan(0.01);
      }
      for (const [name, bound] of Object.entries(bounded.momentErrors)) {
        expect(worst(exactly.moments[name], bounded.moments[name], bound), name).toBeLessThanOrEqual(1);
      }
      // Without clipping it is the reference's own update.
      if (clipNorm === 0) {
        const wide = (all: Record<string, Float32Array>) =>
          Object.fromEntries(Object.entries(all).map(([name, values]) => [name, Float64Array.from(values)]));
        const own = updateParameters(training, numbers, shapes, wide(parameters), gradients, wide(moments));
        for (const { name } of shapes)
          expect([...bounded.parameters[name]]).toEqual([...own.parameters[name]]);
      }
    }
  });

  /** `[w, g, first moment, optimizer]`: what is flushed to 0 counts once for every product. */
  test.each([
    // Both products of m, and both terms of w, are just below the smallest normal number.
    [0, 1.1e-37, 1.2e-38, "adam"],
    // rate * m is flushed before it is divided by something small.
    [0, 0, 1e-36, "adam"],
    [-1.1e-38, 1.1e-37, 0, "sgd"],
    [1.1e-38, 0, -1.1e-37, "momentum"],
    [1.1e-38, 1e-38, 1.2e-38, "nesterov"],
  ] as const)("hold where subnormals are 0: w %d, g %d, moment %d, %s", (w, g, moment, optimizer) => {
    const training = resolveTraining({
      optimizer,
      learningRate: optimizer === "adam" ? 1e-3 : 0.1,
      weightDecay: 0,
    });
    const numbers = stepNumbers(training, 0, 10, 10);
    const { learningRate, stepSize, secondMomentScale } = numbers;
    const name = "layers.0.bias";
    const shape = shapes.filter((each) => each.name === name).map((each) => ({ ...each, size: 1 }));
    const before = { [`${name}.velocity`]: Float32Array.of(moment), [`${name}.m`]: Float32Array.of(moment) };
    const moments = { ...before, [`${name}.v`]: new Float32Array(1) };
    const [old, gradient] = [f32(w), f32(g)];
    const { errors } = stored(Float32Array.of(gradient));
    const bounded = boundedUpdate(
      training,
      numbers,
      shape,
      { [name]: Float32Array.of(old) },
      moments,
      { [name]: Float64Array.of(gradient) },
      { [name]: errors },
      1,
    );
    const kept = (x: number): number => (Math.abs(x) < SMALLEST ? 0 : f32(x));
    const times = (a: number, b: number): number => kept(kept(a) * kept(b));
    const plus = (a: number, b: number): number => kept(kept(a) + kept(b));
    const { beta1, beta2, epsilon, momentum } = training;
    const m = plus(times(beta1, f32(moment)), times(1 - beta1, gradient));
    const v = times(times(1 - beta2, gradient), gradient);
    const u = plus(times(momentum, f32(moment)), gradient);
    const moved = {
      sgd: times(learningRate, gradient),
      momentum: times(learningRate, u),
      nesterov: times(learningRate, plus(gradient, times(momentum, u))),
      adam: kept(times(stepSize, m) / (Math.sqrt(v) / secondMomentScale + epsilon)),
    }[optimizer];
    const within = (actual: number, expected: number, error: number): unknown =>
      expect(Math.abs(actual - expected)).toBeLessThanOrEqual(error);
    within(plus(old, -moved), bounded.parameters[name][0], bounded.parameterErrors[name][0]);
    for (const [suffix, actual] of Object.entries({ m, velocity: u })) {
      const error = bounded.momentErrors[`${name}.${suffix}`]?.[0];
      if (error !== undefined) within(actual, bounded.moments[`${name}.${suffix}`][0], error);
    }
  });
});
