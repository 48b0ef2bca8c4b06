/** What a run would take on the device, worked out from shapes before anything is loaded. */
import { resolveRunOptions, toSpecs, type RunOptions } from "../core/run-options.ts";
import { USUAL_SHAPE } from "../data/catalogue.ts";
import { rowsHeldOut } from "../data/split.ts";
import { plan } from "../gpu/plan.ts";
import type { PlanLimits } from "../gpu/plan-types.ts";
import type { DataChoice } from "./trainer-api.ts";

/** Of a dataset that is trained on whole. */
export interface Shape {
  height: number;
  width: number;
  classes: number;
  /** Rows before any are held out for validation. */
  train: number;
}

/** Undefined for a person's own files, which have to be read first. */
export function shapeOf({ kind }: Pick<DataChoice, "kind">): Shape | undefined {
  return kind === "files" ? undefined : USUAL_SHAPE;
}

/**
 * @param options as given: a default validation split takes no more of few rows than fits
 * @param limits of the device
 * @returns bytes of every buffer that training needs, the training images among them
 * @throws LimitError where the device does not allow one of them, SpecError for options that are not valid
 */
export function trainingBytes(
  options: RunOptions,
  { height, width, classes, train }: Shape,
  { limits, software }: { limits?: PlanLimits; software: boolean },
): number {
  const resolved = resolveRunOptions(options);
  const { network, training } = toSpecs(resolved, { input: height * width, classes });
  const trainRows = train - rowsHeldOut(options.validation, resolved.validation, train);
  const { buffers } = plan(network, training, { trainRows, limits, software });
  return buffers.reduce((sum, { bytes }) => sum + bytes, 0);
}
