/** How long training takes until so many test images are read rightly. */
import { escapeHtml } from "../../report/html.ts";
import { duration, grouped, percent } from "../../report/numbers.ts";
import { accuracyRatios } from "../accuracy-suite.ts";
import type { AccuracyResult, AccuracyRow } from "../result.ts";
import { barsSvg } from "./bars.ts";
import { byRank, milliseconds, onAdapter, whoClass, whoName, workloadName } from "./names.ts";
import { behind, distinct, ratioCards } from "./step-figures.ts";
import { figureTable } from "./table.ts";

export function accuracyFigures({ rows, adapter }: Pick<AccuracyResult, "rows" | "adapter">): string {
  if (rows.length === 0) return "";
  const ratios = accuracyRatios(rows).map((ratio) => ({ ...ratio, contender: ratio.against }));
  const targets = distinct(rows.flatMap(({ reached }) => reached.map(({ accuracy }) => accuracy)));
  const charts = targets.map((target) => {
    const bars = [...rows].sort(byRank).flatMap((row) => barUntil(row, target));
    const title = `Until ${percent(target, 0)} of the test images are read rightly`;
    return bars.length === 0 ? "" : barsSvg({ title, note: onAdapter(adapter), bars });
  });
  return (
    (ratios.length === 0
      ? ""
      : `<h2>Backlit’s time over theirs</h2>${ratioCards(ratios)}` +
        '<p class="quiet">Over the accuracies that both have reached.</p>') +
    `<h2>Time to an accuracy</h2><p class="quiet">${escapeHtml(workloadName(rows[0]))}. Seconds of training from creation on, compiling ` +
    "included; reading the test images is not counted.</p>" +
    `<div class="charts">${charts.join("")}</div>${table(rows, targets)}`
  );
}

function barUntil(row: AccuracyRow, target: number) {
  const found = row.reached.find(({ accuracy }) => accuracy === target);
  if (found === undefined || found.seconds === null) return [];
  const { seconds, steps } = found;
  return [
    {
      name: whoName(row),
      className: whoClass(row),
      value: seconds,
      text: `${duration(seconds)}, step ${grouped(steps ?? 0)}`,
    },
  ];
}

function table(rows: readonly AccuracyRow[], targets: readonly number[]): string {
  const cells = rows.map((row) => [
    whoName(row),
    ...targets.map((target) => {
      const seconds = row.reached.find(({ accuracy }) => accuracy === target)?.seconds ?? null;
      return seconds === null ? "not reached" : duration(seconds);
    }),
    percent(row.accuracy),
    grouped(row.steps),
    duration(row.seconds),
    milliseconds(row.firstStepMs),
  ]);
  const until = targets.map((target) => percent(target, 0));
  const head = ["contender", ...until, "at the end", "steps", "trained for", "first step"];
  return behind("All figures", figureTable("Figures of every contender", head, cells));
}
