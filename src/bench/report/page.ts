/** The sheet that a benchmark's report is written on. */
import { escapeHtml } from "../../report/html.ts";
import { REPORT_STYLE } from "../../report/style.ts";
import { BENCH_PARTS } from "./style.ts";

/** A whole page around sections; everything that it needs is in it. */
export function htmlDocument(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${REPORT_STYLE}${BENCH_PARTS}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
${content}
</main></body></html>
`;
}
