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
  { rows, layers }: ForwardPass,
  dLogits: FloatArray,
): FloatArray {
  checkLength("inputGradient: dLogits", dLogits, [rows, network.classes]);
  let delta = dLogits;
  for (let index = network.layers.length - 1; ; index--) {
    const { inputs, units } = network.layers[index];
    const weight = parameters[`layers.${index}.weight`];
    let dX = matmulTransposedB(delta, [rows, units], weight, [inputs, units]);
    if (index === 0) return dX;
    const below = layers[index - 1];
    if (below.factors !== undefined) dX = multiply(dX, below.factors);
    delta = multiply(dX, below.slope);
  }
}
