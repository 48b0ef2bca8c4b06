/** How matrices are written down for people: numbers short enough to read, and large matrices only at their edges. */

/**
 * A number with four decimals; exact whole numbers without any, so that a structural 0 or 1 is told from a small number;
 * what would vanish or sprawl, in powers of ten.
 */
export function figureText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value === 0 ? 0 : value);
  const size = Math.abs(value);
  return size < 5e-4 || size >= 1e4 ? value.toExponential(1) : value.toFixed(4);
}

/**
 * Which rows or columns are shown: all, or the first ones and the last with `undefined` for what is left out between.
 * @param most at least 3
 */
export function shownIndices(count: number, most: number): (number | undefined)[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return [...Array.from({ length: most - 2 }, (_, i) => i), undefined, count - 1];
}

/** Numbers as text, padded so that their decimal points stand under each other. */
export function alignedFigures(texts: readonly string[]): string[] {
  const tail = (text: string): number => {
    const point = text.search(/[.e]/);
    return point < 0 ? 0 : text.length - point;
  };
  const longest = Math.max(0, ...texts.map(tail));
  const padded = texts.map((text) => text + " ".repeat(longest - tail(text)));
  const width = Math.max(0, ...padded.map(({ length }) => length));
  return padded.map((text) => text.padStart(width));
}
