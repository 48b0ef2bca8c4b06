/** What networks and trainings may say, the defaults of what they leave out, and how a mistake is named. */
import { describe, expect, it } from "vitest";
import { EXIT, SpecError } from "../../src/core/errors.ts";
import {
  networkToSpec,
  OPTIMIZERS,
  resolveNetwork,
  resolveTraining,
  type NetworkSpec,
} from "../../src/core/spec.ts";

/** Calls that throw give their SpecError. */
function specErrorOf(call: () => unknown): SpecError {
  try {
    call();
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("resolveNetwork", () => {
  it("fills in widths, activations and dropout", () => {
    const network = resolveNetwork({
      input: 784,
      layers: [{ units: 512, dropout: 0.25 }, { units: 64, activation: "gelu" }, { units: 10 }],
    });
    expect(network).toEqual({
      input: 784,
      classes: 10,
      layers: [
        { kind: "dense", inputs: 784, units: 512, activation: "relu", dropout: 0.25 },
        { kind: "dense", inputs: 512, units: 64, activation: "gelu", dropout: 0 },
        { kind: "dense", inputs: 64, units: 10, activation: "linear", dropout: 0 },
      ],
    });
    expect(resolveNetwork(JSON.parse(JSON.stringify(networkToSpec(network))) as NetworkSpec)).toEqual(
      network,
    );
  });

  it.each<[string, unknown, string]>([
    ["no layers", { input: 4, layers: [] }, "layers"],
    ["a width of 0", { input: 0, layers: [{ units: 2 }] }, "input"],
    ["half a unit", { input: 4, layers: [{ units: 2.5 }] }, "layers.0.units"],
    [
      "an unknown activation",
      { input: 4, layers: [{ units: 2, activation: "swish" }, { units: 2 }] },
      "layers.0.activation",
    ],
    ["a dropout of 1", { input: 4, layers: [{ units: 2, dropout: 1 }, { units: 2 }] }, "layers.0.dropout"],
    ["a misspelt option", { input: 4, layers: [{ units: 2, droput: 0.1 }, { units: 2 }] }, "layers.0.droput"],
    [
      "an activation of the output",
      { input: 4, layers: [{ units: 2, activation: "relu" }] },
      "layers.0.activation",
    ],
    ["dropout of the output", { input: 4, layers: [{ units: 2, dropout: 0.5 }] }, "layers.0.dropout"],
    ["one class", { input: 4, layers: [{ units: 1 }] }, "layers.0.units"],
    ["more classes than a byte holds", { input: 4, layers: [{ units: 257 }] }, "layers.0.units"],
    ["something else", "784-512-10", ""],
  ])("rejects %s", (_, spec, path) => {
    const error = specErrorOf(() => resolveNetwork(spec as NetworkSpec));
    expect(error.path).toBe(path);
    expect(error.exitCode).toBe(EXIT.badInput);
  });

  it("says what was given", () => {
    const error = specErrorOf(() => resolveNetwork({ input: 4, layers: [{ units: -3 }] }));
    expect(error.message).toBe("layers.0.units must be at least 1, not -3");
    expect(error.code).toBe("spec/layers.units");
  });
});

describe("resolveTraining", () => {
  it("turns off what is not asked for", () => {
    const training = resolveTraining();
    expect(training).toMatchObject({
      optimizer: "adam",
      schedule: "constant",
      warmup: 0,
      weightDecay: 0,
      labelSmoothing: 0,
      clipNorm: 0,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      seed: 1,
    });
    expect(resolveTraining(training)).toEqual(training);
  });

  it("has a learning rate for every optimizer, which a given one replaces", () => {
    const rates = OPTIMIZERS.map((optimizer) => resolveTraining({ optimizer }).learningRate);
    expect(rates).toEqual([0.1, 0.05, 0.05, 1e-3, 1e-3]);
    expect(resolveTraining({ optimizer: "sgd", learningRate: 2 }).learningRate).toBe(2);
  });

  it("has PyTorch's decay for adamw, which a given one replaces, and none for the others", () => {
    const decays = OPTIMIZERS.map((optimizer) => resolveTraining({ optimizer }).weightDecay);
    expect(decays).toEqual([0, 0, 0, 0, 0.01]);
    expect(resolveTraining({ optimizer: "adamw", weightDecay: 0 }).weightDecay).toBe(0);
  });

  it("an undefined option is one left out", () => {
    expect(resolveTraining({ epochs: undefined, optimizer: "sgd" })).toEqual(
      resolveTraining({ optimizer: "sgd" }),
    );
  });

  it.each([
    ["epochs", 0],
    ["batchSize", 1.5],
    ["learningRate", 0],
    ["learningRate", Number.NaN],
    ["learningRate", Number.POSITIVE_INFINITY],
    ["momentum", 1],
    ["beta2", -0.1],
    ["epsilon", 0],
    ["labelSmoothing", 1],
    ["clipNorm", -1],
    ["seed", 2 ** 32],
    ["seed", -1],
    ["optimizer", "adagrad"],
    ["schedule", "linear"],
    ["lr", 0.1],
  ])("rejects %s = %s by name", (name, value) => {
    const error = specErrorOf(() => resolveTraining({ [name]: value }));
    expect(error.path).toBe(name);
    expect(error.message).toContain(name);
  });
});
