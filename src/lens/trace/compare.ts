/** The tensors of a traced step against their bounds: the first element beyond, and the worst of each tensor. */
import type { Network } from "../../core/spec.ts";
import { originsOf, type Origin } from "./origins.ts";
import type { TracedStep, TracedStepInputs } from "./tracer.ts";

/** The first element that is further from the reference than rounding explains. */
export interface Divergence {
  step: number;
  tensor: string;
  /** The kernel whose result it is. */
  kernel: string;
  shape: number[];
  index: number;
  gpu: number;
  /** The CPU's value in float32. */
  cpu: number;
  /** The CPU's value in float64. */
  reference: number;
  bound: number;
  /**
   * Where reference and bound come from: `kernel`, from what the device itself has given the kernel, with the kernel's own
   * roundings alone; `step`, from the state before the step, with the roundings of everything on the way.
   */
  comparison: "kernel" | "step";
  /** What it was made from. */
  origins: Origin[];
  /** What the device's guard says; empty where nothing was found not finite. */
  fault: string;
}

/** The worst element of a tensor over all steps so far. */
export interface TensorWorst {
  tensor: string;
  kernel: string;
  /** |gpu - reference| / bound */
  errorOverBound: number;
  /** The same of the CPU in float32. */
  cpuErrorOverBound: number;
  /** The largest |gpu - reference| / bound of the kernel alone, from what it was given; of any element, at any step. */
  kernelErrorOverBound: number;
  step: number;
  shape: number[];
  /** Of the element, row by row. */
  index: number;
}

/**
 * Error over bound; NaN and infinity are beyond every bound. A bound that is NaN is 0 times infinity: once rounding may
 * change a softmax beyond recognition, nothing can be said of what follows from it.
 */
export function ratioOf(value: number, reference: number, bound: number): number {
  const error = Math.abs(value - reference);
  if (error === 0) return 0;
  const ratio = error / (Number.isNaN(bound) ? Infinity : bound);
  return Number.isFinite(ratio) ? ratio : Number.MAX_VALUE;
}

/** Takes in a step. @returns what is beyond its bound first, in the order of computation */
export function compareTraced(
  network: Network,
  inputs: TracedStepInputs,
  traced: TracedStep,
  worst: Map<string, TensorWorst>,
): Divergence | undefined {
  const { step } = inputs.state;
  for (const tensor of traced.tensors) {
    const { name, kernel, shape, gpu, cpu, reference, bounds, own } = tensor;
    const known = worst.get(name) ?? {
      tensor: name,
      kernel,
      errorOverBound: 0,
      cpuErrorOverBound: 0,
      kernelErrorOverBound: 0,
      step,
      shape,
      index: 0,
    };
    worst.set(name, known);
    for (let index = 0; index < reference.length; index++) {
      const ratio = ratioOf(gpu[index], reference[index], bounds[index]);
      known.cpuErrorOverBound = Math.max(
        known.cpuErrorOverBound,
        ratioOf(cpu[index], reference[index], bounds[index]),
      );
      if (ratio > known.errorOverBound) Object.assign(known, { errorOverBound: ratio, step, index });
      const ownRatio = ratioOf(gpu[index], own.reference[index], own.bounds[index]);
      known.kernelErrorOverBound = Math.max(known.kernelErrorOverBound, ownRatio);
      if (ratio <= 1 && ownRatio <= 1) continue;
      // Where both are exceeded, the kernel itself is wrong, whatever came before it.
      const failed = ownRatio > 1 ? own : tensor;
      return {
        step,
        tensor: name,
        kernel,
        shape,
        index,
        gpu: gpu[index],
        cpu: cpu[index],
        reference: failed.reference[index],
        bound: failed.bounds[index],
        comparison: failed === own ? "kernel" : "step",
        origins: originsOf(network, traced.tensors, inputs, tensor, index),
        fault: traced.fault,
      };
    }
  }
  return undefined;
}
