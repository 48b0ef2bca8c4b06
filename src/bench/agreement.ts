/** Whether two programs train the same thing: their losses, step by step. */

export interface Agreement {
  agrees: boolean;
  /** Worst relative difference; infinite where a loss is not finite, or one is missing. */
  worst: number;
  /** Steps compared. */
  steps: number;
}

/** @param tolerance largest |loss - reference| / |reference|, at every step */
export function compareLosses(
  losses: readonly number[],
  reference: readonly number[],
  tolerance: number,
): Agreement {
  const differences = reference.map((expected, step) => {
    const loss = losses[step] ?? Number.NaN;
    // Smaller losses than this are equal for all that rounding lets one say.
    const scale = Math.max(Math.abs(expected), 1e-6);
    const difference = Math.abs(loss - expected) / scale;
    return Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY;
  });
  const worst = Math.max(0, ...differences);
  return { agrees: reference.length > 0 && worst <= tolerance, worst, steps: reference.length };
}
