/** Training steps over a range of sizes: lines for `scaling`, maps for `crossover`. */
import { logChartSvg } from "../../report/log-chart.ts";
import { grouped, threeDigits } from "../../report/numbers.ts";
import {
  workloadKey,
  type CrossoverCell,
  type Series,
  type StepRow,
  type StepSuiteResult,
} from "../result.ts";
import { heatMapSvg } from "./heat-map.ts";
import { byRank, onAdapter, ratioText, whoClass, whoName, workloadName } from "./names.ts";
import { behind, distinct, rowTable } from "./step-figures.ts";
import { figureTable } from "./table.ts";

type Scaling = Pick<StepSuiteResult, "rows" | "adapter" | "series">;
type Crossover = Pick<StepSuiteResult, "rows" | "adapter" | "cells">;

const SIZES: Record<Series["name"], string> = {
  batch: "rows in a batch",
  width: "units in the hidden layer",
  depth: "hidden layers",
  trainRows: "training rows",
};

export function scalingFigures({ rows, adapter, series = [] }: Scaling): string {
  const charts = series.map(({ name, points }) => {
    const at = new Map(points.map(({ size, workload }) => [workload, size]));
    const measured = rows.filter((row) => row.lossAgrees && at.has(workloadKey(row)));
    const everyone = distinct([...measured].sort(byRank).map(whoName));
    const first = measured[0];
    return logChartSvg({
      title: `Time of a step over ${SIZES[name]}`,
      note: `${first === undefined ? "" : `${fixed(name, first)}, `}${onAdapter(adapter)}`,
      xLabel: SIZES[name],
      yLabel: "ms",
      xTicks: points.map(({ size }) => size),
      xFormat: grouped,
      yFormat: threeDigits,
      series: everyone.map((who) => {
        const own = measured.filter((row) => whoName(row) === who);
        return {
          name: who,
          className: whoClass(own[0]),
          draw: "both" as const,
          points: own
            .map((row) => ({
              x: at.get(workloadKey(row))!,
              y: row.msPerStep,
              title: `${who}, ${workloadName(row)}: ${threeDigits(row.msPerStep)} ms`,
            }))
            .sort((a, b) => a.x - b.x),
        };
      }),
    });
  });
  return (
    "<h2>How the time of a step grows</h2>" +
    '<p class="quiet">Both axes are logarithmic: a straight line is a power of the size. Contenders whose losses differ are left out.</p>' +
    `<div class="charts">${charts.join("")}</div>${rowTable(rows)}`
  );
}

/** What a series keeps as it is. */
function fixed(name: Series["name"], row: StepRow): string {
  return name === "batch"
    ? `${row.network}, ${row.optimizer}`
    : name === "trainRows"
      ? workloadName(row)
      : `batch ${row.batch}, ${row.optimizer}`;
}

export function crossoverFigures({ rows, adapter, cells = [] }: Crossover): string {
  const map = (title: string, pick: "overPlainLoop" | "overWasm"): string =>
    heatMapSvg({
      title,
      note: onAdapter(adapter),
      columnLabel: "hidden units",
      rowLabel: "batch",
      cells: cells.flatMap(({ hidden, batch, [pick]: ratio }) =>
        ratio === null ? [] : [{ column: hidden, row: batch, ratio }],
      ),
    });
  return (
    "<h2>Backlit on the GPU over the CPU</h2>" +
    `<p class="quiet">The time of a training step of Backlit on WebGPU over that of a program on the CPU${adapter.software ? "; here the adapter is one, too" : ""}.</p>` +
    `<div class="charts">${map("Over Backlit’s plain loop", "overPlainLoop")}${map("Over the fastest wasm peer", "overWasm")}</div>` +
    behind("The ratios as figures", cellTable(cells)) +
    rowTable(rows)
  );
}

/** Without a column for what was not measured. */
function cellTable(cells: readonly CrossoverCell[]): string {
  const over = [
    ["over the plain loop", "overPlainLoop"],
    ["over the fastest wasm peer", "overWasm"],
  ] as const;
  const measured = over.filter(([, pick]) => cells.some(({ [pick]: ratio }) => ratio !== null));
  return figureTable(
    "Ratios",
    ["hidden units", "batch", ...measured.map(([title]) => title)],
    cells.map((cell) => [
      grouped(cell.hidden),
      grouped(cell.batch),
      ...measured.map(([, pick]) => (cell[pick] === null ? "" : ratioText(cell[pick]))),
    ]),
  );
}
