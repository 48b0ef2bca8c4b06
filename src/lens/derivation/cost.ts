/** What the two forms of back-propagation cost, worked out from the shapes alone. */
import type { Network } from "../../core/spec.ts";
import { multiplicationsOf, operandsOf } from "./operations.ts";
import { outline } from "./outline.ts";
import type { MatrixPlan, Stage } from "./types.ts";

/** Of a number in float32. */
const BYTES = 4;

/** A derivation holds its matrices in float64: so many times the bytes of a `FormCost`. */
export const WIDENING = 2;

export interface FormCost {
  /** Scalar multiplications and divisions. */
  multiplications: number;
  /** Of all its matrices, in float32. */
  bytes: number;
  /** Its largest matrix. */
  largest: { id: string; shape: readonly [rows: number, columns: number]; bytes: number };
}

export interface FormCosts {
  long: FormCost;
  short: FormCost;
}

/** Of the backward pass over a batch of so many rows, in either form: everything from the loss to the gradients. */
export function formCosts(network: Network, rows: number): FormCosts {
  const stages = outline({ network, rows, learningRate: 1, labelSmoothing: 0, longForm: true });
  const all = new Map(stages.flatMap(plansOf).map((plan) => [plan.id, plan]));
  const cost = (name: "long" | "short"): FormCost => {
    const plans = stages.filter((stage) => stage.name === name).flatMap(plansOf);
    const largest = plans.reduce((most, plan) => (bytesOf(plan) > bytesOf(most) ? plan : most));
    return {
      multiplications: plans.reduce((sum, plan) => sum + multiplications(plan, all), 0),
      bytes: plans.reduce((sum, plan) => sum + bytesOf(plan), 0),
      largest: { id: largest.id, shape: largest.shape, bytes: bytesOf(largest) },
    };
  };
  return { long: cost("long"), short: cost("short") };
}

function plansOf({ sections }: Stage<MatrixPlan>): MatrixPlan[] {
  return sections.flatMap(({ matrices }) => matrices);
}

function bytesOf({ shape }: MatrixPlan): number {
  return BYTES * shape[0] * shape[1];
}

function multiplications({ operation, shape }: MatrixPlan, all: ReadonlyMap<string, MatrixPlan>): number {
  const of = operandsOf(operation).map((id) => {
    const operand = all.get(id);
    if (operand === undefined) throw new TypeError(`${id} is used but never made`);
    return operand.shape;
  });
  return multiplicationsOf(operation, shape, of);
}
