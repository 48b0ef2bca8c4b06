/** Matrix products by themselves: ratios, then times and GFLOP/s. */
import { percent, threeDigits } from "../../report/numbers.ts";
import { matmulRatios, productText } from "../matmul-suite.ts";
import type { MatmulResult, MatmulRow } from "../result.ts";
import { barsSvg } from "./bars.ts";
import { byRank, milliseconds, onAdapter, whoClass, whoName } from "./names.ts";
import { ratioChartSvg } from "./ratio-chart.ts";
import { rowNotes } from "./row-notes.ts";
import { behind, commonNotes, distinct, ratioCards } from "./step-figures.ts";
import { figureTable } from "./table.ts";

export function productFigures({ rows, adapter }: Pick<MatmulResult, "rows" | "adapter">): string {
  if (rows.length === 0) return "";
  const note = onAdapter(adapter);
  const ratios = matmulRatios(rows).map((ratio) => ({ ...ratio, contender: ratio.against }));
  const lines = distinct(ratios.map(productText)).map((name) => ({
    name,
    points: ratios.filter((ratio) => productText(ratio) === name),
  }));
  const bars = distinct(rows.map(productText)).map((name) => {
    const same = rows.filter((row) => productText(row) === name).sort(byRank);
    return barsSvg({ title: name, note, bars: same.map(bar) });
  });
  const chart = ratioChartSvg({ title: "Ratios of each product", note, lines });
  return (
    (ratios.length === 0
      ? ""
      : `<h2>Backlit’s time over theirs</h2>${ratioCards(ratios)}<div class="charts">${chart}</div>`) +
    '<h2>Time of a product</h2><p class="quiet">X is [rows, inputs], W is [inputs, units], dZ is [rows, units].</p>' +
    `<div class="charts">${bars.join("")}</div>${table(rows)}`
  );
}

function bar(row: MatmulRow) {
  return {
    name: whoName(row),
    className: row.agrees ? whoClass(row) : `${whoClass(row)} unranked`,
    value: row.ms,
    text: `${milliseconds(row.ms)}, ${threeDigits(row.gflops)} GFLOP/s`,
    least: Math.min(...row.rounds),
    most: Math.max(...row.rounds),
    remark: row.agrees ? undefined : "wrong, not ranked",
  };
}

function table(rows: readonly MatmulRow[]): string {
  const notes = rowNotes(rows);
  const cells = rows.map((row) => [
    productText(row),
    whoName(row),
    threeDigits(row.ms),
    percent(row.spread, 1),
    threeDigits(row.gflops),
    row.agrees ? "agrees" : "differs",
    notes.own(row),
  ]);
  const head = ["product", "contender", "ms", "spread", "GFLOP/s", "sum", "notes"];
  return behind(
    "All figures",
    figureTable("Figures of every product", head, cells, [1, 5, 6]) + commonNotes(notes),
  );
}
