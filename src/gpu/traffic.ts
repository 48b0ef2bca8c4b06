/**
 * What a job must move between memory and the processor at the very least: every tensor it reads once and every tensor it
 * writes once, for a full batch. A kernel that reads a tensor again finds it in a cache, or moves more than this.
 */
import { GpuError } from "../core/errors.ts";
import type { JobPlan } from "./plan-types.ts";

/** Kernels of one task in several forms: the name of a form follows behind the family's. */
const FAMILIES = [
  "dense-forward",
  "dense-input-gradient",
  "dense-weight-gradient",
  "dense-bias-gradient",
  "head",
  "step-result",
];
const VECTOR = 16;
const WORD = 4;

/**
 * @param rows of a full batch
 * @param splitRows of the whole training split
 */
export function jobBytes(job: JobPlan, rows: number, splitRows: number): number {
  const { kernel } = job;
  const c = (name: string): number => constant(job, name);
  const flag = (name: string): boolean => job.constants[name] === true;
  /** Inputs of a product: bytes of the dataset, or floats. */
  const inputs = (): number => {
    switch (job.roles["source"]) {
      case "source-images":
        return rows * c("SOURCE_STRIDE") * WORD;
      case "source-parts":
        // The parts, and what is kept of the layer that they add up to.
        return rows * c("HIDDEN_UNITS4") * VECTOR * (c("PARTS") + (flag("BACKWARD") ? 2 : 1));
      default:
        return rows * c("SOURCE_STRIDE") * VECTOR;
    }
  };
  const weights = (units4: number): number => VECTOR * (4 * c("INPUTS4") * units4 + units4);
  switch (FAMILIES.find((family) => kernel.startsWith(`${family}-`)) ?? kernel) {
    case "dense-forward": {
      const output = VECTOR * rows * c("UNITS4");
      if (job.roles["result"] === "result-partial")
        return inputs() + weights(c("UNITS4")) + c("PARTS") * output;
      return inputs() + weights(c("UNITS4")) + (flag("BACKWARD") ? 2 : 1) * output;
    }
    case "head": {
      const classes = VECTOR * rows * c("CLASSES4");
      const stored = 1 + Number(flag("BACKWARD")) + Number(flag("STORE_PROBABILITIES"));
      const below = flag("BACKWARD") && flag("HIDDEN_BELOW") ? 2 * VECTOR * rows * c("INPUTS4") : 0;
      return inputs() + weights(c("CLASSES4")) + stored * classes + below + rows * (1 + VECTOR);
    }
    case "dense-input-gradient":
      // dZ, W, and the slope that becomes the delta
      return VECTOR * (rows * c("UNITS4") + 4 * c("INPUTS4") * c("UNITS4") + 2 * rows * c("INPUTS4"));
    case "dense-weight-gradient":
      return inputs() + VECTOR * (rows * c("UNITS4") + 4 * c("INPUTS4") * c("UNITS4") * perGradient(job));
    case "dense-bias-gradient":
      return VECTOR * (rows * c("UNITS4") + c("UNITS4") * perGradient(job));
    case "clipped-update":
      return VECTOR * c("VECTORS") * (1 + perGradient(job)) + WORD * c("SQUARES");
    case "step-result":
      return VECTOR * (rows + 1);
    case "confusion":
      return VECTOR * rows;
    case "snapshot":
      return 2 * VECTOR * c("VECTORS");
    case "gather":
      // A shuffled batch has rows of every part, as many as the part is large.
      return (2 * WORD * c("ROW_WORDS") * rows * (c("PART_END") - c("PART_FIRST"))) / Math.max(1, splitRows);
    case "roofline-copy":
      return 2 * VECTOR * c("VECTORS");
    case "roofline-arithmetic":
      return 2 * VECTOR * c("VECTORS");
    default:
      throw new GpuError("plan/traffic", `nobody has said what ${kernel} reads and writes`);
  }
}

/** Tensors of a gradient's size that its epilogue reads or writes: it stores it, or updates parameters and moments. */
function perGradient({ roles }: JobPlan): number {
  if (roles["epilogue"] === "epilogue-store") return 1;
  const moments =
    { "optimizer-sgd": 0, "optimizer-momentum": 1, "optimizer-adam": 2 }[roles["optimizer"]] ?? 0;
  return 2 * (1 + moments);
}

function constant({ kernel, constants }: JobPlan, name: string): number {
  const value = constants[name];
  if (typeof value === "number") return value;
  throw new GpuError("plan/traffic", `${kernel} has no number ${name}`);
}
