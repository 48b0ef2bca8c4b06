/** What the figures beside a plot say of each run. Pure. */
import type { Values } from "./curve-series.ts";

export interface Reading {
  /** Steps taken; null where the run has none in view. */
  step: number | null;
  train: number | null;
  /** As of the last epoch until then. */
  validation: number | null;
}

/**
 * With the pointer in the plot, every run is read at its step; otherwise each at the last of its own steps in view. Beyond
 * its end a run has no values.
 * @param series as `curveSeries` gives them
 * @param pointed place of the pointer; null where it is elsewhere
 * @param range first and last step in view; null for all
 */
export function readings(
  [steps, ...columns]: [number[], ...Values[]],
  pointed: number | null,
  range: readonly [number, number] | null,
): Reading[] {
  const isSeen = (step: number): boolean => range === null || (step >= range[0] && step <= range[1]);
  const place = pointed !== null && pointed < steps.length && isSeen(steps[pointed]) ? pointed : null;
  const runs = columns.flatMap((train, i) => (i % 2 === 0 ? [{ train, validation: columns[i + 1] }] : []));
  return runs.map(({ train, validation }) => {
    const end = Math.max(lastPlace(train), lastPlace(validation));
    if (place !== null && place > end) return { step: steps[place], train: null, validation: null };
    const at = place ?? steps.slice(0, end + 1).findLastIndex(isSeen);
    return { step: steps[at] ?? null, train: upTo(train, at), validation: upTo(validation, at) };
  });
}

function lastPlace(values: Values): number {
  return values.findLastIndex((value) => value !== null);
}

/** The newest value up to a place; null where there is none yet. */
function upTo(values: Values, place: number): number | null {
  for (let i = Math.min(place, values.length - 1); i >= 0; i--) if (values[i] !== null) return values[i];
  return null;
}
