/** What a dispatch and a submit cost by themselves. */
import { logChartSvg } from "../../report/log-chart.ts";
import { grouped, percent, threeDigits } from "../../report/numbers.ts";
import type { OverheadResult } from "../result.ts";
import { onAdapter } from "./names.ts";
import { figureTable } from "./table.ts";

export function overheadFigures({ rows, adapter }: Pick<OverheadResult, "rows" | "adapter">): string {
  if (rows.length === 0) return "";
  const line = (name: string, className: string, pick: "usPerSubmit" | "usPerDispatch") => ({
    name,
    className,
    draw: "both" as const,
    points: rows.map((row) => ({ x: row.dispatches, y: row[pick] })),
  });
  const chart = logChartSvg({
    title: "Dispatches that do nothing",
    note: onAdapter(adapter),
    xLabel: "dispatches in a submit",
    yLabel: "µs",
    xTicks: rows.map(({ dispatches }) => dispatches),
    xFormat: grouped,
    yFormat: threeDigits,
    series: [
      line("a submit", "tfjs webgpu", "usPerSubmit"),
      line("each dispatch in it", "backlit webgpu", "usPerDispatch"),
    ],
  });
  const table = figureTable(
    "Figures",
    ["dispatches in a submit", "µs per submit", "µs per dispatch", "spread"],
    rows.map((row) => [
      grouped(row.dispatches),
      threeDigits(row.usPerSubmit),
      threeDigits(row.usPerDispatch),
      percent(row.spread, 1),
    ]),
  );
  return `<h2>What a dispatch costs</h2><div class="charts">${chart}<div>${table}</div></div>`;
}
