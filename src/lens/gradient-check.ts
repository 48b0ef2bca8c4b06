/**
 * Back-propagation against the definition of a derivative: (L(w + h) - L(w - h)) / 2h in float64, entry by entry.
 *
 * The error of such a quotient is h^2 / 6 times the third derivative, and rounding of the order 2^-52 L / h; with
 * h = 1e-5 both lie near 1e-10, far below what a wrong factor or a missing term does.
 *
 * Kinks: a (leaky) ReLU has no derivative at 0. An entry is left out when, between its two evaluations, a z that feeds one
 * changes its sign or comes to 0 as close as it has moved. How many entries were left out is part of the result.
 */
import type { FloatArray, Parameters } from "../core/engine.ts";
import { toEnd } from "../core/generators.ts";
import { SpecError } from "../core/errors.ts";
import { pcg4d, Random } from "../core/rng.ts";
import type { Network } from "../core/spec.ts";
import { tensorsToPrecision } from "../cpu/floats.ts";
import { backwardPass, forwardPass, type ForwardPass } from "../cpu/pass.ts";
import { checkLabels, countRows } from "../model/engine-checks.ts";
import { checkTensors, initialParameters, parameterShapes } from "../model/parameters.ts";

export interface GradientCheckOptions {
  network: Network;
  /** Those of `randomBatch` when left out. */
  parameters?: Parameters;
  /** `[n * input]`, with `labels`; a random batch when left out. */
  inputs?: FloatArray;
  labels?: Uint8Array;
  /** Rows of a random batch. Default 4. */
  batch?: number;
  /** Of everything random. Default 1. */
  seed?: number;
  labelSmoothing?: number;
  /** Entries that are checked per tensor; larger tensors are sampled. Default 200. */
  entries?: number;
  /** What is checked: the reference's own gradients when left out. */
  gradients?: Parameters;
  /** h. Default 1e-5. */
  step?: number;
  /** The largest relative error that passes. Default 1e-6; gradients in float32 need more. */
  tolerance?: number;
}

export interface GradientEntry {
  index: number;
  gradient: number;
  quotient: number;
  relativeError: number;
}

export interface TensorGradientCheck {
  name: string;
  shape: number[];
  /** Entries of the tensor. */
  size: number;
  compared: number;
  /** Of those, entries where gradient and quotient are both exactly 0, as behind a unit that is off. */
  zero: number;
  /** Entries left out because of a kink. */
  skipped: number;
  /** Entries beyond the tolerance. */
  failures: number;
  /** Relative errors; 0 where nothing was compared. */
  largest: number;
  median: number;
  /** The entries with the largest relative errors, the worst first. */
  worst: GradientEntry[];
}

export interface GradientCheck {
  tensors: TensorGradientCheck[];
  compared: number;
  zero: number;
  skipped: number;
  failures: number;
  passed: boolean;
  step: number;
  tolerance: number;
  rows: number;
  loss: number;
}

/** How many of a tensor's worst entries are kept. */
const WORST = 5;
/** Below this share of a tensor's root mean square an entry's error is seen relative to that share. */
const SMALL_SHARE = 1e-3;

/** Parameters with biases that are not 0, and a batch to go with them, all of them functions of the seed. */
export function randomBatch(
  network: Network,
  rows: number,
  seed: number,
): { parameters: Parameters; inputs: Float64Array; labels: Uint8Array } {
  const random = Random.fromSeed(seed, "data");
  const parameters = tensorsToPrecision("float64", initialParameters(network, seed));
  for (const { name, kind } of parameterShapes(network)) {
    if (kind === "bias") parameters[name] = parameters[name].map(() => random.uniform() - 0.5);
  }
  const inputs = Float64Array.from({ length: rows * network.input }, () => 2 * random.uniform() - 1);
  const labels = Uint8Array.from({ length: rows }, () => random.below(network.classes));
  return { parameters, inputs, labels };
}

/** @throws ShapeError, SpecError for arguments that do not fit the network */
export function checkGradients(options: GradientCheckOptions): GradientCheck {
  return toEnd(gradientCheckByEntries(options));
}

/** The same, with a pause before each entry: a large network's takes a while. @throws as `checkGradients` does */
export function* gradientCheckByEntries(options: GradientCheckOptions): Generator<void, GradientCheck> {
  const { network, seed = 1, labelSmoothing = 0, step = 1e-5, tolerance = 1e-6, entries = 200 } = options;
  if ((options.inputs === undefined) !== (options.labels === undefined)) {
    throw new SpecError(
      "inputs",
      "checkGradients: inputs and labels belong together; one of them is missing",
    );
  }
  for (const [name, value] of Object.entries({ step, tolerance, entries })) {
    if (!(value > 0)) throw new SpecError(name, `checkGradients: ${name} must be above 0, but is ${value}`);
  }
  const random = randomBatch(network, options.batch ?? 4, seed);
  const inputs = options.inputs ?? random.inputs;
  const labels = options.labels ?? random.labels;
  const rows = countRows("checkGradients", inputs, network.input);
  checkLabels("checkGradients", labels, rows, network.classes);
  const shapes = parameterShapes(network);
  const parameters = tensorsToPrecision("float64", options.parameters ?? random.parameters);
  checkTensors("checkGradients", parameters, shapes);

  const forward = forwardPass(network, parameters, inputs);
  const { gradients: own, loss } = backwardPass(network, parameters, forward, labels, labelSmoothing);
  const gradients = options.gradients ?? own;
  checkTensors("checkGradients: gradients", gradients, shapes);
  // A quotient's own noise must not count as a relative error: losses and logits are rounded to 2^-52 of their size.
  const size = Math.max(1, ...forward.logits.map(Math.abs));
  const noise = (4 * 2 ** -52 * size) / step;

  const tensors: TensorGradientCheck[] = [];
  for (const [index, { name, layer, shape, size: length }] of shapes.entries()) {
    const chosen = chooseEntries(length, entries, seed, index);
    const differ = differences(network, parameters, forward, layer, labels, labelSmoothing);
    const found: GradientEntry[] = [];
    for (const entry of chosen) {
      yield;
      const quotient = differ(name, entry, step);
      if (quotient !== undefined) {
        found.push({ index: entry, gradient: gradients[name][entry], quotient, relativeError: 0 });
      }
    }
    const squares = found.reduce((sum, { quotient }) => sum + quotient ** 2, 0);
    const rms = Math.sqrt(squares / Math.max(1, found.length));
    const floor = Math.max(SMALL_SHARE * rms, noise / tolerance);
    for (const entry of found) {
      const { gradient, quotient } = entry;
      const scale = Math.max(Math.abs(gradient), Math.abs(quotient), floor);
      entry.relativeError = Math.abs(gradient - quotient) / scale;
    }
    found.sort((a, b) => b.relativeError - a.relativeError || a.index - b.index);
    tensors.push({
      name,
      shape,
      size: length,
      compared: found.length,
      zero: found.filter(({ gradient, quotient }) => gradient === 0 && quotient === 0).length,
      skipped: chosen.length - found.length,
      failures: found.filter(({ relativeError }) => !(relativeError <= tolerance)).length,
      largest: found[0]?.relativeError ?? 0,
      median: found[found.length >> 1]?.relativeError ?? 0,
      worst: found.slice(0, WORST),
    });
  }
  const total = (of: (tensor: TensorGradientCheck) => number): number =>
    tensors.reduce((sum, tensor) => sum + of(tensor), 0);
  const failures = total((tensor) => tensor.failures);
  const compared = total((tensor) => tensor.compared);
  const zero = total((tensor) => tensor.zero);
  const skipped = total((tensor) => tensor.skipped);
  // A tensor of which nothing could be compared has not passed.
  const passed = failures === 0 && tensors.every((tensor) => tensor.compared > 0);
  return { tensors, compared, zero, skipped, failures, passed, step, tolerance, rows, loss };
}

/** All entries of a small tensor, a sample of a large one; in order. */
function chooseEntries(size: number, wanted: number, seed: number, tensor: number): number[] {
  const all = Array.from({ length: size }, (_, i) => i);
  if (size <= wanted) return all;
  const random = Random.fromSeed(pcg4d(seed, tensor, size, 0)[0], "cases");
  const chosen = new Set<number>();
  while (chosen.size < wanted) chosen.add(random.below(size));
  return [...chosen].sort((a, b) => a - b);
}

/**
 * The quotient of one entry of a layer's tensors, or undefined at a kink. Layers below are not affected by the entry, so
 * the passes begin at the layer itself.
 */
function differences(
  network: Network,
  parameters: Parameters,
  forward: ForwardPass,
  first: number,
  labels: Uint8Array,
  smoothing: number,
): (name: string, entry: number, step: number) => number | undefined {
  const layers = network.layers.slice(first);
  const above: Network = { input: layers[0].inputs, layers, classes: network.classes };
  const own: Parameters = {};
  layers.forEach((_, index) => {
    for (const kind of ["weight", "bias"]) {
      own[`layers.${index}.${kind}`] = parameters[`layers.${first + index}.${kind}`];
    }
  });
  const { input } = forward.layers[first];
  return (name, entry, step) => {
    const values = parameters[name];
    const before = values[entry];
    const at = (w: number): { loss: number; forward: ForwardPass } => {
      values[entry] = w;
      const moved = forwardPass(above, own, input);
      return { loss: backwardPass(above, own, moved, labels, smoothing).loss, forward: moved };
    };
    const [high, low] = [before + step, before - step];
    const [up, down] = [at(high), at(low)];
    values[entry] = before;
    if (crossesKink(above, up.forward, down.forward)) return undefined;
    return (up.loss - down.loss) / (high - low);
  };
}

function crossesKink(network: Network, up: ForwardPass, down: ForwardPass): boolean {
  return network.layers.some(({ activation }, index) => {
    if (activation !== "relu" && activation !== "leaky-relu") return false;
    const [a, b] = [up.layers[index].z, down.layers[index].z];
    return a.some((z: number, i: number) => {
      const moved = Math.abs(z - b[i]);
      if (moved === 0) return false;
      return z > 0 !== b[i] > 0 || Math.min(Math.abs(z), Math.abs(b[i])) <= moved;
    });
  });
}
