/**
 * The reference's forward and backward pass together with how far the same pass in float32 may be off, everywhere: what
 * each kernel adds by its own roundings, and what it makes of the errors of its inputs.
 */
import type { FloatArray, Parameters } from "../core/engine.ts";
import { LEAKY_SLOPE, type Network } from "../core/spec.ts";
import type { DropoutKey } from "../cpu/dropout.ts";
import {
  backwardPass,
  forwardPass,
  type BackwardPass,
  type ForwardPass,
  type LayerForward,
} from "../cpu/pass.ts";
import { activationErrors } from "./activation-bounds.ts";
import { headErrors, type HeadErrors } from "./head-bounds.ts";
import { columnSumErrors, depths, exact, productErrors, timesError, UNIT, type Depths } from "./rounding.ts";

export interface PassOptions {
  /** Seed and step of the dropout masks; left out, nothing is dropped. */
  dropout?: DropoutKey;
  labelSmoothing?: number;
  /** Relative error of the inputs: `UNIT` where they are bytes times f32(1/255), 0 for floats. */
  inputError?: number;
  /**
   * Per hidden layer `[rows * units]`: 1 where the other side found z > 0. Decides the side of the kink wherever the
   * reference's z is within its error of it.
   */
  positive?: readonly (ArrayLike<number> | undefined)[];
  /** Of the kernels that compute it; by default those without workgroup memory. */
  depths?: Depths;
}

export interface LayerErrors {
  z: Float64Array;
  slope: Float64Array;
  /** Of the layer's output, after dropout. */
  output: Float64Array;
}

export interface PassErrors {
  layers: LayerErrors[];
  head: HeadErrors;
  /** dL/dz per layer. */
  deltas: Float64Array[];
  gradients: Record<string, Float64Array>;
  /** Units whose side of a kink was neither clear nor decided. */
  openKinks: number;
}

export interface BoundedPass {
  forward: ForwardPass;
  backward: BackwardPass;
  errors: PassErrors;
}

/**
 * @param parameters those of both sides, bit for bit (float32 values) @param inputs `[rows, input]`
 * @param labels `[rows]` @throws ShapeError
 */
export function boundedPass(
  network: Network,
  parameters: Parameters,
  inputs: FloatArray,
  labels: ArrayLike<number>,
  options: PassOptions = {},
): BoundedPass {
  const wide = toFloat64(parameters);
  const smoothing = options.labelSmoothing ?? 0;
  const { forward, layers, openKinks } = boundedForward(network, wide, inputs, options);
  const backward = backwardPass(network, wide, forward, labels, smoothing);
  const head = headErrors({
    logits: { values: forward.logits, errors: layers[layers.length - 1].z },
    probabilities: forward.probabilities,
    losses: backward.losses,
    labels,
    classes: network.classes,
    smoothing,
  });
  const inputErrors = Float64Array.from(inputs, (x) => Math.abs(x) * (options.inputError ?? 0));
  const backwardErrors = errorsGoingBack(
    network,
    wide,
    forward,
    backward,
    layers,
    head,
    inputErrors,
    options.depths,
  );
  return { forward, backward, errors: { layers, head, openKinks, ...backwardErrors } };
}

/** The forward half; shared decisions at kinks are put into its slopes. @throws ShapeError */
export function boundedForward(
  network: Network,
  parameters: Parameters,
  inputs: FloatArray,
  options: PassOptions = {},
): { forward: ForwardPass; layers: LayerErrors[]; openKinks: number } {
  const wide = toFloat64(parameters);
  const forward = forwardPass(network, wide, Float64Array.from(inputs), options.dropout);
  const layers: LayerErrors[] = [];
  let openKinks = 0;
  let x = {
    values: forward.layers[0].input,
    errors: Float64Array.from(forward.layers[0].input, (v) => Math.abs(v) * (options.inputError ?? 0)),
  };
  network.layers.forEach(({ inputs, units, activation }, index) => {
    const layer = forward.layers[index];
    const weight = exact(wide[`layers.${index}.weight`]);
    const bias = wide[`layers.${index}.bias`];
    const depth = (options.depths ?? depths).forward(inputs);
    const z = productErrors("A.B", x, [forward.rows, inputs], weight, [inputs, units], depth, bias);
    const positive = options.positive?.[index];
    const slope = new Float64Array(z.length);
    const output = new Float64Array(z.length);
    const hasKink = activation === "relu" || activation === "leaky-relu";
    for (let i = 0; i < z.length; i++) {
      if (hasKink && Math.abs(layer.z[i]) <= z[i]) {
        if (positive === undefined) openKinks++;
        else layer.slope[i] = positive[i] ? 1 : activation === "relu" ? 0 : LEAKY_SLOPE;
      }
      const decided = positive !== undefined;
      const errors = activationErrors(activation, layer.z[i], z[i], layer.a[i], layer.slope[i], decided);
      slope[i] = errors.slope;
      output[i] = withDropout(layer, i, layer.a[i], errors.value);
    }
    layers.push({ z, slope, output });
    x = { values: layer.output, errors: output };
  });
  return { forward, layers, openKinks };
}

function toFloat64(parameters: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, Float64Array.from(values)]),
  );
}

/** Error of a value times its dropout factor, which float32 rounds. */
function withDropout({ factors }: LayerForward, i: number, value: number, error: number): number {
  if (factors === undefined) return error;
  return factors[i] === 0 ? 0 : timesError(value, error, factors[i], UNIT * factors[i]);
}

function errorsGoingBack(
  network: Network,
  parameters: Parameters,
  forward: ForwardPass,
  backward: BackwardPass,
  layers: LayerErrors[],
  head: HeadErrors,
  inputErrors: Float64Array,
  own: Depths = depths,
): Pick<PassErrors, "deltas" | "gradients"> {
  const { rows } = forward;
  const last = network.layers.length - 1;
  const deltas: Float64Array[] = [];
  const gradients: Record<string, Float64Array> = {};
  deltas[last] = head.deltas;
  for (let index = last; index >= 0; index--) {
    const { inputs, units } = network.layers[index];
    const dZ = { values: backward.deltas[index], errors: deltas[index] };
    const layer = forward.layers[index];
    const x = { values: layer.input, errors: index === 0 ? inputErrors : layers[index - 1].output };
    const depth = own.weightGradient(rows);
    gradients[`layers.${index}.weight`] = productErrors("At.B", x, [rows, inputs], dZ, [rows, units], depth);
    gradients[`layers.${index}.bias`] = columnSumErrors(dZ, [rows, units]);
    if (index > 0) deltas[index - 1] = deltaBelow(index, dZ);
  }
  return { deltas, gradients };

  /** dX = dZ.Wt, times slope and dropout factor of the layer below. */
  function deltaBelow(index: number, dZ: { values: FloatArray; errors: Float64Array }): Float64Array {
    const { inputs, units } = network.layers[index];
    const weight = exact(parameters[`layers.${index}.weight`]);
    const depth = own.inputGradient(units);
    const errors = productErrors("A.Bt", dZ, [rows, units], weight, [inputs, units], depth);
    const below = forward.layers[index - 1];
    return errors.map((error, i) => {
      const factor = (below.factors?.[i] ?? 1) * below.slope[i];
      const factorError = withDropout(below, i, below.slope[i], layers[index - 1].slope[i]);
      if (factor === 0 && factorError === 0) return 0;
      // The plain dX is not among the reference's results, but its delta over the factor is dX.
      const dX =
        factor === 0
          ? dotRow(dZ.values, weight.values, i, inputs, units)
          : backward.deltas[index - 1][i] / factor;
      return timesError(dX, error, factor, factorError);
    });
  }
}

/** Element i of dZ.Wt `[rows, inputs]`. */
function dotRow(dZ: FloatArray, weight: FloatArray, i: number, inputs: number, units: number): number {
  const row = Math.floor(i / inputs);
  const input = i % inputs;
  let sum = 0;
  for (let unit = 0; unit < units; unit++) sum += dZ[row * units + unit] * weight[input * units + unit];
  return sum;
}
