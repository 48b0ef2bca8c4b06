/**
 * The non-finite guard. Everything a step computes is looked through before any of it is kept, in the order in which it
 * was computed, so that the name it gives is that of the first tensor that left the finite numbers. (A ReLU turns a NaN
 * of some GPUs, and every -infinity, into 0: the loss alone would not show it.)
 */
import type { FloatArray, Parameters } from "../core/engine.ts";
import type { Fault } from "../core/errors.ts";
import type { TensorShape } from "../model/parameters.ts";
import type { BackwardPass, ForwardPass } from "./pass.ts";

export type StepFault = Omit<Fault, "step">;

/** The first of z and logits with a non-finite number; `undefined` when all are finite. */
export function faultInForward({ layers }: ForwardPass): StepFault | undefined {
  const layer = layers.findIndex(({ z }) => !allFinite(z));
  if (layer < 0) return undefined;
  return { layer, tensor: layer === layers.length - 1 ? "logits" : "z" };
}

/** The first of z, logits, loss, gradients with a non-finite number; `undefined` when all are finite. */
export function faultInPasses(forward: ForwardPass, backward: BackwardPass): StepFault | undefined {
  const fault = faultInForward(forward);
  if (fault !== undefined) return fault;
  const last = forward.layers.length - 1;
  if (!Number.isFinite(backward.loss)) return { layer: last, tensor: "loss" };
  for (let layer = last; layer >= 0; layer--) {
    if (!allFinite(backward.gradients[`layers.${layer}.weight`])) return { layer, tensor: "dW" };
    if (!allFinite(backward.gradients[`layers.${layer}.bias`])) return { layer, tensor: "db" };
  }
  return undefined;
}

/** The first of the updated moments and parameters with a non-finite number. */
export function faultInUpdate(
  shapes: readonly TensorShape[],
  updated: { parameters: Parameters; moments: Parameters },
): StepFault | undefined {
  for (const { name, layer, kind } of shapes) {
    for (const [momentName, moment] of Object.entries(updated.moments)) {
      if (momentName.startsWith(`${name}.`) && !allFinite(moment)) return { layer, tensor: "moment" };
    }
    if (!allFinite(updated.parameters[name])) return { layer, tensor: kind };
  }
  return undefined;
}

function allFinite(values: FloatArray): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
