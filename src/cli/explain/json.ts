/**
 * The result of `backlit explain` as one JSON object. Entries of a matrix that are not finite become null, and so do all
 * values of one with more than a million: as text they would not fit into one string. Where the forms cannot be compared
 * there is no `maxDifference`, since a program may take null for 0; `notCompared` says why.
 */
import { networkToSpec } from "../../core/spec.ts";
import { formCosts } from "../../lens/derivation/cost.ts";
import type { Matrix } from "../../lens/derivation/types.ts";
import type { Explained } from "../../lens/walk/explained.ts";
import { comparison } from "../../lens/walk/words.ts";

const MOST_VALUES = 1_000_000;

const isNumber = Number.isFinite as (value: number | undefined) => value is number;

export function explainJson({ derivation, bill }: Explained): Record<string, unknown> {
  const { network, rows, learningRate, labelSmoothing, loss, maxDifference, differences, stages } =
    derivation;
  const { long, short } = formCosts(network, rows);
  return {
    network: networkToSpec(network),
    rows,
    learningRate,
    labelSmoothing,
    loss,
    ...(isNumber(maxDifference) ? { maxDifference } : { notCompared: comparison(derivation)[0] }),
    differences: differences.map(({ difference, ...pair }) =>
      isNumber(difference) ? { ...pair, difference } : pair,
    ),
    longFormBytes: long.bytes,
    shortFormBytes: short.bytes,
    longFormMultiplications: long.multiplications,
    shortFormMultiplications: short.multiplications,
    stages: stages.map(({ name, title, text, sections }) => ({
      name,
      title,
      text,
      sections: sections.map((section) => ({ ...section, matrices: section.matrices.map(matrixJson) })),
    })),
    bill,
  };
}

function matrixJson({ id, symbol, formula, shape, axes, meaning, operation, values }: Matrix): object {
  return {
    id,
    symbol,
    formula,
    shape,
    axes: axes.map(({ name }) => name),
    meaning,
    operation,
    values: values.length > MOST_VALUES ? null : [...values],
  };
}
