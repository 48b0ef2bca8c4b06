/** Names, shapes and initial values of a network's parameters: the same on every engine. */
import { ShapeError } from "../core/errors.ts";
import type { FloatArray, Parameters } from "../core/engine.ts";
import { Random } from "../core/rng.ts";
import type { Network, Optimizer } from "../core/spec.ts";
import { counted } from "../core/words.ts";

export interface TensorShape {
  name: string;
  layer: number;
  kind: "weight" | "bias";
  /** `[inputs, units]` or `[units]` */
  shape: number[];
  size: number;
}

/** Every parameter tensor, in the order of the layers, weight before bias. */
export function parameterShapes(network: Network): TensorShape[] {
  return network.layers.flatMap((layer, index): TensorShape[] => [
    {
      name: `layers.${index}.weight`,
      layer: index,
      kind: "weight",
      shape: [layer.inputs, layer.units],
      size: layer.inputs * layer.units,
    },
    { name: `layers.${index}.bias`, layer: index, kind: "bias", shape: [layer.units], size: layer.units },
  ]);
}

/** Suffixes of the moment tensors that an optimizer keeps for every parameter. */
export function momentNames(optimizer: Optimizer): string[] {
  if (optimizer === "adam" || optimizer === "adamw") return ["m", "v"];
  return optimizer === "sgd" ? [] : ["velocity"];
}

/** Every moment tensor of an optimizer, first moments of all parameters before second ones. */
export function momentShapes(network: Network, optimizer: Optimizer): TensorShape[] {
  return momentNames(optimizer).flatMap((moment) =>
    parameterShapes(network).map((tensor) => ({ ...tensor, name: `${tensor.name}.${moment}` })),
  );
}

/**
 * Seeded initial parameters. Uniform, because then nothing but exact operations and a square root is involved and every
 * JavaScript engine draws the same bits: He's bound sqrt(6 / inputs) before ReLU, leaky ReLU and GELU, Glorot's
 * sqrt(6 / (inputs + units)) elsewhere. Biases start at 0.
 */
export function initialParameters(network: Network, seed: number): Record<string, Float32Array> {
  const random = Random.fromSeed(seed, "initialisation");
  const parameters: Record<string, Float32Array> = {};
  network.layers.forEach((layer, index) => {
    const rectified = ["relu", "leaky-relu", "gelu"].includes(layer.activation);
    const bound = Math.sqrt(6 / (rectified ? layer.inputs : layer.inputs + layer.units));
    const weight = new Float32Array(layer.inputs * layer.units);
    for (let i = 0; i < weight.length; i++) weight[i] = bound * (2 * random.uniform() - 1);
    parameters[`layers.${index}.weight`] = weight;
    parameters[`layers.${index}.bias`] = new Float32Array(layer.units);
  });
  return parameters;
}

/** All zeros, under the names of an optimizer's moments. */
export function zeroMoments(network: Network, optimizer: Optimizer): Record<string, Float32Array> {
  return Object.fromEntries(
    momentShapes(network, optimizer).map((tensor) => [tensor.name, new Float32Array(tensor.size)]),
  );
}

/**
 * @param what named in the message, for example `"setParameters"`
 * @throws ShapeError when a tensor is missing, unknown, of the wrong length or not finite.
 */
export function checkTensors(what: string, tensors: Parameters, expected: TensorShape[]): void {
  const names = new Set(expected.map((tensor) => tensor.name));
  const unknown = Object.keys(tensors).find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new ShapeError(`${what}: there is no tensor ${unknown}; expected ${[...names].join(", ")}`);
  }
  for (const { name, shape, size } of expected) {
    const values: FloatArray | undefined = tensors[name];
    if (values === undefined) throw new ShapeError(`${what}: ${name} [${shape.join(", ")}] is missing`);
    if (values.length !== size) {
      throw new ShapeError(
        `${what}: ${name} is [${shape.join(", ")}] and needs ${counted(size, "value")}, but ${values.length} were given`,
      );
    }
    const bad = values.findIndex((value: number) => !Number.isFinite(value));
    if (bad >= 0) throw new ShapeError(`${what}: ${name}[${bad}] is ${values[bad]}; values must be finite`);
  }
}
