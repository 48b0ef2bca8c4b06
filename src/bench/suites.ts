/** Which workloads each suite measures. */
import { SpecError } from "../core/errors.ts";
import type { Optimizer } from "../core/spec.ts";
import type { InputKind, SuiteName } from "./result.ts";
import type { WorkloadChoice } from "./workload.ts";

/** What narrows a suite; what is missing is not narrowed. */
export interface Narrowing {
  hidden?: readonly number[];
  batch?: readonly number[];
  optimizer?: readonly Optimizer[];
  input?: readonly InputKind[];
}

export const BENCH_OPTIMIZERS = ["sgd", "adam"] as const satisfies readonly Optimizer[];
export const INPUTS = ["mnist", "dense"] as const satisfies readonly InputKind[];

interface Shape {
  hidden: readonly number[];
  batches: readonly number[];
  /** Too much for a program on the CPU. */
  hardwareOnly?: boolean;
}

const STEP_SHAPES: readonly Shape[] = [
  { hidden: [512], batches: [32, 128, 1024] },
  { hidden: [1024, 1024], batches: [128, 512] },
  { hidden: [4096, 4096], batches: [1024], hardwareOnly: true },
];

export interface SuitePlan {
  choices: WorkloadChoice[];
  /** What was left out, and why. */
  left: { choice: WorkloadChoice; reason: string }[];
}

/** @throws SpecError where nothing of the suite is left */
export function planSuite(suite: SuiteName, narrowing: Narrowing, software: boolean): SuitePlan {
  const plan = stepSuite(narrowing, software);
  if (plan.choices.length === 0 && plan.left.length === 0) {
    throw new SpecError("suite", `nothing of the suite ${suite} is left with these options`);
  }
  return plan;
}

/** A network that is named is measured, whether or not it belongs to the suite; so is a batch. */
function stepSuite({ hidden, batch, optimizer, input }: Narrowing, software: boolean): SuitePlan {
  const shapes = hidden === undefined ? STEP_SHAPES : [shapeOf(hidden)];
  const plan: SuitePlan = { choices: [], left: [] };
  for (const shape of shapes) {
    const batches =
      hidden === undefined && batch !== undefined ? shared(shape.batches, batch) : (batch ?? shape.batches);
    for (const size of batches) {
      for (const rule of optimizer ?? BENCH_OPTIMIZERS) {
        for (const kind of input ?? INPUTS) {
          const choice = { hidden: shape.hidden, batch: size, optimizer: rule, input: kind };
          if (shape.hardwareOnly && software && hidden === undefined) {
            plan.left.push({ choice, reason: "measured on hardware adapters only; --hidden asks for it" });
          } else {
            plan.choices.push(choice);
          }
        }
      }
    }
  }
  return plan;
}

function shapeOf(hidden: readonly number[]): Shape {
  const known = STEP_SHAPES.find((shape) => String(shape.hidden) === String(hidden));
  return known ?? { hidden, batches: [128] };
}

/** Batches of a shape that were asked for; where the suite has none of them, the first shape takes them as they are. */
function shared(own: readonly number[], asked: readonly number[]): readonly number[] {
  const known = STEP_SHAPES.flatMap(({ batches }) => batches);
  const unknown = own === STEP_SHAPES[0].batches ? asked.filter((size) => !known.includes(size)) : [];
  return [...own.filter((size) => asked.includes(size)), ...unknown];
}
