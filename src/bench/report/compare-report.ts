/** The comparison of two results as a report: ratios first, then both times, then what else differs. */
import { adapterName } from "../../gpu/device.ts";
import { escapeHtml } from "../../report/html.ts";
import { threeDigits } from "../../report/numbers.ts";
import {
  byContender,
  comparedSuites,
  comparisonCautions,
  type ComparedSide,
  type Comparison,
} from "../compare.ts";
import { barsSvg } from "./bars.ts";
import { onAdapter, ratioText, whoClass, whoName } from "./names.ts";
import { htmlDocument } from "./page.ts";
import { behind, distinct } from "./step-figures.ts";
import { figureTable } from "./table.ts";

export function comparisonHtml(comparison: Comparison): string {
  const { a, b, rows, differences } = comparison;
  const title = `${b.name} over ${a.name}`;
  const charts = distinct(rows.map(({ what }) => what)).map((what) => chart(comparison, what));
  return htmlDocument(
    `${title}: ${comparedSuites(comparison)}, ${onAdapter(a.adapter)}${comparison.adaptersDiffer ? ` and ${adapterName(b.adapter)}` : ""}`,
    [
      `<p>A is ${escapeHtml(sideText(a))}. B is ${escapeHtml(sideText(b))}.</p>`,
      ...comparisonCautions(comparison).map((text) => `<p class="caution">${escapeHtml(text)}</p>`),
      "<h2>B over A</h2>",
      rows.length === 0
        ? "<p>Nothing was measured in both.</p>"
        : '<p class="quiet">Below 1, B is faster. A range is from the fastest round of B over the slowest of A to the other way round; where 1 lies in it, the rounds do not tell the two apart.</p>' +
          `<div class="compared">${figureTable("Ratios", COMPARED_COLUMNS, rows.map(comparisonCells), [1])}</div>`,
      charts.length === 0 ? "" : `<h2>Times</h2><div class="charts">${charts.join("")}</div>`,
      alone(comparison),
      "<h2>What else differs</h2>",
      differences.length === 0
        ? "<p>Nothing that the results name.</p>"
        : `<div class="words">${figureTable(
            "Differences",
            ["what", "A", "B"],
            differences.map((each) => [each.what, each.a, each.b]),
            [1, 2],
          )}</div>`,
      runAgain(comparison),
    ].join("\n"),
  );
}

/** Results of a page have no command. */
function runAgain({ a, b }: Comparison): string {
  const commands = distinct([a.command, b.command]).filter((command) => command !== "");
  if (commands.length === 0) return "";
  return `<h2>Run them again</h2><pre><code>${commands.map(escapeHtml).join("\n")}</code></pre>`;
}

function sideText({ name, adapter, environment }: ComparedSide): string {
  const { runtime, date, versions } = environment;
  const parts = [`Backlit ${versions["backlit"] ?? ""}`.trim(), runtime, date.slice(0, 10)];
  return `${name}: ${adapterName(adapter)}, ${parts.join(", ")}`;
}

/** Ratios first: where there is little room, the rest is scrolled to. */
export const COMPARED_COLUMNS = ["measured", "contender", "B over A", "rounds", "A", "B"];

/** One compared row as the cells of a table, the same in the report and on a terminal. */
export function comparisonCells(row: Comparison["rows"][number]): string[] {
  const { what, a, b, unit, ratio, lowest, highest, unranked } = row;
  const range =
    lowest === undefined || highest === undefined ? "" : `${lowest.toFixed(2)} to ${highest.toFixed(2)}`;
  return [
    what,
    unranked ? `${whoName(row)}, not ranked` : whoName(row),
    ratio.toFixed(3),
    range,
    `${threeDigits(a)} ${unit}`,
    `${threeDigits(b)} ${unit}`,
  ];
}

function chart({ a, b, rows }: Comparison, what: string): string {
  const bars = rows
    .filter((row) => row.what === what)
    .flatMap((row) =>
      (["a", "b"] as const).map((side) => ({
        name: `${side.toUpperCase()}  ${whoName(row)}`,
        className: whoClass(row),
        value: row[side],
        text: `${threeDigits(row[side])} ${row.unit}`,
        remark: side === "b" ? `${ratioText(row.ratio)} of A` : undefined,
      })),
    );
  const where = [...new Set([onAdapter(a.adapter), onAdapter(b.adapter)])];
  return barsSvg({ title: what, note: where.length === 1 ? where[0] : `A ${where[0]}; B ${where[1]}`, bars });
}

function alone({ onlyA, onlyB }: Comparison): string {
  const list = (title: string, rows: Comparison["onlyA"]): string =>
    rows.length === 0
      ? ""
      : behind(
          `${title}: ${rows.length}`,
          `<ul class="left-out">${byContender(rows)
            .map((group) => `<li><b>${whoName(group)}</b>: ${escapeHtml(group.what.join("; "))}</li>`)
            .join("")}</ul>`,
        );
  return list("Measured in A alone", onlyA) + list("Measured in B alone", onlyB);
}
