/** Training steps as figures: ratios first, then the time of every contender on every workload, tables behind both. */
import type { AdapterSummary } from "../../core/engine.ts";
import { escapeHtml } from "../../report/html.ts";
import { percent, threeDigits } from "../../report/numbers.ts";
import { stepRatios } from "../ratios.ts";
import {
  workloadKey,
  type InputKind,
  type StepRatio,
  type StepRow,
  type StepSuiteResult,
  type WorkloadId,
} from "../result.ts";
import { barsSvg } from "./bars.ts";
import {
  byRank,
  INPUT_NAMES,
  milliseconds,
  onAdapter,
  range,
  ratioText,
  whoClass,
  whoName,
  workloadName,
  type Who,
} from "./names.ts";
import { ratioChartSvg } from "./ratio-chart.ts";
import { rowNotes, type RowNotes } from "./row-notes.ts";
import { figureTable } from "./table.ts";

const INPUT_TITLES: Record<InputKind, string> = {
  mnist: "On digits, four fifths of whose pixels are 0",
  dense: "On noise, which has no zeros to gain from",
};

/** What can be shown while rows are still coming in, too. */
export function stepFigures({ rows, adapter }: Pick<StepSuiteResult, "rows" | "adapter">): string {
  if (rows.length === 0) return "";
  const ratios = stepRatios(rows);
  return ratioSection(ratios, adapter) + timeSection(rows, adapter);
}

function ratioSection(ratios: readonly StepRatio[], adapter: AdapterSummary): string {
  if (ratios.length === 0) return "";
  const inputs = distinct(ratios.map(({ input }) => input));
  const charts = inputs.map((input) => {
    const ours = ratios.filter((ratio) => ratio.input === input);
    const lines = distinct(ours.map(workloadKey)).map((key) => {
      const same = ours.filter((ratio) => workloadKey(ratio) === key);
      return {
        name: workloadName(same[0]),
        points: same.map(({ against, ...ratio }) => ({ ...ratio, contender: against })),
      };
    });
    return ratioChartSvg({ title: INPUT_TITLES[input], note: onAdapter(adapter), lines });
  });
  return (
    "<h2>Backlit’s time over theirs</h2>" +
    '<p class="quiet">Each point is the time of a training step of Backlit on WebGPU over that of another contender: ' +
    "0.5 is half its time. The lines reach from the smallest to the largest ratio of a single round.</p>" +
    ratioCards(ratios.map((ratio) => ({ ...ratio, contender: ratio.against }))) +
    `<div class="charts">${charts.join("")}</div>` +
    ratioTable(ratios)
  );
}

/** One card for each contender: the range of ratios over everything that was measured. */
export function ratioCards(ratios: readonly (Who & { ratio: number })[]): string {
  const names = distinct([...ratios].sort(byRank).map(whoName));
  const cards = names.map((name) => {
    const values = ratios.filter((ratio) => whoName(ratio) === name).map(({ ratio }) => ratio);
    return `<li><b>${range(values, ratioText)}</b><span>of the time of ${escapeHtml(name)}</span></li>`;
  });
  return `<ul class="headline ratios">${cards.join("")}</ul>`;
}

function ratioTable(ratios: readonly StepRatio[]): string {
  const rows = ratios.map((ratio) => [
    workloadName(ratio),
    INPUT_NAMES[ratio.input],
    whoName({ contender: ratio.against, backend: ratio.backend }),
    ratio.ratio.toFixed(3),
    `${ratio.lowest.toFixed(3)} to ${ratio.highest.toFixed(3)}`,
  ]);
  const head = ["workload", "input", "Backlit’s time over that of", "ratio", "single rounds"];
  return behind("The ratios as figures", figureTable("Ratios", head, rows, [1, 2]));
}

function timeSection(rows: readonly StepRow[], adapter: AdapterSummary): string {
  const charts = distinct(rows.map(workloadKey)).map((key) => {
    const same = rows.filter((row) => workloadKey(row) === key).sort(byRank);
    return timeBars(same, adapter);
  });
  return (
    "<h2>Time of a training step</h2>" +
    '<p class="quiet">Medians over all rounds; the whisker reaches from the fastest to the slowest round.</p>' +
    `<div class="charts">${charts.join("")}</div>${rowTable(rows)}`
  );
}

function timeBars(rows: readonly StepRow[], adapter: AdapterSummary): string {
  return barsSvg({
    title: workloadTitle(rows[0]),
    note: onAdapter(adapter),
    bars: rows.map((row) => ({
      name: whoName(row),
      className: row.lossAgrees ? whoClass(row) : `${whoClass(row)} unranked`,
      value: row.msPerStep,
      text: milliseconds(row.msPerStep),
      least: Math.min(...row.rounds),
      most: Math.max(...row.rounds),
      remark: row.lossAgrees ? threads(row.notes) : "losses differ, not ranked",
    })),
  });
}

/** `one thread`, `8 threads`: what one has to know to read a wasm bar. */
function threads(notes: readonly string[]): string | undefined {
  return notes.find((note) => /^(one|\d+) threads?$/.test(note));
}

function workloadTitle(id: WorkloadId): string {
  return `${workloadName(id)}, ${INPUT_NAMES[id.input]}`;
}

export function rowTable(rows: readonly StepRow[]): string {
  const notes = rowNotes(rows);
  const cells = rows.map((row) => [
    workloadName(row),
    INPUT_NAMES[row.input],
    whoName(row),
    threeDigits(row.msPerStep),
    percent(row.spread, 1),
    row.stepsPerSecond.toFixed(1),
    row.gflops.toFixed(2),
    threeDigits(row.firstStepMs),
    row.lossAgrees ? "agree" : `differ by ${percent(row.lossWorst, 1)}`,
    notes.own(row),
  ]);
  const head = [
    "workload",
    "input",
    "contender",
    "ms per step",
    "spread",
    "steps per second",
    "GFLOP/s",
    "first step, ms",
    "losses",
    "notes",
  ];
  const note =
    '<p class="quiet">Spread: interquartile range of the rounds over their median. GFLOP/s counts the products of every ' +
    "layer in full, whether or not zeros are stepped over. The first step includes compiling and uploading.</p>";
  const figures = figureTable("Figures of every contender", head, cells, [1, 2, 8, 9]);
  return behind("All figures", figures + note + commonNotes(notes));
}

/** What is to be said of every row of a contender. */
export function commonNotes({ common }: RowNotes): string {
  return common.map(({ who, text }) => `<p class="quiet">${escapeHtml(`${who}: ${text}.`)}</p>`).join("");
}

/** A table behind a plot. */
export function behind(title: string, content: string): string {
  return `<details><summary>${escapeHtml(title)}</summary>${content}</details>`;
}

export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
