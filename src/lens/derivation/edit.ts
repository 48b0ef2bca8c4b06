/** A derivation's starting point again, changed: after an edit by hand, or one step further. */
import { SpecError } from "../../core/errors.ts";
import { parameterShapes } from "../../model/parameters.ts";
import { matrixOf } from "./derive.ts";
import { valueOf } from "./trace.ts";
import type { Cell, Derivation, DerivationInput } from "./types.ts";

/** What `derive()` was given, in float64. */
export function inputOfDerivation(derivation: Derivation): DerivationInput {
  const { network, matrices, learningRate, labelSmoothing, maxDifference } = derivation;
  const values = (id: string): Float64Array => matrixOf(matrices, id).values.slice();
  const parameters = Object.fromEntries(
    parameterShapes(network).map(({ name, layer, kind }) => [
      name,
      values(`${kind === "weight" ? "W" : "b"}${layer + 1}`),
    ]),
  );
  const y = values("Y");
  const labels = Uint8Array.from({ length: derivation.rows }, (_, row) =>
    y.subarray(row * network.classes, (row + 1) * network.classes).indexOf(1),
  );
  const longForm = maxDifference !== undefined;
  return { network, parameters, inputs: values("X"), labels, learningRate, labelSmoothing, longForm };
}

/**
 * The same with one given entry changed. A label is changed by giving the entry of its class the value 1.
 * @throws SpecError for an entry that is computed, or does not exist, or a label other than 1.
 */
export function withCell(derivation: Derivation, cell: Cell, value: number): DerivationInput {
  valueOf(derivation, cell);
  const input = inputOfDerivation(derivation);
  const { operation, shape } = matrixOf(derivation.matrices, cell.id);
  if (operation.kind !== "given") {
    throw new SpecError(
      "cell",
      `${cell.id} is computed, so it cannot be set`,
      "Change a weight, a bias or an input.",
    );
  }
  if (operation.source === "labels") {
    if (value !== 1) throw new SpecError("cell", `an entry of Y can only be set to 1, not to ${value}`);
    input.labels[cell.row] = cell.column;
    return input;
  }
  const values = operation.source === "inputs" ? input.inputs : input.parameters[operation.source];
  (values as Float64Array)[cell.row * shape[1] + cell.column] = value;
  return input;
}

/** The same batch with the parameters after the update: the next step of plain gradient descent. */
export function afterUpdate(derivation: Derivation): DerivationInput {
  const input = inputOfDerivation(derivation);
  const parameters = Object.fromEntries(
    parameterShapes(derivation.network).map(({ name, layer, kind }) => {
      const id = `${kind === "weight" ? "W" : "b"}${layer + 1}'`;
      return [name, matrixOf(derivation.matrices, id).values.slice()];
    }),
  );
  return { ...input, parameters };
}
