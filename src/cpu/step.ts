/** One training step as a pure function: forward, backward, clipping, update, each looked through by the guard. */
import type { FloatArray, Parameters as Tensors, StepResult } from "../core/engine.ts";
import type { StepNumbers } from "../core/schedule.ts";
import type { Network, Training } from "../core/spec.ts";
import { parameterShapes } from "../model/parameters.ts";
import { faultInPasses, faultInUpdate, type StepFault } from "./guard.ts";
import { clipCoefficient, globalNorm, scaleGradients, updateParameters } from "./optimizers.ts";
import { backwardPass, forwardPass, type BackwardPass, type ForwardPass } from "./pass.ts";

/** What an optimizer carries from step to step. */
export interface Trainable {
  parameters: Tensors;
  moments: Tensors;
}

export type StepOutcome = { fault: StepFault } | { fault?: undefined; result: StepResult; next: Trainable };

/** All that a step computes, whatever it comes to. */
export interface UnguardedStep {
  forward: ForwardPass;
  backward: BackwardPass;
  /** Of all gradients; 0 where none are clipped. */
  norm: number;
  next: Trainable;
}

/**
 * @param before not changed; its precision is that of the step
 * @param inputs `[rows, input]` @param labels `[rows]`
 * @param step counted from 0, for the dropout masks
 */
export function unguardedStep(
  network: Network,
  training: Training,
  before: Trainable,
  inputs: FloatArray,
  labels: Uint8Array,
  step: number,
  numbers: StepNumbers,
): UnguardedStep {
  const forward = forwardPass(network, before.parameters, inputs, { seed: training.seed, step });
  const backward = backwardPass(network, before.parameters, forward, labels, training.labelSmoothing);
  let { gradients } = backward;
  const norm = training.clipNorm > 0 ? globalNorm(gradients) : 0;
  const coefficient = clipCoefficient(norm, training.clipNorm);
  if (coefficient < 1) gradients = scaleGradients(gradients, coefficient);
  const shapes = parameterShapes(network);
  const next = updateParameters(training, numbers, shapes, before.parameters, gradients, before.moments);
  return { forward, backward, norm, next };
}

/** The first of what a step computed that is not finite, in the order in which it was. */
export function faultInStep(
  network: Network,
  { forward, backward, norm, next }: UnguardedStep,
): StepFault | undefined {
  const passFault = faultInPasses(forward, backward);
  if (passFault !== undefined) return passFault;
  if (!Number.isFinite(norm)) return { layer: network.layers.length - 1, tensor: "gradientNorm" };
  return faultInUpdate(parameterShapes(network), next);
}

/**
 * The step as `unguardedStep` has it.
 * @returns the next parameters and moments, all finite, or the fault that kept them from being so
 */
export function trainingStep(...given: Parameters<typeof unguardedStep>): StepOutcome {
  const step = unguardedStep(...given);
  const fault = faultInStep(given[0], step);
  if (fault !== undefined) return { fault };
  const { backward, next } = step;
  return { result: { loss: backward.loss, correct: backward.correct }, next };
}
