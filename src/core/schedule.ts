/**
 * The numbers that change from step to step: learning rate and Adam's bias corrections. Computed here in float64, for
 * the CPU engine directly and for the GPU as a table per epoch (WGSL's own `cos` and `pow` are far too coarse).
 */
import type { Training } from "./spec.ts";

export interface StepNumbers {
  learningRate: number;
  /** What Adam multiplies m by: learningRate / (1 - beta1^t), t = step + 1. */
  stepSize: number;
  /** What Adam divides sqrt(v) by: sqrt(1 - beta2^t). */
  secondMomentScale: number;
  /** What adamw multiplies every weight by first: 1 - learningRate * weightDecay. */
  decay: number;
}

/**
 * Learning rate of a step.
 * @param step counted from 0
 * @param totalSteps of the whole run (epochs * steps per epoch)
 * @param stepsPerEpoch including the short last one
 */
export function learningRateAt(
  training: Training,
  step: number,
  totalSteps: number,
  stepsPerEpoch: number,
): number {
  const { learningRate, warmup } = training;
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  const t = step - warmup;
  switch (training.schedule) {
    case "constant":
      return learningRate;
    case "cosine": {
      const length = Math.max(1, totalSteps - warmup);
      return (learningRate * (1 + Math.cos(Math.PI * Math.min(1, t / length)))) / 2;
    }
    case "step": {
      const every = training.decayEvery || Math.max(1, Math.ceil((totalSteps - warmup) / 3));
      return learningRate * training.decayFactor ** Math.floor(t / every);
    }
    case "exponential": {
      const every = training.decayEvery || Math.max(1, stepsPerEpoch);
      return learningRate * training.decayFactor ** (t / every);
    }
  }
}

/** All numbers of a step; the arguments are those of `learningRateAt`. */
export function stepNumbers(
  training: Training,
  step: number,
  totalSteps: number,
  stepsPerEpoch: number,
): StepNumbers {
  const learningRate = learningRateAt(training, step, totalSteps, stepsPerEpoch);
  const t = step + 1;
  return {
    learningRate,
    stepSize: learningRate / (1 - training.beta1 ** t),
    secondMomentScale: Math.sqrt(1 - training.beta2 ** t),
    decay: 1 - learningRate * training.weightDecay,
  };
}
