/**
 * The result of `backlit explain` as one JSON object. Numbers that are not finite become null, and so do the values of a
 * matrix of more than a million entries: as text they would not fit into one string.
 */
import { networkToSpec } from "../../core/spec.ts";
import { formCosts } from "../../lens/derivation/cost.ts";
import type { Matrix } from "../../lens/derivation/types.ts";
import type { Explained } from "../../lens/walk/explained.ts";

const MOST_VALUES = 1_000_000;

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
    maxDifference: maxDifference ?? null,
    differences,
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
