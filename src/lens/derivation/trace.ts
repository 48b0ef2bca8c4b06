/** Where a number comes from: the entries an entry was made from, and those that these were made from, down to the givens. */
import { SpecError } from "../../core/errors.ts";
import { matrixOf } from "./derive.ts";
import { operandsOf, originsIn, type Origin } from "./operations.ts";
import { isStructuralZero } from "./structure.ts";
import type { Cell, Derivation, Matrix } from "./types.ts";

/** @throws SpecError when there is no such entry. */
export function valueOf({ matrices }: Derivation, { id, row, column }: Cell): number {
  const matrix = matrixOf(matrices, id);
  checkCell(matrix, row, column);
  return matrix.values[row * matrix.shape[1] + column];
}

/**
 * The entries that one entry was made from, operand by operand. Given entries, and those that the structure makes 0 or
 * 1, are made from nothing; a product is not made from terms in which the structure has a 0.
 * @throws SpecError when there is no such entry.
 */
export function origins({ matrices }: Derivation, { id, row, column }: Cell): Cell[] {
  const matrix = matrixOf(matrices, id);
  checkCell(matrix, row, column);
  const ids = operandsOf(matrix.operation);
  const of = ids.map((operand) => matrixOf(matrices, operand));
  const shapes = of.map(({ shape }) => shape);
  const all = originsIn(matrix.operation, row, column, shapes, matrix.shape);
  const met = matrix.operation.kind === "product" ? livingTerms(all, of) : all;
  return met.map(([operand, r, c]) => ({
    id: ids[operand],
    row: r,
    column: c,
  }));
}

/** @param factors the first one of every term, then the second one of every term */
function livingTerms(factors: readonly Origin[], of: readonly Matrix[]): Origin[] {
  const terms = factors.length / 2;
  const vanishes = factors.map(([operand, row, column]) => isStructuralZero(of[operand], row, column));
  return factors.filter((_, i) => !vanishes[i % terms] && !vanishes[(i % terms) + terms]);
}

/**
 * Everything an entry goes back to: inputs, labels, weights and biases. Each entry once, in the order in which they are
 * met.
 * @throws SpecError when there is no such entry.
 */
export function roots(derivation: Derivation, cell: Cell): Cell[] {
  const met = new Set<string>();
  const found: Cell[] = [];
  const pending = [cell];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const key = `${next.id} ${next.row} ${next.column}`;
    if (met.has(key)) continue;
    met.add(key);
    const from = origins(derivation, next);
    if (matrixOf(derivation.matrices, next.id).operation.kind === "given") found.push(next);
    pending.push(...from.toReversed());
  }
  return found;
}

function checkCell({ id, shape }: Matrix, row: number, column: number): void {
  const [rows, columns] = shape;
  if (row >= 0 && row < rows && column >= 0 && column < columns) return;
  throw new SpecError("cell", `${id} is [${rows}, ${columns}] and has no entry [${row}, ${column}]`);
}
