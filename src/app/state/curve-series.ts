/** Curves of several runs over one axis of steps, as a plot takes them. Pure. */
import type { CurveData, CurveName } from "./curves.ts";

export interface SeriesOptions {
  /** Weight of what came before, 0 to below 1: an exponential moving average, corrected for its start. */
  smoothing: number;
  /** On a logarithmic scale, what is not above 0 has no place. */
  log: boolean;
}

export type Values = (number | null)[];

/**
 * @returns the steps of all curves in rising order; then for each curve its training and its validation values, `null` where
 *   it has none. Only training values are smoothed: there are few of the others, and each is one measurement.
 */
export function curveSeries(
  name: CurveName,
  curves: readonly CurveData[],
  { smoothing, log }: SeriesOptions,
): [number[], ...Values[]] {
  const parts = curves.flatMap(({ train, validation }) => [
    { steps: train.steps, values: smooth(train[name], smoothing) },
    { steps: validation.steps, values: validation[name] },
  ]);
  const steps = [...new Set(parts.flatMap((part) => part.steps))].sort((a, b) => a - b);
  const places = new Map(steps.map((step, place) => [step, place]));
  const columns = parts.map((part): Values => {
    const column: Values = Array.from({ length: steps.length }, () => null);
    part.steps.forEach((step, i) => {
      const value = part.values[i];
      if (!log || value > 0) column[places.get(step)!] = value;
    });
    return column;
  });
  return [steps, ...columns];
}

/** As TensorBoard smooths: every value is a mean of all up to it, whose weights fall by the given factor. */
export function smooth(values: readonly number[], weight: number): readonly number[] {
  if (weight === 0) return values;
  let mean = 0;
  let total = 0;
  return values.map((value) => {
    mean = weight * mean + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return mean / total;
  });
}
