/** One training step as a pure function: forward, backward, clipping, update, each looked through by the guard. */
import type { FloatArray, Parameters, StepResult } from "../core/engine.ts";
import type { StepNumbers } from "../core/schedule.ts";
import type { Network, Training } from "../core/spec.ts";
import { parameterShapes } from "../model/parameters.ts";
import { faultInPasses, faultInUpdate, type StepFault } from "./guard.ts";
import { clipCoefficient, globalNorm, scaleGradients, updateParameters } from "./optimizers.ts";
import { backwardPass, forwardPass } from "./pass.ts";

/** What an optimizer carries from step to step. */
export interface Trainable {
  parameters: Parameters;
  moments: Parameters;
}

export type StepOutcome = { fault: StepFault } | { fault?: undefined; result: StepResult; next: Trainable };

/**
 * @param before not changed; its precision is that of the step
 * @param inputs `[rows, input]` @param labels `[rows]`
 * @param step counted from 0, for the dropout masks
 * @returns the next parameters and moments, all finite, or the fault that kept them from being so
 */
export function trainingStep(
  network: Network,
  training: Training,
  before: Trainable,
  inputs: FloatArray,
  labels: Uint8Array,
  step: number,
  numbers: StepNumbers,
): StepOutcome {
  const forward = forwardPass(network, before.parameters, inputs, { seed: training.seed, step });
  const backward = backwardPass(network, before.parameters, forward, labels, training.labelSmoothing);
  const passFault = faultInPasses(forward, backward);
  if (passFault !== undefined) return { fault: passFault };

  let { gradients } = backward;
  if (training.clipNorm > 0) {
    const norm = globalNorm(gradients);
    if (!Number.isFinite(norm)) {
      return { fault: { layer: network.layers.length - 1, tensor: "gradientNorm" } };
    }
    const coefficient = clipCoefficient(norm, training.clipNorm);
    if (coefficient < 1) gradients = scaleGradients(gradients, coefficient);
  }

  const shapes = parameterShapes(network);
  const next = updateParameters(training, numbers, shapes, before.parameters, gradients, before.moments);
  const updateFault = faultInUpdate(shapes, next);
  if (updateFault !== undefined) return { fault: updateFault };
  return { result: { loss: backward.loss, correct: backward.correct }, next };
}
