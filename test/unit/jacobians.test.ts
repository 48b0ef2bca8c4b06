/** Every factor of the long form against central differences of the function that it is the derivative of. */
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/rng.ts";
import { ACTIVATIONS } from "../../src/core/spec.ts";
import { activate } from "../../src/cpu/activations.ts";
import { dense } from "../../src/cpu/dense.ts";
import {
  activationJacobian,
  biasJacobian,
  inputJacobian,
  lossByProbability,
  softmaxJacobian,
  weightJacobian,
} from "../../src/cpu/jacobians.ts";
import { crossEntropy, softmax, targets } from "../../src/cpu/softmax.ts";
import { randomArray } from "./cpu-fixtures.ts";

const H = 1e-5;
/** Third derivatives and rounding leave about 1e-10. */
const TOLERANCE = 1e-8;

/** dy/dx by central differences, `[y.length, x.length]`. */
function differences(f: (x: Float64Array) => ArrayLike<number>, at: Float64Array): Float64Array {
  const columns = Array.from(at, (_, j) => {
    const moved = (by: number): ArrayLike<number> => f(at.map((value, i) => (i === j ? value + by : value)));
    const [above, below] = [moved(H), moved(-H)];
    return Float64Array.from(above, (value, i) => (value - below[i]) / (2 * H));
  });
  const rows = columns[0].length;
  return Float64Array.from(
    { length: rows * at.length },
    (_, i) => columns[i % at.length][Math.floor(i / at.length)],
  );
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i])));
  expect(worst).toBeLessThan(TOLERANCE);
}

const random = Random.fromSeed(21, "cases");

describe("factors of the chain rule", () => {
  it.each([0, 0.2])("dl/dp, label smoothing %d", (smoothing) => {
    const p = randomArray(random, 4).map((value) => 0.3 + 0.2 * value);
    const t = targets("float64", [2], 4, smoothing);
    const loss = (at: Float64Array) => crossEntropy(at.map(Math.log), t, [1, 4]);
    expectClose(lossByProbability(p, t), differences(loss, p));
  });

  it("dl/dp says 0 for a class that is not wanted, whatever its p", () => {
    expect([...lossByProbability(Float64Array.of(0, 1), Float64Array.of(0, 1))]).toEqual([0, -1]);
    expect(lossByProbability(Float64Array.of(0, 1), Float64Array.of(1, 0))[0]).toBe(-Infinity);
  });

  it("dp/dz of the softmax", () => {
    const z = randomArray(random, 5, 2);
    expectClose(
      softmaxJacobian(softmax(z, [1, 5])),
      differences((at) => softmax(at, [1, 5]), z),
    );
  });

  it.each(ACTIVATIONS.map((name) => [name]))("da/dz of %s", (activation) => {
    const z = Float64Array.of(-2.5, -0.7, -0.01, 0.02, 0.9, 3);
    expectClose(
      activationJacobian(activation, z),
      differences((at) => activate(activation, at), z),
    );
  });

  it("dz/dW, dz/db and dz/dx of a dense layer that is not square", () => {
    const [inputs, units] = [3, 4];
    const [x, weight, bias] = [3, 12, 4].map((size) => randomArray(random, size));
    const z = (ofX: Float64Array, ofW: Float64Array, ofB: Float64Array) =>
      dense(ofX, [1, inputs], ofW, [inputs, units], ofB);
    expectClose(
      weightJacobian(x, units),
      differences((at) => z(x, at, bias), weight),
    );
    expectClose(
      biasJacobian("float64", units),
      differences((at) => z(x, weight, at), bias),
    );
    expectClose(
      inputJacobian(weight, [inputs, units]),
      differences((at) => z(at, weight, bias), x),
    );
  });

  it("come in the precision of what they are made from", () => {
    const x = Float32Array.of(0.1, 0.7);
    for (const jacobian of [softmaxJacobian(x), weightJacobian(x, 2), biasJacobian("float32", 2)]) {
      expect(jacobian).toBeInstanceOf(Float32Array);
    }
  });
});
