/** Tables of a report: the first column names the row, figures stand to the right. */
import { escapeHtml, scroller } from "../../report/html.ts";

/**
 * A table that scrolls by itself where it is wider than the screen.
 * @param label names it for those who cannot see it
 * @param text columns that hold words
 */
export function figureTable(
  label: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  text: readonly number[] = [],
): string {
  const className = (column: number): string => (text.includes(column) ? ' class="text"' : "");
  const titles = head.map((title, i) => `<th scope="col"${className(i)}>${escapeHtml(title)}</th>`);
  const body = rows.map((row) => {
    const [name, ...cells] = row;
    const rest = cells.map((cell, i) => `<td${className(i + 1)}>${escapeHtml(cell)}</td>`);
    return `<tr><th scope="row">${escapeHtml(name)}</th>${rest.join("")}</tr>`;
  });
  return scroller(
    escapeHtml(label),
    `<table><thead><tr>${titles.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`,
  );
}
