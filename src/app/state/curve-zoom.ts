/** Which steps of a curve are in view, changed by keys. Pure. */

type Range = [first: number, last: number];

/** Fewer steps than this are not looked at alone. */
const LEAST = 2;

/**
 * `+` and `-` halve and double the steps in view around their middle, arrows move by a quarter of them, Home and End to
 * either end, `0` shows all.
 * @param range in view; null for all
 * @param last step of all
 * @returns the next range; undefined for keys that do nothing here
 */
export function zoomedByKey(
  key: string,
  range: Readonly<Range> | null,
  last: number,
): Range | null | undefined {
  const [from, to] = range ?? [0, last];
  const width = to - from;
  const middle = (from + to) / 2;
  switch (key) {
    case "+":
    case "=":
      return within(middle, Math.max(Math.min(LEAST, last), width / 2), last);
    case "-":
    case "_":
      return within(middle, width * 2, last);
    case "0":
      return null;
  }
  if (range === null) return undefined;
  switch (key) {
    case "ArrowLeft":
      return within(middle - width / 4, width, last);
    case "ArrowRight":
      return within(middle + width / 4, width, last);
    case "Home":
      return within(0, width, last);
    case "End":
      return within(last, width, last);
    default:
      return undefined;
  }
}

/** So many steps around a middle, moved to where there are steps; all where there are no more. */
function within(middle: number, width: number, last: number): Range | null {
  if (width >= last) return null;
  const first = Math.max(0, Math.min(last - width, middle - width / 2));
  return [first, first + width];
}
