/**
 * Which rows and columns of a matrix are shown where it has too many. Of images most pixels are 0 in every sample, and the
 * first ones always: the rows and columns that belong to such inputs are left out first, in every matrix the same, so that
 * an entry stands beside those it was made from.
 */
import { matrixOf } from "./derive.ts";
import { shownIndices } from "./display.ts";
import { INPUTS } from "./notation.ts";
import type { Axis, Derivation, Matrix } from "./types.ts";

/** Rows (0) or columns (1) in order, at most so many, with `undefined` for what is left out between. */
export type ShownPlaces = (
  matrix: Pick<Matrix, "shape" | "axes">,
  dimension: 0 | 1,
  most: number,
) => (number | undefined)[];

export function shownPlaces({ matrices }: Pick<Derivation, "matrices">): ShownPlaces {
  const {
    shape: [rows, columns],
    values,
  } = matrixOf(matrices, "X");
  const isBlank = Array.from({ length: columns }, (_, column) => {
    for (let row = 0; row < rows; row++) if (values[row * columns + column] !== 0) return false;
    return true;
  });
  const blankAlong = ({ columns: units, rows: down }: Axis, index: number): boolean =>
    units !== undefined && down === INPUTS && isBlank[Math.floor(index / units)];
  return ({ shape, axes }, dimension, most) => {
    const axis = axes[dimension];
    return shownIndices(shape[dimension], most, (index) =>
      axis === INPUTS ? isBlank[index] : blankAlong(axis, index),
    );
  };
}
