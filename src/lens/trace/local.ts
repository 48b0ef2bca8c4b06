/**
 * What each kernel of a traced step should have made of its own inputs: for every tensor the float64 result of the one
 * operation behind it, from the numbers that the device has stored, and how far that operation's own roundings may take
 * it. The bounds of the whole pass carry the errors of everything before; these carry none, and are far narrower.
 */
import type { FloatArray } from "../../core/engine.ts";
import type { Activation } from "../../core/spec.ts";
import { activate, activationSlope } from "../../cpu/activations.ts";
import { columnSums, dense, matmulTransposedA, matmulTransposedB } from "../../cpu/dense.ts";
import { dropoutFactors } from "../../cpu/dropout.ts";
import {
  crossEntropy,
  logSoftmax,
  mean,
  softmax,
  softmaxCrossEntropyGradient,
  targets,
} from "../../cpu/softmax.ts";
import { parameterShapes } from "../../model/parameters.ts";
import { activationErrors } from "../activation-bounds.ts";
import { headErrors } from "../head-bounds.ts";
import {
  columnSumErrors,
  depthsOf,
  gamma,
  productErrors,
  SMALLEST,
  stored,
  timesError,
  UNIT,
  type Bounded,
} from "../rounding.ts";
import { boundedUpdate } from "../update-bounds.ts";
import type { TracedStepInputs, TracedTensor, TraceSetting } from "./tracer.ts";

/** A tensor as its kernel should have made it, and how far the kernel may be off. */
export interface KernelReference {
  reference: FloatArray;
  bounds: FloatArray;
}

/**
 * @param tensors of the step, as the device has them @param normDepth of its sum of squares, where it clips
 * @returns by the tensor's name; the inputs are not there, as they are made of nothing that was computed
 */
export function kernelReferences(
  { network, training, tuning }: TraceSetting,
  { state, numbers, labels }: Pick<TracedStepInputs, "state" | "numbers" | "labels">,
  normDepth: number,
  tensors: readonly Pick<TracedTensor, "name" | "gpu">[],
): Map<string, KernelReference> {
  const rows = labels.length;
  const { classes, layers } = network;
  const last = layers.length - 1;
  const depths = depthsOf(tuning);
  const results = new Map<string, KernelReference>();
  const add = (name: string, { values, errors }: Bounded): unknown =>
    results.set(name, { reference: values, bounds: errors });
  const found = new Map(tensors.map(({ name, gpu }) => [name, stored(gpu)]));
  const of = (name: string): Bounded => found.get(name)!;
  const inputOf = (layer: number): Bounded => of(layer === 0 ? "inputs" : `layers.${layer - 1}.a`);
  /** Products of the first layer turn bytes into inputs themselves, which rounds every term once more. */
  const conversion = (layer: number): number => (layer === 0 ? 1 : 0);
  const weights = layers.map((_, layer) => stored(state.parameters[`layers.${layer}.weight`]));

  const slopes: Bounded[] = [];
  layers.forEach(({ inputs, units, activation, dropout }, layer) => {
    const [x, weight] = [inputOf(layer), weights[layer]];
    const bias = Float64Array.from(state.parameters[`layers.${layer}.bias`]);
    const depth = depths.forward(inputs) + conversion(layer);
    add(layer === last ? "logits" : `layers.${layer}.z`, {
      values: dense(x.values, [rows, inputs], weight.values, [inputs, units], bias),
      errors: productErrors("A.B", x, [rows, inputs], weight, [inputs, units], depth, bias),
    });
    if (layer === last) return;
    const key = { seed: training.seed, step: state.step };
    const factors = dropout > 0 ? dropoutFactors("float64", key, layer, dropout, [rows, units]) : undefined;
    const { value, slope } = activated(activation, of(`layers.${layer}.z`), factors);
    add(`layers.${layer}.a`, value);
    slopes.push(slope);
  });

  const logits = of("logits");
  const shape = [rows, classes] as const;
  const smoothing = training.labelSmoothing;
  const target = targets("float64", labels, classes, smoothing);
  const probabilities = softmax(logits.values, shape);
  const losses = crossEntropy(logSoftmax(logits.values, shape), target, shape);
  const head = headErrors({ logits, probabilities, losses, labels, classes, smoothing });
  add("probabilities", { values: probabilities, errors: head.probabilities });
  add("losses", { values: losses, errors: head.losses });
  const deltas = softmaxCrossEntropyGradient(probabilities, target, shape);
  add(`layers.${last}.delta`, { values: deltas, errors: head.deltas });

  const gradients: Record<string, FloatArray> = {};
  const gradientErrors: Record<string, Float64Array> = {};
  layers.forEach(({ inputs, units }, layer) => {
    const dZ = of(`layers.${layer}.delta`);
    const x = inputOf(layer);
    const dW = matmulTransposedA(x.values, [rows, inputs], dZ.values, [rows, units]);
    const depth = depths.weightGradient(rows) + conversion(layer);
    const dWErrors = productErrors("At.B", x, [rows, inputs], dZ, [rows, units], depth);
    const db = columnSums(dZ.values, [rows, units]);
    const dbErrors = columnSumErrors(dZ, [rows, units]);
    for (const [kind, values, errors] of [
      ["weight", dW, dWErrors],
      ["bias", db, dbErrors],
    ] as const) {
      const parameter = `layers.${layer}.${kind}`;
      const name = `${parameter}.gradient`;
      add(name, { values, errors });
      // Clipping reads the gradients that were stored. Without it the update is a part of the gradient's kernel, which
      // adds the gradient up anew, maybe with other roundings than where it was kept.
      const given = training.clipNorm > 0 ? of(name) : { values, errors };
      gradients[parameter] = given.values;
      gradientErrors[parameter] = given.errors;
    }
    if (layer === 0) return;
    const dX: Bounded = {
      values: matmulTransposedB(dZ.values, [rows, units], weights[layer].values, [inputs, units]),
      errors: productErrors(
        "A.Bt",
        dZ,
        [rows, units],
        weights[layer],
        [inputs, units],
        depths.inputGradient(units),
      ),
    };
    add(`layers.${layer - 1}.delta`, times(dX, slopes[layer - 1]));
  });

  const update = boundedUpdate(
    training,
    numbers,
    parameterShapes(network),
    state.parameters,
    state.moments,
    gradients,
    gradientErrors,
    normDepth,
  );
  for (const [values, errors] of [
    [update.moments, update.momentErrors],
    [update.parameters, update.parameterErrors],
  ]) {
    for (const name of Object.keys(errors)) {
      add(name, { values: values[name], errors: errors[name] as Float64Array });
    }
  }
  add("loss", meanOf(of("losses")));
  return results;
}

/** A hidden layer's output and its slope, both times their dropout factors. */
function activated(
  activation: Activation,
  z: Bounded,
  factors: FloatArray | undefined,
): { value: Bounded; slope: Bounded } {
  const values = activate(activation, z.values);
  const slopes = activationSlope(activation, z.values);
  const errors = Array.from(values, (value, i) =>
    // The same z decides the side of a kink, unless it may be read as 0.
    activationErrors(activation, z.values[i], z.errors[i], value, slopes[i], z.errors[i] === 0),
  );
  const value = { values, errors: Float64Array.from(errors, (each) => each.value) };
  const slope = { values: slopes, errors: Float64Array.from(errors, (each) => each.slope) };
  if (factors === undefined) return { value, slope };
  const scale = { values: factors, errors: Float64Array.from(factors, (factor) => UNIT * factor) };
  return { value: times(value, scale), slope: times(slope, scale) };
}

/** Element by element. A factor that is exactly 0 on both sides leaves nothing to be off. */
function times(a: Bounded, b: Bounded): Bounded {
  return {
    values: Float64Array.from(a.values, (value, i) => value * b.values[i]),
    errors: Float64Array.from(a.errors, (error, i) =>
      b.values[i] === 0 && b.errors[i] === 0 ? 0 : timesError(a.values[i], error, b.values[i], b.errors[i]),
    ),
  };
}

/** The mean of the rows' losses: added up, times 1 / rows, which is rounded itself. */
function meanOf({ values, errors }: Bounded): Bounded {
  const rows = values.length;
  let [size, carried] = [0, 0];
  for (let row = 0; row < rows; row++) {
    size += Math.abs(values[row]) + errors[row];
    carried += errors[row];
  }
  const bound = (carried + gamma(rows + 2) * size + rows * SMALLEST) / rows + SMALLEST;
  return { values: Float64Array.of(mean(values)), errors: Float64Array.of(bound) };
}
