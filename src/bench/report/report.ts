/**
 * A benchmark's report: one HTML file that shows a result without anything else, in any browser, years later. The command
 * writes it, the page offers it for download, and shows its sections while rows come in.
 */
import { adapterName } from "../../gpu/device.ts";
import { escapeHtml } from "../../report/html.ts";
import { duration } from "../../report/numbers.ts";
import type {
  AccuracyResult,
  BenchResult,
  KernelsResult,
  MatmulResult,
  OverheadResult,
  StepSuiteResult,
} from "../result.ts";
import { accuracyFigures } from "./accuracy-figures.ts";
import { kernelFigures } from "./kernel-figures.ts";
import { overheadFigures } from "./overhead-figures.ts";
import { htmlDocument } from "./page.ts";
import { productFigures } from "./product-figures.ts";
import { crossoverFigures, scalingFigures } from "./sweep-figures.ts";
import { browserName, cautions, howMeasured, leftOut, whereItRan } from "./prose.ts";
import { suiteTitle } from "./names.ts";
import { stepFigures } from "./step-figures.ts";

export function benchReportHtml(result: BenchResult): string {
  const title = `${suiteTitle(result)} on ${adapterName(result.adapter)}`;
  return htmlDocument(
    title,
    `<p class="quiet">${escapeHtml(subtitle(result))}</p>${cautions(result)}${resultSections(result)}`,
  );
}

/** Everything below the title, in the order in which a sceptic reads. */
export function resultSections(result: BenchResult): string {
  const parts = [suiteFigures, leftOut, howMeasured, whereItRan, runAgain].map((part) => part(result));
  return parts.join("\n");
}

/** What plots need: also of rows that are not all there yet. */
export type Shown =
  | Pick<StepSuiteResult, "suite" | "rows" | "adapter" | "series" | "cells">
  | Pick<MatmulResult, "suite" | "rows" | "adapter">
  | (Pick<KernelsResult, "suite" | "adapter"> & Partial<Pick<KernelsResult, "profiles" | "rows">>)
  | Pick<AccuracyResult, "suite" | "rows" | "adapter">
  | Pick<OverheadResult, "suite" | "rows" | "adapter">;

export function suiteFigures(shown: Shown): string {
  switch (shown.suite) {
    case "matmul":
      return productFigures(shown);
    case "kernels":
      return kernelFigures(shown);
    case "accuracy":
      return accuracyFigures(shown);
    case "overhead":
      return overheadFigures(shown);
    case "scaling":
      return shown.series === undefined ? stepFigures(shown) : scalingFigures(shown);
    case "crossover":
      return shown.cells === undefined ? stepFigures(shown) : crossoverFigures(shown);
    default:
      return stepFigures(shown);
  }
}

function subtitle({ environment, seconds }: BenchResult): string {
  const { versions, userAgent, runtime, node, date } = environment;
  const where =
    runtime === "node" ? `Node ${node ?? ""}` : userAgent === undefined ? runtime : browserName(userAgent);
  return [
    `Backlit ${versions["backlit"] ?? ""}`.trim(),
    where,
    date.slice(0, 10),
    `took ${duration(seconds)}`,
  ].join(", ");
}

function runAgain({ command }: BenchResult): string {
  if (command === "") return "";
  return `<h2>Run it again</h2><pre><code>${escapeHtml(command)}</code></pre>`;
}
