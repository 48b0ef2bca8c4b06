/** Tables of a report: the first column names the row, figures stand to the right. */
import { escapeHtml } from "../../report/html.ts";

/** @param text columns that hold words */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { text = [] }: { text?: readonly number[] } = {},
): string {
  const className = (column: number): string => (text.includes(column) ? ' class="text"' : "");
  const titles = head.map((title, i) => `<th scope="col"${className(i)}>${escapeHtml(title)}</th>`);
  const body = rows.map((row) => {
    const [name, ...cells] = row;
    const rest = cells.map((cell, i) => `<td${className(i + 1)}>${escapeHtml(cell)}</td>`);
    return `<tr><th scope="row">${escapeHtml(name)}</th>${rest.join("")}</tr>`;
  });
  return `<table class="figures"><thead><tr>${titles.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}
