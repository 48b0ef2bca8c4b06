/** Which places of a long row or column are shown where the first ones would not tell much. */

/**
 * These places and what follows them, as many as there is room for, in order; then the first others that are not blank.
 * `undefined` stands for what is left out between, and takes a place, too.
 * @param from at least one, in order of importance
 * @param isBlank never shown
 */
export function tellingIndices(
  count: number,
  most: number,
  from: readonly number[],
  isBlank: (index: number) => boolean,
): (number | undefined)[] {
  const chosen = new Set<number>();
  const add = (index: number): boolean => {
    if (index >= count || chosen.has(index) || isBlank(index)) return false;
    chosen.add(index);
    if (withGaps(chosen, count).length <= most) return true;
    chosen.delete(index);
    return false;
  };
  const ends = from.filter(add);
  // All of them grow evenly.
  for (let grown = true; grown;) {
    grown = false;
    ends.forEach((end, i) => {
      if (!add(end + 1)) return;
      ends[i]++;
      grown = true;
    });
  }
  for (let index = 0, missed = 0; index < count && missed === 0; index++) {
    if (!chosen.has(index) && !isBlank(index) && !add(index)) missed++;
  }
  return withGaps(chosen, count);
}

function withGaps(chosen: ReadonlySet<number>, count: number): (number | undefined)[] {
  const shown: (number | undefined)[] = [];
  let last = -1;
  for (const index of [...chosen].sort((a, b) => a - b)) {
    shown.push(...(index === last + 1 ? [index] : [undefined, index]));
    last = index;
  }
  return last < count - 1 ? [...shown, undefined] : shown;
}
