import { describe, expect, it } from "vitest";
import { BacklitError, FileFormatError, ShapeError, SpecError } from "../../src/core/errors.ts";
import { resolveNetwork, resolveTraining, type NetworkSpec } from "../../src/core/spec.ts";
import { readInitialParameters, readModel, writeModel } from "../../src/model/model-file.ts";
import { initialParameters } from "../../src/model/parameters.ts";
import { readSafetensors, writeSafetensors, type SafeTensor } from "../../src/model/safetensors.ts";
import { thrownBy } from "../support/errors.ts";

const network: NetworkSpec = {
  input: 6,
  layers: [{ units: 4, activation: "tanh", dropout: 0.5 }, { units: 3 }],
};
const dataset = { name: "tiny", classes: ["a", "b", "c"], height: 2, width: 3, sha256: "0f".repeat(32) };
const parameters = initialParameters(resolveNetwork(network), 7);
const training = resolveTraining({ optimizer: "momentum", epochs: 3 });
const validation = { rows: 50, seed: 9 };
const model = { network, parameters, dataset, training, validation, metrics: { test: { accuracy: 0.5 } } };

/** The model's file with some tensors or metadata replaced (or, where undefined, left out). */
function altered(
  tensors: Record<string, SafeTensor | undefined>,
  metadata: Record<string, string | undefined> = {},
): Uint8Array {
  const file = readSafetensors(writeModel(model));
  const merge = <T>(a: Record<string, T>, b: Record<string, T | undefined>): Record<string, T> =>
    Object.fromEntries(Object.entries({ ...a, ...b }).filter((entry): entry is [string, T] => !!entry[1]));
  return writeSafetensors(merge(file.tensors, tensors), merge(file.metadata, metadata));
}

describe("model files", () => {
  it("come back as they were written", () => {
    expect(readModel(writeModel(model))).toEqual({
      network,
      parameters,
      dataset,
      training,
      validation,
      metrics: model.metrics,
      preprocessing: "u8/255",
    });
  });

  it("hold float32 tensors under the engines' names, [inputs, units]", () => {
    const { tensors, metadata } = readSafetensors(writeModel(model));
    const shapes = Object.entries(tensors).map(([name, { dtype, shape }]) => [name, dtype, shape]);
    expect(shapes).toEqual([
      ["layers.0.weight", "F32", [6, 4]],
      ["layers.0.bias", "F32", [4]],
      ["layers.1.weight", "F32", [4, 3]],
      ["layers.1.bias", "F32", [3]],
    ]);
    expect(metadata).toMatchObject({ format: "backlit", kind: "model", preprocessing: "u8/255" });
    expect(JSON.parse(metadata["network"])).toEqual(network);
  });

  it("round float64 parameters, and need neither training, metrics nor a hash", () => {
    const precise = Object.fromEntries(
      Object.entries(parameters).map(([name, values]) => [name, Float64Array.from(values, (x) => x + 1e-12)]),
    );
    const { sha256: _unknown, ...unhashed } = dataset;
    const file = writeModel({ network: resolveNetwork(network), parameters: precise, dataset: unhashed });
    const read = readModel(file);
    expect(read).toMatchObject({ training: null, metrics: null, dataset: { sha256: null } });
    expect(read.parameters["layers.0.weight"][0]).toBe(Math.fround(precise["layers.0.weight"][0]));
  });

  const f32 = (shape: number[], fill = 0): SafeTensor => {
    const size = shape.reduce((a, b) => a * b, 1);
    return { dtype: "F32", shape, data: new Float32Array(size).fill(fill) };
  };
  const defects: [code: string, what: string, file: () => Uint8Array, message: RegExp][] = [
    ["model/format", "of another program", () => altered({}, { format: "pt" }), /"pt"/],
    ["model/kind", "a checkpoint", () => altered({}, { kind: "checkpoint" }), /is a checkpoint/],
    ["model/version", "from the future", () => altered({}, { version: "9" }), /version 9/],
    ["model/preprocessing", "other pixels", () => altered({}, { preprocessing: "mean-std" }), /mean-std/],
    ["model/metadata", "no network", () => altered({}, { network: undefined }), /no "network"/],
    ["model/metadata", "broken JSON", () => altered({}, { network: "{" }), /not JSON/],
    ["model/metadata", "a bad network", () => altered({}, { network: '{"input":6,"layers":[]}' }), /layers/],
    ["model/metadata", "a bad training", () => altered({}, { training: '{"epochs":-1}' }), /epochs/],
    ["model/metadata", "a bad dataset", () => altered({}, { dataset: '{"name":"x"}' }), /dataset/],
    [
      "model/dataset",
      "images of another size",
      () => altered({}, { dataset: JSON.stringify({ ...dataset, width: 4 }) }),
      /8 pixels, but the network takes 6/,
    ],
    [
      "model/dataset",
      "another number of classes",
      () => altered({}, { dataset: JSON.stringify({ ...dataset, classes: ["a", "b"] }) }),
      /2 class names.*3 outputs/,
    ],
    [
      "model/missing-tensor",
      "no bias",
      () => altered({ "layers.1.bias": undefined }),
      /layers\.1\.bias \[3\]/,
    ],
    [
      "model/unknown-tensor",
      "another layer",
      () => altered({ "layers.2.bias": f32([3]) }),
      /layers\.2\.bias/,
    ],
    [
      "model/shape",
      "a transposed weight",
      () => altered({ "layers.0.weight": f32([4, 6]) }),
      /\[4, 6\].*\[6, 4\]/,
    ],
    [
      "model/not-finite",
      "a NaN",
      () => altered({ "layers.1.bias": f32([3], Number.NaN) }),
      /bias\[0\] is NaN/,
    ],
    [
      "model/dtype",
      "half precision",
      () => altered({ "layers.1.bias": { dtype: "F16", shape: [3], data: new Uint16Array(3) } }),
      /F16, but must be F32/,
    ],
  ];
  it.each(defects)("are refused with %s: %s", (code, _what, file, message) => {
    const error = thrownBy(FileFormatError, () => readModel(file()));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it("are not written from what could not be read back", () => {
    const write = (change: object) => () => writeModel({ ...model, ...change });
    thrownBy(ShapeError, write({ parameters: { ...parameters, "layers.1.bias": new Float32Array(2) } }));
    const tooLarge = { ...parameters, "layers.1.bias": Float64Array.of(0, 1e39, 0) };
    expect(thrownBy(ShapeError, write({ parameters: tooLarge })).message).toMatch(/Infinity/);
    thrownBy(SpecError, write({ dataset: { ...dataset, sha256: "short" } }));
    thrownBy(SpecError, write({ network: { input: 6, layers: [] } }));
    expect(thrownBy(BacklitError, write({ dataset: { ...dataset, height: 9 } })).code).toBe("model/dataset");
  });

  it("give initial parameters, as does a foreign file with the right tensors", () => {
    expect(readInitialParameters(writeModel(model), network)).toEqual(parameters);
    const { tensors } = readSafetensors(writeModel(model));
    const foreign = writeSafetensors(tensors, { format: "pt" });
    expect(readInitialParameters(foreign, resolveNetwork(network))).toEqual(parameters);
    const wider = { ...network, layers: [{ units: 5 }, { units: 3 }] };
    const error = thrownBy(FileFormatError, () => readInitialParameters(foreign, wider));
    expect(error.message).toMatch(/layers\.0\.weight is \[6, 4\], but the network needs \[6, 5\]/);
    const checkpoint = altered({}, { kind: "checkpoint" });
    expect(thrownBy(FileFormatError, () => readInitialParameters(checkpoint, network)).code).toBe(
      "model/kind",
    );
  });
});
