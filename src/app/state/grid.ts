/** Moving through the cells of a grid by keys, as the ARIA practices have it. Pure. */

/**
 * @param at row and column
 * @param whole with Ctrl, Home and End go to the first and last cell of all
 * @returns where the key leads; undefined for other keys
 */
export function moved(
  key: string,
  [row, column]: readonly [number, number],
  rows: number,
  columns: number,
  whole = false,
): readonly [number, number] | undefined {
  const within = (place: number, count: number): number => Math.max(0, Math.min(count - 1, place));
  switch (key) {
    case "ArrowUp":
      return [within(row - 1, rows), column];
    case "ArrowDown":
      return [within(row + 1, rows), column];
    case "ArrowLeft":
      return [row, within(column - 1, columns)];
    case "ArrowRight":
      return [row, within(column + 1, columns)];
    case "Home":
      return [whole ? 0 : row, 0];
    case "End":
      return [whole ? rows - 1 : row, columns - 1];
    default:
      return undefined;
  }
}
