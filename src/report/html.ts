/** Small pieces of HTML. */

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A table of names and values. */
export function definitions(rows: [name: string, value: string][]): string {
  const body = rows.map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table class="facts"><tbody>${body.join("")}</tbody></table>`;
}

/** What is wider than the screen scrolls by itself, by keys too. */
export function scroller(label: string, table: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`;
}
