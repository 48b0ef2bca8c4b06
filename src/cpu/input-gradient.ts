/** How logits change with the inputs: what a pixel has to do with what a network reads. */
import type { FloatArray, Parameters } from "../core/engine.ts";
import type { Network } from "../core/spec.ts";
import { matmulTransposedB } from "./dense.ts";
import { multiply } from "./dropout.ts";
import { checkLength } from "./floats.ts";
import type { ForwardPass } from "./pass.ts";

/**
 * dX = (dZ.Wt) of the first layer, where dZ of the layer below = (dZ.Wt) * dropout factors * slope, as in backwardPass.
 * @param dLogits `[rows, classes]`; a row with 1 at one class gives the gradient of that class's logit
 * @returns `[rows, input]` @throws ShapeError
 */
export function inputGradient(
  network: Network,
  parameters: Parameters,
  forward: ForwardPass,
  dLogits: FloatArray,
): FloatArray {
  return layerGradients(network, parameters, forward, dLogits)[0];
}

/**
 * The same on the whole way down.
 * @returns of each layer the gradient by what goes into it, `[rows, inputs]`: the first by the inputs of the network, those
 * above by the activations of the layer below, before dropout @throws ShapeError
 */
export function layerGradients(
  network: Network,
  parameters: Parameters,
  { rows, layers }: ForwardPass,
  dLogits: FloatArray,
): FloatArray[] {
  checkLength("layerGradients: dLogits", dLogits, [rows, network.classes]);
  const gradients: FloatArray[] = [];
  let delta = dLogits;
  for (let index = network.layers.length - 1; index >= 0; index--) {
    const { inputs, units } = network.layers[index];
    const weight = parameters[`layers.${index}.weight`];
    const dX = matmulTransposedB(delta, [rows, units], weight, [inputs, units]);
    if (index === 0) {
      gradients[0] = dX;
      break;
    }
    const { factors, slope } = layers[index - 1];
    gradients[index] = factors === undefined ? dX : multiply(dX, factors);
    delta = multiply(gradients[index], slope);
  }
  return gradients;
}
