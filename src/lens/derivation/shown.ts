/**
 * Which rows and columns of a matrix are shown where it has too many. Of images most pixels are 0 in every sample, and the
 * first ones always: the rows and columns that belong to inputs that tell something of every sample are shown first, in
 * every matrix the same, so that an entry stands beside those it was made from.
 */
import { matrixOf } from "./derive.ts";
import { shownIndices } from "./display.ts";
import { INPUTS } from "./notation.ts";
import { tellingIndices } from "./telling.ts";
import type { Axis, Derivation, Matrix } from "./types.ts";

/** Rows (0) or columns (1) in order, at most so many, with `undefined` for what is left out between. */
export type ShownPlaces = (
  matrix: Pick<Matrix, "shape" | "axes">,
  dimension: 0 | 1,
  most: number,
) => (number | undefined)[];

export function shownPlaces({ matrices }: Pick<Derivation, "matrices">): ShownPlaces {
  const x = matrixOf(matrices, "X");
  const samplesOf = livingSamples(x);
  const telling = tellingInputs(samplesOf);
  const all = new Set(samplesOf.flat());
  return ({ shape, axes }, dimension, most) => {
    const [count, axis] = [shape[dimension], axes[dimension]];
    const edges = shownIndices(count, most);
    const units = unitsPerInput(axis);
    if (units === undefined || count <= most || telling.length === 0) return edges;
    const inputOf = (index: number): number => Math.floor(index / units);
    const shownInputs = edges.flatMap((index) => (index === undefined ? [] : [inputOf(index)]));
    const isBlank = (index: number): boolean => samplesOf[inputOf(index)].length === 0;
    // The first ones are as good as any if they tell something of every sample.
    const met = new Set(shownInputs.flatMap((input) => samplesOf[input]));
    if (met.size === all.size && shownInputs.every((input) => samplesOf[input].length > 0)) return edges;
    return tellingIndices(
      count,
      most,
      telling.map((input) => input * units),
      isBlank,
    );
  };
}

/** How many places of an axis belong to one input; undefined where none do. */
function unitsPerInput(axis: Axis): number | undefined {
  if (axis === INPUTS) return 1;
  return axis.rows === INPUTS ? axis.columns : undefined;
}

/** Of every input, the samples in which it is not 0. */
function livingSamples({ shape: [rows, columns], values }: Matrix): number[][] {
  return Array.from({ length: columns }, (_, column) =>
    Array.from({ length: rows }, (__, row) => row).filter((row) => values[row * columns + column] !== 0),
  );
}

/**
 * Inputs of which at least one is not 0 in each sample that is not 0 altogether: again and again the one that is not 0 in
 * most of the samples that are left.
 */
function tellingInputs(samplesOf: readonly (readonly number[])[]): number[] {
  const left = new Set(samplesOf.flat());
  const found: number[] = [];
  while (left.size > 0) {
    let [best, gain] = [0, 0];
    for (const [input, samples] of samplesOf.entries()) {
      const own = samples.filter((sample) => left.has(sample)).length;
      if (own > gain) [best, gain] = [input, own];
    }
    found.push(best);
    for (const sample of samplesOf[best]) left.delete(sample);
  }
  return found;
}
