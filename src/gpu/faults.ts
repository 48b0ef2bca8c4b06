/** The fault word of the `control` buffer: what shaders/step.wgsl raises, in the host's words. */
import type { Fault } from "../core/errors.ts";

/** In the order of the FAULT_ constants; z of the output layer are the logits. */
const TENSORS = ["loss", "z", "dW", "db", "weight", "bias", "moment", "gradientNorm"] as const;

/** Words of `control`. */
export const NEXT = 0;
export const CURRENT = 1;
export const FAULT = 2;
export const FAULT_ENTRY = 3;
export const CONTROL_BYTES = 16;

/** @param word not 0 @param layers of the network */
export function decodeFault(word: number, step: number, layers: number): Fault {
  const layer = (word - 1) >>> 4;
  const tensor = TENSORS[(word - 1) & 15];
  return { step, layer, tensor: tensor === "z" && layer === layers - 1 ? "logits" : tensor };
}
