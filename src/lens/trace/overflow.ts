/**
 * Where a step leaves the numbers of float32: training has diverged there, and no kernel is to blame for what it makes of
 * it. Judged by the CPU alone, and by what a kernel was given; what a device makes of numbers in range is its own.
 */
import type { Fault } from "../../core/errors.ts";
import { globalNorm } from "../../cpu/optimizers.ts";
import { UNIT } from "../rounding.ts";
import type { TracedStep, TracedTensor } from "./tracer.ts";

/** The largest number of float32. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/**
 * @param tensors of the step, in the order in which they are computed
 * @param guarded whether the device's guard found something not finite
 * @param clips whether the norm of all gradients is taken
 * @returns how many of the tensors can be compared: those before the first with an element out of range
 */
export function tensorsInRange(tensors: readonly TracedTensor[], guarded: boolean, clips: boolean): number {
  const first = tensors.findIndex((tensor) =>
    tensor.reference.some((_, i) => leavesRange(tensor, i, guarded)),
  );
  const inRange = first < 0 ? tensors.length : first;
  if (!clips) return inRange;
  // The norm is no tensor, and its squares leave the range long before the gradients do.
  const gradients = tensors.filter(({ name }) => name.endsWith(".gradient"));
  const norm = globalNorm(Object.fromEntries(gradients.map(({ name, reference }) => [name, reference])));
  if (norm ** 2 <= LARGEST) return inRange;
  return Math.min(inRange, tensors.indexOf(gradients[gradients.length - 1]) + 1);
}

function leavesRange({ cpu, reference, bounds, own }: TracedTensor, i: number, guarded: boolean): boolean {
  if (![cpu[i], reference[i], own.reference[i]].every((x) => Math.abs(x) <= LARGEST)) return true;
  if (!guarded) return false;
  // What the guard found may be a number that only rounding took out of the range, or a sum that was out of it on the way:
  // a bound is UNIT or more times the sum of the terms without their signs. A bound that is not finite says nothing.
  const rounded = (x: number, bound: number): boolean =>
    Number.isFinite(bound) && Math.abs(x) + bound > LARGEST;
  return (
    rounded(reference[i], bounds[i]) ||
    rounded(own.reference[i], own.bounds[i]) ||
    (Number.isFinite(own.bounds[i]) && own.bounds[i] > UNIT * LARGEST)
  );
}

/** What left the range, where neither guard found anything: it was about to. */
export function faultOf(tensor: Pick<TracedTensor, "name">, step: number, layers: number): Fault {
  const [, layer, kind, part] = /^layers\.(\d+)\.(\w+)(?:\.(\w+))?$/.exec(tensor.name) ?? [];
  if (layer === undefined) {
    return { step, layer: layers - 1, tensor: tensor.name === "logits" ? "logits" : "loss" };
  }
  const gradient = kind === "weight" ? "dW" : "db";
  const named = part === undefined ? (kind === "a" ? "z" : kind) : part === "gradient" ? gradient : "moment";
  return { step, layer: Number(layer), tensor: named };
}

/** The step as far as it can be compared. */
export function inRange(
  traced: Omit<TracedStep, "notFinite">,
  faults: { device?: Fault; cpu?: Fault },
  setting: { step: number; layers: number; clips: boolean },
): TracedStep {
  const { tensors } = traced;
  const count = tensorsInRange(tensors, faults.device !== undefined, setting.clips);
  if (count === tensors.length) return traced;
  const notFinite = faults.device ?? faults.cpu ?? faultOf(tensors[count], setting.step, setting.layers);
  return { ...traced, tensors: tensors.slice(0, count), notFinite };
}
