/**
 * The reference's gradients against central differences in float64, on random networks.
 *
 * Kinks: (leaky) ReLU has no derivative at 0, so a draw is used only when every hidden |z| exceeds 1e-3. A parameter is
 * moved by h = 1e-5, which moves no z that far; each evaluation checks that no slope has changed.
 *
 * Error of (L(w + h) - L(w - h)) / 2h: h^2 / 6 times the third derivative, near 1e-10 for these networks, and rounding of
 * the order 2^-52 L / h, near 1e-10 too.
 */
import { describe, expect, it } from "vitest";
import type { Parameters } from "../../src/core/engine.ts";
import { Random } from "../../src/core/rng.ts";
import { ACTIVATIONS, type Activation, type Network } from "../../src/core/spec.ts";
import { backwardPass, forwardPass, type ForwardPass } from "../../src/cpu/pass.ts";
import {
  crossEntropy,
  logSoftmax,
  mean,
  softmax,
  softmaxCrossEntropyGradient,
  targets,
} from "../../src/cpu/softmax.ts";
import { networkOf, randomArray, randomLabels, randomParameters } from "./cpu-fixtures.ts";

const H = 1e-5;
const KINK_MARGIN = 1e-3;
const TOLERANCE = 1e-8;

interface Draw {
  network: Network;
  parameters: Parameters;
  inputs: Float64Array;
  labels: Uint8Array;
  dropout: { seed: number; step: number };
}

function draw(seed: number, rows: number, network: Network): Draw {
  const random = Random.fromSeed(seed, "cases");
  const dropout = { seed, step: 5 };
  for (let attempt = 0; attempt < 100; attempt++) {
    const parameters = randomParameters(random, network);
    const inputs = randomArray(random, rows * network.input);
    const labels = randomLabels(random, rows, network.classes);
    const { layers } = forwardPass(network, parameters, inputs, dropout);
    const hidden = layers.slice(0, -1);
    if (hidden.every(({ z }) => z.every((value: number) => Math.abs(value) > KINK_MARGIN))) {
      return { network, parameters, inputs, labels, dropout };
    }
  }
  throw new Error("no draw keeps away from the kinks");
}

function slopesOf(forward: ForwardPass): number[] {
  return forward.layers.flatMap(({ slope }) => [...slope]);
}

function checkEveryGradient({ network, parameters, inputs, labels, dropout }: Draw, smoothing: number): void {
  const forward = forwardPass(network, parameters, inputs, dropout);
  const { gradients } = backwardPass(network, parameters, forward, labels, smoothing);
  const piecewise = network.layers.every(({ activation }) =>
    ["relu", "leaky-relu", "linear"].includes(activation),
  );
  const lossAt = (): number => {
    const moved = forwardPass(network, parameters, inputs, dropout);
    if (piecewise) expect(slopesOf(moved)).toEqual(slopesOf(forward));
    return backwardPass(network, parameters, moved, labels, smoothing).loss;
  };
  let worst = { error: 0, where: "" };
  for (const [name, values] of Object.entries(parameters)) {
    for (let i = 0; i < values.length; i++) {
      const before = values[i];
      values[i] = before + H;
      const above = lossAt();
      values[i] = before - H;
      const below = lossAt();
      values[i] = before;
      const error = Math.abs((above - below) / (2 * H) - gradients[name][i]);
      if (!(error <= worst.error)) worst = { error, where: `${name}[${i}]` };
    }
  }
  expect(worst.error, worst.where).toBeLessThan(TOLERANCE);
}

describe("gradients against central differences", () => {
  it.each(ACTIVATIONS.map((activation) => [activation]))("%s, one to three hidden layers", (activation) => {
    for (const hidden of [[5], [4, 6], [5, 3, 4]]) {
      checkEveryGradient(draw(11, 4, networkOf(6, hidden, 3, activation)), 0);
    }
  });

  it("no hidden layer", () => {
    checkEveryGradient(draw(1, 5, networkOf(7, [], 4)), 0);
  });

  it("a single row, two classes, one unit", () => {
    checkEveryGradient(draw(2, 1, networkOf(3, [1], 2, "tanh")), 0);
  });

  it.each([0.1, 0.5, 0.9])("label smoothing %d", (smoothing) => {
    checkEveryGradient(draw(3, 4, networkOf(5, [6], 4, "gelu")), smoothing);
  });

  it.each<[Activation, number]>([
    ["relu", 0.25],
    ["tanh", 0.5],
    ["sigmoid", 0.75],
  ])("%s with dropout %d, masks held fixed", (activation, rate) => {
    const chosen = draw(4, 5, networkOf(6, [8, 7], 3, activation, rate));
    const { layers } = forwardPass(chosen.network, chosen.parameters, chosen.inputs, chosen.dropout);
    const factors = [...(layers[0].factors ?? [])];
    expect(factors).toContain(0);
    expect(factors).toContain(1 / (1 - rate));
    checkEveryGradient(chosen, 0.1);
  });

  it("different activations in one network", () => {
    const network = networkOf(5, [6, 4, 5, 4], 3);
    (["gelu", "leaky-relu", "sigmoid", "relu"] as const).forEach((activation, index) => {
      network.layers[index].activation = activation;
    });
    checkEveryGradient(draw(5, 3, network), 0.1);
  });

  it("dLogits are the derivatives of the mean loss by each logit", () => {
    const shape = [3, 4] as const;
    const random = Random.fromSeed(6, "cases");
    const logits = randomArray(random, 12, 3);
    const target = targets("float64", randomLabels(random, 3, 4), 4, 0.2);
    const loss = (): number => mean(crossEntropy(logSoftmax(logits, shape), target, shape));
    const dLogits = softmaxCrossEntropyGradient(softmax(logits, shape), target, shape);
    for (let i = 0; i < logits.length; i++) {
      const before = logits[i];
      logits[i] = before + H;
      const above = loss();
      logits[i] = before - H;
      const below = loss();
      logits[i] = before;
      expect(Math.abs((above - below) / (2 * H) - dLogits[i])).toBeLessThan(TOLERANCE);
    }
  });
});
