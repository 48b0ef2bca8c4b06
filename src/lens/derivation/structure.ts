/**
 * Zeros that come from the structure of a matrix and not from its numbers: all but the diagonal of an activation's
 * Jacobian, for example. Nothing goes through them.
 */
import type { Matrix } from "./types.ts";

/** Whether an entry is 0 whatever is given. */
export function isStructuralZero(
  { operation, shape: [units] }: Pick<Matrix, "operation" | "shape">,
  row: number,
  column: number,
): boolean {
  switch (operation.kind) {
    case "activationJacobian":
    case "biasJacobian":
      return row !== column;
    case "weightJacobian":
      // One identity beside another, each multiplied by one input.
      return row !== column % units;
    default:
      return false;
  }
}
