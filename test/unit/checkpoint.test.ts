import { describe, expect, it } from "vitest";
import type { Parameters } from "../../src/core/engine.ts";
import { FileFormatError, ShapeError } from "../../src/core/errors.ts";
import { Random } from "../../src/core/rng.ts";
import { resolveRunOptions } from "../../src/core/run-options.ts";
import { resolveNetwork, resolveTraining, type NetworkSpec, type Optimizer } from "../../src/core/spec.ts";
import { readCheckpoint, writeCheckpoint, type Checkpoint } from "../../src/model/checkpoint.ts";
import { momentShapes, parameterShapes, type TensorShape } from "../../src/model/parameters.ts";
import { readSafetensors, writeSafetensors, type SafeTensor } from "../../src/model/safetensors.ts";
import { thrownBy } from "../support/errors.ts";

const network: NetworkSpec = {
  input: 6,
  layers: [{ units: 4, activation: "gelu", dropout: 0.1 }, { units: 3 }],
};
const resolved = resolveNetwork(network);

type FloatClass = typeof Float32Array | typeof Float64Array;

/** Awkward values: subnormal, negative zero, the largest, and random ones. */
function values(shapes: TensorShape[], kind: FloatClass, seed: number): Parameters {
  const random = Random.fromSeed(seed, "cases");
  const special = kind === Float64Array ? [5e-324, -0, Number.MAX_VALUE, 0.1] : [1e-45, -0, 3.4e38, 0.1];
  return Object.fromEntries(
    shapes.map(({ name, size }) => {
      const drawn = Array.from({ length: size }, (_, i) => special[i] ?? random.uniform() - 0.5);
      return [name, new kind(drawn)];
    }),
  );
}

function checkpoint(
  optimizer: Optimizer = "adamw",
  precision: "float32" | "float64" = "float32",
  keep = true,
): Checkpoint {
  const kind = precision === "float64" ? Float64Array : Float32Array;
  const shapes = parameterShapes(resolved);
  return {
    state: {
      parameters: values(shapes, kind, 1),
      moments: values(momentShapes(resolved, optimizer), kind, 2),
      step: 12_345_678_901,
      epoch: 3,
      position: 17,
      generator: Random.fromSeed(5, "shuffle").state(),
      sums: { loss: 0.1 + 0.2, correct: 1_000, rows: 2_176 },
    },
    trainer: {
      seconds: 1 / 3,
      history: [
        {
          epoch: 1,
          step: 4,
          learningRate: 1e-3 / 7,
          seconds: 0.1,
          train: { loss: Number.NaN, accuracy: 1 / 3 },
          validation: { loss: Infinity, accuracy: 0 },
        },
        {
          epoch: 2,
          step: 8,
          learningRate: 0,
          seconds: 2,
          train: { loss: 2, accuracy: 0.5 },
          validation: null,
        },
      ],
      best: {
        criterion: "loss",
        epoch: 2,
        value: -Infinity,
        parameters: keep ? values(shapes, kind, 3) : null,
      },
    },
    config: {
      network,
      training: resolveTraining({ optimizer, seed: 9, learningRate: 0.1 + 0.2 }),
      options: resolveRunOptions({ hidden: [4], optimizer, maxSteps: 12, data: "some/folder" }),
      dataset: { name: "tiny", classes: ["a", "b", "c"], height: 2, width: 3, sha256: null },
      engine: "gpu",
      precision,
      adapter: { vendor: "v", architecture: "a", device: "d", description: "ü", software: true },
      runtime: "node",
      tuning: { forward: { tile: [8, 8], unroll: true } },
    },
  };
}

describe("checkpoints", () => {
  it.each([
    ["adamw", "float32"],
    ["nesterov", "float64"],
    ["sgd", "float32"],
  ] as const)("with %s in %s come back bit for bit", (optimizer, precision) => {
    const written = checkpoint(optimizer, precision);
    const read = readCheckpoint(writeCheckpoint(written));
    // Object.is semantics throughout: -0, NaN and the arrays' classes count.
    expect(read).toStrictEqual(written);
    const bits = (data: ArrayBufferView) =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
    const name = "layers.0.weight";
    expect(bits(read.state.parameters[name])).toBe(bits(written.state.parameters[name]));
  });

  it("need no best parameters, no options, no best epoch", () => {
    const unkept = checkpoint("adam", "float32", false);
    expect(readCheckpoint(writeCheckpoint(unkept))).toStrictEqual(unkept);
    const plain = checkpoint();
    plain.trainer.best = null;
    plain.config.options = {};
    expect(readCheckpoint(writeCheckpoint(plain))).toStrictEqual(plain);
  });

  it("take a resolved network and a whole dataset", () => {
    const { state, trainer, config } = checkpoint();
    const split = { images: new Uint8Array(6), labels: new Uint8Array(1) };
    const whole = { ...config, network: resolved, dataset: { ...config.dataset, train: split, test: split } };
    expect(readCheckpoint(writeCheckpoint({ state, trainer, config: whole })).config).toStrictEqual(config);
  });

  it("are not written from a state of another network or optimizer", () => {
    const wrong = checkpoint("adamw");
    wrong.config.training = resolveTraining({ optimizer: "sgd" });
    expect(thrownBy(ShapeError, () => writeCheckpoint(wrong)).message).toMatch(/moments.*weight\.m/);
    const infinite = checkpoint();
    infinite.state.parameters["layers.1.bias"][1] = Infinity;
    expect(thrownBy(ShapeError, () => writeCheckpoint(infinite)).message).toMatch(/layers\.1\.bias\[1\]/);
  });

  /** The file with some tensors or metadata replaced (or, where undefined, left out). */
  function altered(
    tensors: Record<string, SafeTensor | undefined>,
    metadata: Record<string, string | undefined> = {},
  ): Uint8Array {
    const file = readSafetensors(writeCheckpoint(checkpoint()));
    const merge = <T>(a: Record<string, T>, b: Record<string, T | undefined>): Record<string, T> =>
      Object.fromEntries(Object.entries({ ...a, ...b }).filter((entry): entry is [string, T] => !!entry[1]));
    return writeSafetensors(merge(file.tensors, tensors), merge(file.metadata, metadata));
  }
  const f64 = (...data: number[]): SafeTensor => ({
    dtype: "F64",
    shape: [data.length],
    data: Float64Array.from(data),
  });
  const defects: [code: string, what: string, file: () => Uint8Array][] = [
    ["kind", "a model", () => altered({}, { kind: "model" })],
    ["version", "none", () => altered({}, { version: undefined })],
    ["metadata", "no progress", () => altered({}, { progress: undefined })],
    [
      "metadata",
      "a fraction of a step",
      () => altered({}, { progress: '{"step":1.5,"epoch":0,"position":0}' }),
    ],
    [
      "metadata",
      "a broken history",
      () => altered({}, { trainer: '{"seconds":0,"history":[1],"best":null}' }),
    ],
    ["metadata", "an unknown optimizer", () => altered({}, { training: '{"optimizer":"lion"}' })],
    [
      "metadata",
      "an unknown run option",
      () => {
        const { config } = readSafetensors(writeCheckpoint(checkpoint())).metadata;
        return altered({}, { config: config.replace('"hidden"', '"hiden"') });
      },
    ],
    ["missing-tensor", "no moments", () => altered({ "moments.layers.0.bias.v": undefined })],
    ["missing-tensor", "half of the best", () => altered({ "best.layers.1.bias": undefined })],
    ["unknown-tensor", "too many", () => altered({ extra: f64(1) })],
    ["dtype", "parameters in float64", () => altered({ "parameters.layers.1.bias": f64(1, 2, 3) })],
    ["sums", "missing", () => altered({ sums: undefined })],
    ["sums", "more right than rows", () => altered({ sums: f64(1, 3, 2) })],
    ["sums", "not finite", () => altered({ sums: f64(Number.NaN, 1, 2) })],
    ["sums", "float32", () => altered({ sums: { dtype: "F32", shape: [3], data: new Float32Array(3) } })],
    ["generator", "missing", () => altered({ generator: undefined })],
  ];
  it.each(defects)("are refused with checkpoint/%s: %s", (code, _what, file) => {
    expect(thrownBy(FileFormatError, () => readCheckpoint(file())).code).toBe(`checkpoint/${code}`);
  });
});
