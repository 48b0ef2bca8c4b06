/** Carries an outline out: one training step of a network in float64, every matrix of it with its values. */
import { SpecError } from "../../core/errors.ts";
import type { Network } from "../../core/spec.ts";
import { checkLength } from "../../cpu/floats.ts";
import { targets } from "../../cpu/softmax.ts";
import { checkLabels, countRows } from "../../model/engine-checks.ts";
import { parameterShapes } from "../../model/parameters.ts";
import { CLASSES } from "./notation.ts";
import { evaluate, operandsOf } from "./operations.ts";
import { outline } from "./outline.ts";
import type {
  Axis,
  Derivation,
  DerivationInput,
  Difference,
  Matrix,
  MatrixPlan,
  Operation,
  OutlineOptions,
  Stage,
} from "./types.ts";

export const DEFAULT_DERIVATION_RATE = 0.1;

/**
 * One step of plain gradient descent on one batch, without dropout, as `gradients()` of an engine computes it. It takes
 * microseconds for the networks that a person can read, so it may be called again after every edit.
 * @throws ShapeError when parameters, inputs or labels do not fit the network; SpecError for a learning rate or label
 * smoothing out of range.
 */
export function derive(input: DerivationInput): Derivation {
  const options = checked(input);
  const { network, rows, learningRate, labelSmoothing } = options;
  const matrices = new Map<string, Matrix>();
  const valued = (plan: MatrixPlan): Matrix => {
    const [down, across] = plan.axes;
    const axes = [withClasses(down, input), withClasses(across, input)] as const;
    const matrix = { ...plan, axes, values: Float64Array.from(valuesOf(plan, input, matrices)) };
    matrices.set(plan.id, matrix);
    return matrix;
  };
  const stages = outline(options).map((stage): Stage => ({
    ...stage,
    sections: stage.sections.map((section) => ({ ...section, matrices: section.matrices.map(valued) })),
  }));
  const differences = options.longForm ? compareForms(network, matrices) : [];
  return {
    network,
    rows,
    learningRate,
    labelSmoothing,
    stages,
    matrices,
    differences,
    maxDifference: options.longForm
      ? Math.max(...differences.map(({ difference }) => difference))
      : undefined,
    loss: matrixOf(matrices, "L").values[0],
  };
}

/** A matrix by its id. @throws SpecError where there is none of this name. */
export function matrixOf(matrices: ReadonlyMap<string, Matrix>, id: string): Matrix {
  const matrix = matrices.get(id);
  if (matrix === undefined) {
    throw new SpecError("matrix", `there is no matrix ${id}; there are ${[...matrices.keys()].join(", ")}`);
  }
  return matrix;
}

function checked(input: DerivationInput): OutlineOptions {
  const { network, learningRate = DEFAULT_DERIVATION_RATE, labelSmoothing = 0, longForm = true } = input;
  const rows = countRows("derive", input.inputs, network.input);
  checkLabels("derive", input.labels, rows, network.classes);
  for (const { name, shape } of parameterShapes(network)) {
    checkLength(`derive: ${name}`, input.parameters[name] ?? [], shape);
  }
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new SpecError(
      "learningRate",
      `the learning rate must be above 0 and finite, but is ${learningRate}`,
    );
  }
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new SpecError(
      "labelSmoothing",
      `label smoothing must be from 0 to below 1, but is ${labelSmoothing}`,
    );
  }
  return { network, rows, learningRate, labelSmoothing, longForm };
}

function withClasses(axis: Axis, { classNames }: DerivationInput): Axis {
  return axis === CLASSES && classNames !== undefined ? { ...axis, labels: classNames } : axis;
}

function valuesOf(
  { operation, shape }: MatrixPlan,
  input: DerivationInput,
  matrices: ReadonlyMap<string, Matrix>,
): ArrayLike<number> {
  if (operation.kind === "given") return givenValues(operation, input);
  const of = operandsOf(operation).map((id) => matrixOf(matrices, id));
  return evaluate(operation, of, shape);
}

function givenValues(
  { source }: Extract<Operation, { kind: "given" }>,
  { network, inputs, labels, parameters }: DerivationInput,
): ArrayLike<number> {
  if (source === "inputs") return inputs;
  return source === "labels" ? targets("float64", labels, network.classes, 0) : parameters[source];
}

function compareForms(network: Network, matrices: ReadonlyMap<string, Matrix>): Difference[] {
  return network.layers.flatMap((_, index) =>
    ["W", "b"].map((letter): Difference => {
      const [long, short] = [`dL/d${letter}${index + 1}`, `d${letter}${index + 1}`];
      const difference = largestDifference(matrixOf(matrices, long).values, matrixOf(matrices, short).values);
      return { long, short, difference };
    }),
  );
}

/** NaN where an entry of either is not finite. */
function largestDifference(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
    if (!Number.isFinite(difference)) return Number.NaN;
  }
  return largest;
}
