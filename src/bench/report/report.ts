/**
 * A benchmark's report: one HTML file that shows a result without anything else, in any browser, years later. The command
 * writes it, the page offers it for download, and shows its sections while rows come in.
 */
import type { AdapterSummary } from "../../core/engine.ts";
import { adapterName } from "../../gpu/device.ts";
import { escapeHtml } from "../../report/html.ts";
import { duration } from "../../report/numbers.ts";
import { REPORT_STYLE } from "../../report/style.ts";
import type { BenchResult, StepRow } from "../result.ts";
import { browserName, cautions, howMeasured, leftOut, whereItRan } from "./prose.ts";
import { suiteTitle } from "./names.ts";
import { stepFigures } from "./step-figures.ts";
import { BENCH_PARTS } from "./style.ts";

export function benchReportHtml(result: BenchResult): string {
  const title = `${suiteTitle(result)} on ${adapterName(result.adapter)}`;
  return htmlDocument(
    title,
    `<p class="quiet">${escapeHtml(subtitle(result))}</p>${cautions(result)}${resultSections(result)}`,
  );
}

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

/** Everything below the title, in the order in which a sceptic reads. */
export function resultSections(result: BenchResult): string {
  return [
    suiteFigures(result.rows, result.adapter),
    leftOut(result),
    howMeasured(result),
    whereItRan(result),
    runAgain(result),
  ].join("\n");
}

/** The plots, also of rows that are not all there yet. */
export function suiteFigures(rows: readonly StepRow[], adapter: AdapterSummary): string {
  return stepFigures(rows, adapter);
}

function subtitle({ environment, seconds }: BenchResult): string {
  const { backlit, userAgent, runtime, node, date } = environment;
  const where =
    runtime === "node" ? `Node ${node ?? ""}` : userAgent === undefined ? runtime : browserName(userAgent);
  return [`Backlit ${backlit ?? ""}`.trim(), where, date.slice(0, 10), `took ${duration(seconds)}`].join(
    ", ",
  );
}

function runAgain({ command }: BenchResult): string {
  if (command === "") return "";
  return `<h2>Run it again</h2><pre><code>${escapeHtml(command)}</code></pre>`;
}
