/** The gradient check itself: it passes what is right, and notices what is not. */
import { describe, expect, it } from "vitest";
import type { Parameters } from "../../src/core/engine.ts";
import { ShapeError, SpecError } from "../../src/core/errors.ts";
import { ACTIVATIONS, type Network } from "../../src/core/spec.ts";
import { backwardPass, forwardPass } from "../../src/cpu/pass.ts";
import {
  checkGradients,
  GRADIENT_CHECK_ROWS,
  randomBatch,
  type GradientCheck,
  type TensorGradientCheck,
} from "../../src/lens/gradient-check.ts";
import { networkOf } from "./cpu-fixtures.ts";

const network = networkOf(6, [5], 4, "tanh");

/** The reference's gradients of the random batch, to be damaged. */
function gradientsOf(of: Network, seed: number): Parameters {
  const { parameters, inputs, labels } = randomBatch(of, GRADIENT_CHECK_ROWS, seed);
  return backwardPass(of, parameters, forwardPass(of, parameters, inputs), labels).gradients;
}

describe("the gradient check", () => {
  it.each(ACTIVATIONS.map((activation) => [activation]))("passes the reference with %s", (activation) => {
    for (const hidden of [[], [5], [8, 3, 6]]) {
      const result = checkGradients({
        network: networkOf(6, hidden, 4, activation),
        seed: 3,
        labelSmoothing: 0.1,
      });
      expect(result.passed).toBe(true);
      expect(result.tensors).toHaveLength(2 * (hidden.length + 1));
      for (const { largest, median, compared, skipped, unresolved, size } of result.tensors) {
        expect(median).toBeLessThanOrEqual(largest);
        expect(largest).toBeLessThan(1e-6);
        expect(compared + skipped + unresolved).toBe(size);
        expect(compared).toBeGreaterThan(0.9 * size);
      }
    }
  });

  it("notices a gradient that is zero, one that is off by a factor, and a single wrong entry", () => {
    const damages: [string, (gradients: Parameters) => void][] = [
      ["layers.0.weight", (g) => g["layers.0.weight"].fill(0)],
      ["layers.0.bias", (g) => g["layers.0.bias"].fill(0)],
      ["layers.1.weight", (g) => (g["layers.1.weight"] = g["layers.1.weight"].map((x) => 4 * x))],
      ["layers.1.bias", (g) => (g["layers.1.bias"] = g["layers.1.bias"].map((x) => 1.0001 * x))],
      ["layers.1.weight", (g) => (g["layers.1.weight"] = g["layers.1.weight"].map((x) => 2 * x))],
      ["layers.0.weight", (g) => (g["layers.0.weight"][7] *= -1)],
      ["layers.0.weight", (g) => (g["layers.0.weight"][7] *= 1.001)],
    ];
    for (const [name, damage] of damages) {
      const gradients = gradientsOf(network, 1);
      damage(gradients);
      const result = checkGradients({ network, gradients });
      expect(result.passed).toBe(false);
      expect(result.tensors.filter(({ failures }) => failures > 0).map((tensor) => tensor.name)).toEqual([
        name,
      ]);
    }
    const single = gradientsOf(network, 1);
    single["layers.0.weight"][7] *= -1;
    const { failures, tensors } = checkGradients({ network, gradients: single });
    expect(failures).toBe(1);
    expect(tensors[0].worst[0]).toMatchObject({ index: 7, relativeError: expect.closeTo(2, 5) });
  });

  describe("of a deep stack of sigmoids", () => {
    const deep = networkOf(
      5,
      Array.from({ length: 22 }, () => 5),
      4,
      "sigmoid",
    );
    const check = (damage: (gradients: Parameters) => void = () => {}) => {
      const gradients = gradientsOf(deep, 1);
      damage(gradients);
      return checkGradients({ network: deep, gradients });
    };
    const named = (result: GradientCheck, name: string): TensorGradientCheck =>
      result.tensors.find((tensor) => tensor.name === name)!;

    it("says that the lowest gradients are too small to tell, and compares the others", () => {
      const result = check();
      expect(result).toMatchObject({ failures: 0, zero: 0, passed: false });
      expect(named(result, "layers.0.weight")).toMatchObject({
        compared: 0,
        unresolved: 25,
        errorOverBound: 0,
      });
      expect(named(result, "layers.22.weight")).toMatchObject({ compared: 20, unresolved: 0 });
      expect(result.unresolved).toBeGreaterThan(25);
      for (const { compared, unresolved, size, worst } of result.tensors) {
        expect(compared + unresolved).toBe(size);
        for (const { gradient, quotient, relativeError } of worst) {
          const larger = Math.max(Math.abs(gradient), Math.abs(quotient));
          expect(relativeError).toBe(Math.abs(gradient - quotient) / larger);
        }
      }
    });

    it("calls nothing right there: neither zeros nor an opposite sign", () => {
      for (const factor of [0, -1]) {
        const result = check((g) => (g["layers.0.weight"] = g["layers.0.weight"].map((x) => factor * x)));
        expect(named(result, "layers.0.weight")).toMatchObject({ compared: 0, zero: 0 });
        expect(result.passed).toBe(false);
      }
    });

    it("notices what differs by more than a quotient is uncertain by, however small", () => {
      // At the tolerance, sizes below about 1e-6 cannot be told, but a quotient is certain to about 1e-12.
      const [name, values] = Object.entries(gradientsOf(deep, 1)).find(([, each]) =>
        each.every((x: number) => Math.abs(x) < 1e-7 && Math.abs(x) > 1e-10),
      )!;
      expect(named(check(), name)).toMatchObject({ compared: 0, unresolved: values.length });
      const result = check((g) => (g[name][3] *= -1));
      expect(result.failures).toBe(1);
      expect(named(result, name)).toMatchObject({ compared: 1, unresolved: values.length - 1 });
      expect(named(result, name).worst).toEqual([
        expect.objectContaining({ index: 3, relativeError: expect.closeTo(2, 1) }),
      ]);
    });

    it.each([0, 1.001, 2, -1])("notices a factor of %s where gradients are large enough", (factor) => {
      const result = check((g) => (g["layers.20.bias"] = g["layers.20.bias"].map((x) => factor * x)));
      expect(named(result, "layers.20.bias").failures).toBe(5);
      expect(result.failures).toBe(5);
    });
  });

  it("compares as zeros only what cannot change the loss", () => {
    const off = networkOf(2, [2], 2, "relu");
    const { parameters } = randomBatch(off, 1, 1);
    // The first unit is off, the second on; the second input is 0.
    parameters["layers.0.weight"] = Float64Array.of(1, 1, 1, 1);
    parameters["layers.0.bias"] = Float64Array.of(-2, 1);
    const given = { network: off, parameters, inputs: Float64Array.of(1, 0), labels: Uint8Array.of(0) };
    const zeros = checkGradients(given).tensors.map(({ zero }) => zero);
    expect(zeros).toEqual([3, 1, 2, 0]);
    const { inputs, labels } = given;
    const { gradients } = backwardPass(off, parameters, forwardPass(off, parameters, inputs), labels);
    gradients["layers.0.weight"][0] = 1e-300;
    expect(checkGradients({ ...given, gradients })).toMatchObject({ failures: 1, zero: 5 });
  });

  it("leaves out entries at a kink, and counts them", () => {
    const kinked = networkOf(2, [2], 2, "relu");
    const { parameters } = randomBatch(kinked, 1, 1);
    // z of the first unit is 0 exactly; that of the second lies far away.
    parameters["layers.0.weight"] = Float64Array.of(1, 1, 1, 1);
    parameters["layers.0.bias"] = Float64Array.of(-2, 1);
    const result = checkGradients({
      network: kinked,
      parameters,
      inputs: Float64Array.of(1, 1),
      labels: Uint8Array.of(0),
    });
    const skipped = Object.fromEntries(result.tensors.map((tensor) => [tensor.name, tensor.skipped]));
    expect(skipped).toEqual({
      "layers.0.weight": 2,
      "layers.0.bias": 1,
      "layers.1.weight": 0,
      "layers.1.bias": 0,
    });
    expect(result).toMatchObject({ passed: true, skipped: 3 });
  });

  it("has not passed where nothing could be compared", () => {
    const kinked = networkOf(1, [1], 2, "relu");
    const { parameters } = randomBatch(kinked, 1, 1);
    parameters["layers.0.weight"] = Float64Array.of(1);
    parameters["layers.0.bias"] = Float64Array.of(-1);
    const one = { inputs: Float64Array.of(1), labels: Uint8Array.of(0) };
    expect(checkGradients({ network: kinked, parameters, ...one })).toMatchObject({
      passed: false,
      failures: 0,
    });
  });

  it("samples large tensors, the same way for the same seed", () => {
    const wide = networkOf(40, [30], 3, "gelu");
    const result = checkGradients({ network: wide, entries: 25 });
    expect(result.tensors.map(({ compared }) => compared)).toEqual([25, 25, 25, 3]);
    expect(checkGradients({ network: wide, entries: 25 })).toEqual(result);
    expect(result.passed).toBe(true);
  });

  it("leaves the parameters as they were and refuses what does not fit", () => {
    const { parameters, inputs, labels } = randomBatch(network, 4, 1);
    const before = structuredClone(parameters);
    checkGradients({ network, parameters, inputs, labels });
    expect(parameters).toEqual(before);
    expect(() => checkGradients({ network, inputs })).toThrow(SpecError);
    expect(() => checkGradients({ network, tolerance: 0 })).toThrow(SpecError);
    expect(() => checkGradients({ network, inputs: inputs.subarray(1), labels })).toThrow(ShapeError);
    expect(() => checkGradients({ network, parameters: {} })).toThrow(ShapeError);
  });
});
