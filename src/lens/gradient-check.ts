/**
 * Back-propagation against the definition of a derivative, entry by entry, in float64.
 *
 * An entry is wrong when gradient g and quotient q differ by more than `tolerance * max(|g|, |q|) + u`, where u is how far
 * rounding and the size of h may have put the quotient. It is right when they do not and u is at most
 * `tolerance * max(|g|, |q|)`. What is left is unresolved: the two differ by less than the quotient can tell, as they do
 * far below in a deep stack of sigmoids, where gradients fade away. Neither right nor wrong, it is counted apart.
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
import { backwardPass, forwardPass } from "../cpu/pass.ts";
import { targets } from "../cpu/softmax.ts";
import { checkLabels, countRows } from "../model/engine-checks.ts";
import { checkTensors, initialParameters, parameterShapes } from "../model/parameters.ts";
import { quotientsOf, type Quotient } from "./difference-quotient.ts";

export interface GradientCheckOptions {
  network: Network;
  /** Those of `randomBatch` when left out. */
  parameters?: Parameters;
  /** `[n * input]`, with `labels`; a random batch when left out. */
  inputs?: FloatArray;
  labels?: Uint8Array;
  /** Rows of a random batch. Default 8. */
  batch?: number;
  /** Of everything random. Default 1. */
  seed?: number;
  labelSmoothing?: number;
  /** Entries that are checked per tensor; larger tensors are sampled. Default 200. */
  entries?: number;
  /** What is checked: the reference's own gradients when left out. */
  gradients?: Parameters;
  /** The largest h: quotients at h, h / 2 and h / 4 are extrapolated; near a kink, h / 32 takes its place. Default 2^-8. */
  step?: number;
  /** The relative error that passes. Default 1e-6; gradients in float32 need more. */
  tolerance?: number;
}

export interface GradientEntry {
  index: number;
  gradient: number;
  quotient: number;
  /** How far from the derivative the quotient may be. */
  uncertainty: number;
  /** |g - q| / max(|g|, |q|); 0 where both are 0. What is not finite counts as the largest number there is. */
  relativeError: number;
  /** |g - q| / (tolerance * max(|g|, |q|) + uncertainty): above 1 the entry is wrong. */
  errorOverBound: number;
}

export interface TensorGradientCheck {
  name: string;
  shape: number[];
  /** Entries of the tensor. */
  size: number;
  /** Entries that are right or wrong; only they count for the errors below. */
  compared: number;
  /** Of those, entries that cannot change the loss, and whose gradient is exactly 0, as behind a unit that is off. */
  zero: number;
  /** Entries left out because of a kink. */
  skipped: number;
  /** Entries too small to tell: the quotient is less certain than the tolerance demands. */
  unresolved: number;
  /** Entries that are wrong. */
  failures: number;
  /** Relative errors; 0 where nothing was compared. */
  largest: number;
  median: number;
  /** The largest there is. */
  errorOverBound: number;
  /** The entries with the largest relative errors, wrong ones first. */
  worst: GradientEntry[];
}

export interface GradientCheck {
  tensors: TensorGradientCheck[];
  compared: number;
  zero: number;
  skipped: number;
  unresolved: number;
  failures: number;
  /** Nothing is wrong, and something of every tensor could be compared. */
  passed: boolean;
  step: number;
  tolerance: number;
  rows: number;
  loss: number;
}

/** How many of a tensor's worst entries are kept. */
const WORST = 5;
const STEP = 2 ** -8;
/** With four, some ReLU of a small network is often off in all of them, and all there is behind it is 0 = 0. */
export const GRADIENT_CHECK_ROWS = 8;

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
  const { network, seed = 1, labelSmoothing = 0, step = STEP, tolerance = 1e-6, entries = 200 } = options;
  if ((options.inputs === undefined) !== (options.labels === undefined)) {
    throw new SpecError(
      "inputs",
      "checkGradients: inputs and labels belong together; one of them is missing",
    );
  }
  for (const [name, value] of Object.entries({ step, tolerance, entries })) {
    if (!(value > 0)) throw new SpecError(name, `checkGradients: ${name} must be above 0, but is ${value}`);
  }
  const random = randomBatch(network, options.batch ?? GRADIENT_CHECK_ROWS, seed);
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
  const target = targets("float64", labels, network.classes, labelSmoothing);

  const tensors: TensorGradientCheck[] = [];
  for (const [index, { name, layer, shape, size }] of shapes.entries()) {
    const chosen = chooseEntries(size, entries, seed, index);
    const quotient = quotientsOf(network, parameters, forward, layer, target);
    const found: GradientEntry[] = [];
    let [zero, skipped, unresolved] = [0, 0, 0];
    for (const entry of chosen) {
      yield;
      const compared = compare(entry, gradients[name][entry], quotient(name, entry, step), tolerance);
      if (compared === "kink") skipped++;
      else if (compared === "unresolved") unresolved++;
      else found.push(compared);
      if (typeof compared === "object" && compared.gradient === 0 && compared.quotient === 0) zero++;
    }
    const sorted = found.map(({ relativeError }) => relativeError).sort((x, y) => y - x);
    const isWrong = ({ errorOverBound }: GradientEntry): number => Number(errorOverBound > 1);
    found.sort((x, y) => isWrong(y) - isWrong(x) || y.relativeError - x.relativeError || x.index - y.index);
    tensors.push({
      name,
      shape,
      size,
      compared: found.length,
      zero,
      skipped,
      unresolved,
      failures: found.filter(isWrong).length,
      largest: sorted[0] ?? 0,
      median: sorted[sorted.length >> 1] ?? 0,
      errorOverBound: found.reduce((most, each) => Math.max(most, each.errorOverBound), 0),
      worst: found.slice(0, WORST),
    });
  }
  const total = (of: (tensor: TensorGradientCheck) => number): number =>
    tensors.reduce((sum, tensor) => sum + of(tensor), 0);
  const failures = total((tensor) => tensor.failures);
  const compared = total((tensor) => tensor.compared);
  const zero = total((tensor) => tensor.zero);
  const skipped = total((tensor) => tensor.skipped);
  const unresolved = total((tensor) => tensor.unresolved);
  // A tensor of which nothing could be compared has not passed.
  const passed = failures === 0 && tensors.every((tensor) => tensor.compared > 0);
  return { tensors, compared, zero, skipped, unresolved, failures, passed, step, tolerance, rows, loss };
}

/** What can be said of one entry: what it is off by, or why nothing. */
function compare(
  index: number,
  gradient: number,
  found: Quotient | undefined,
  tolerance: number,
): GradientEntry | "kink" | "unresolved" {
  if (found === undefined) return "kink";
  const { value: quotient, uncertainty } = found;
  const size = Math.max(Math.abs(gradient), Math.abs(quotient));
  const error = Math.abs(gradient - quotient);
  const over = (bound: number): number => {
    if (error === 0) return 0;
    return Number.isFinite(error / bound) ? error / bound : Number.MAX_VALUE;
  };
  const errorOverBound = over(tolerance * size + uncertainty);
  if (errorOverBound <= 1 && uncertainty > tolerance * size) return "unresolved";
  return { index, gradient, quotient, uncertainty, relativeError: over(size), errorOverBound };
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
