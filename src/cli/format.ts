/** Numbers and tables as people read them on a terminal. */
export { byteSize, counted, duration, grouped, percent, threeDigits } from "../report/numbers.ts";

/** Columns aligned: figures to the right, words to the left. */
export function table(
  head: string[],
  rows: string[][],
  bold: (text: string) => string = (text) => text,
): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const isFigure = head.map((_, column) => rows.every((row) => /^([\d.-].*)?$/.test(row[column] ?? "")));
  const line = (row: string[]): string =>
    row
      .map((cell, column) => (isFigure[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd();
  return [bold(line(head)), ...rows.map(line)].join("\n");
}
