/** A benchmark's result on a terminal: ratios first, then the figures behind them, then how they came about. */
import { BACKEND_NAMES, CONTENDER_NAMES } from "../bench/report/names.ts";
import { rowNotes, type RowNotes } from "../bench/report/row-notes.ts";
import type {
  AccuracyRatio,
  AccuracyRow,
  BackendName,
  BenchResult,
  ContenderName,
  CrossoverCell,
  KernelRow,
  MatmulRatio,
  MatmulRow,
  OverheadRow,
  Skipped,
  StepRatio,
  StepRow,
  WorkloadId,
} from "../bench/result.ts";
import type { ProfileReport } from "../core/profile.ts";
import { adapterName } from "../gpu/device.ts";
import { counted, duration, grouped, percent, table } from "./format.ts";

type Bold = (text: string) => string;

const WORKLOAD = ["network", "batch", "optimizer", "input"];
const RATIO = ["our time", "over theirs (below 1: faster)", "rounds"];

/** The name of the adapter is in the title. */
export function benchText(result: BenchResult, bold: Bold): string {
  const { adapter, skipped, datasets, environment, suite, notes, interrupted } = result;
  const title = `${suite} on ${adapterName(adapter)}, ${environment.runtime}`;
  const small = [
    ...datasets.map(({ input, description }) => `${input}: ${description}`),
    ...notes,
    ...skipped.map((each) => `skipped: ${skippedName(each)}: ${each.reason}`),
    howText(result),
  ];
  return [
    bold(title),
    ...(interrupted ? ["Interrupted: this is what was measured until then."] : []),
    ...tables(result, bold).filter((text) => text !== ""),
    small.join("\n"),
  ].join("\n\n");
}

function tables(result: BenchResult, bold: Bold): string[] {
  switch (result.suite) {
    case "overhead":
      return [overheadTable(result.rows, bold)];
    case "accuracy":
      return [accuracyRatioTable(result.ratios, bold), accuracyTable(result.rows, bold)];
    case "kernels":
      return [kernelTable(result.rows, bold), ...result.profiles.slice(0, 1).map(roofText)];
    case "matmul":
      return [matmulRatioTable(result.ratios, bold), matmulTable(result.rows, bold)];
    default:
      return [
        result.cells === undefined ? ratioTable(result.ratios, bold) : crossoverTable(result.cells, bold),
        stepTable(result.rows, bold),
      ];
  }
}

function howText({ suite, protocol, seconds }: BenchResult): string {
  const { quick, lossSteps, rounds } = protocol;
  if (suite === "kernels") {
    return `Each dispatch by itself, many times in a row, median of five batches; FLOP as if no zero were stepped over, bytes that must move at least. ${duration(seconds)} in all.`;
  }
  const parts = [
    ...(quick ? ["A quick look, not a measurement to quote."] : []),
    ...(suite === "accuracy"
      ? ["Seconds of training from creation on; reading the test images is not counted."]
      : [
          ...(suite === "overhead" || suite === "matmul" ? [] : [`Losses compared over ${lossSteps} steps.`]),
          `At least ${counted(rounds, "round")} and ${protocol.seconds} s for each; medians, spread is the interquartile range over the median.`,
        ]),
    `${duration(seconds)} in all.`,
  ];
  return parts.join(" ");
}

function tableOf(head: string[], rows: string[][], bold: Bold): string {
  return rows.length === 0 ? "" : table(head, rows, bold);
}

function name(contender: ContenderName, backend: BackendName): string {
  return `${CONTENDER_NAMES[contender]} ${BACKEND_NAMES[backend]}`;
}

function workloadCells({ network, batch, optimizer, input }: WorkloadId): string[] {
  return [network, String(batch), optimizer, input];
}

function ratioCells({ against, backend, ratio, lowest, highest }: StepRatio | MatmulRatio): string[] {
  const range = `${lowest.toFixed(3)} to ${highest.toFixed(3)}`;
  return [ratio.toFixed(3), `of ${name(against, backend)}`, range];
}

function ratioTable(ratios: readonly StepRatio[], bold: Bold): string {
  const rows = ratios.map((ratio) => [...workloadCells(ratio), ...ratioCells(ratio)]);
  return tableOf([...WORKLOAD, ...RATIO], rows, bold);
}

/** Words below a table: what is to be said of every row of a contender is said once. */
function noteLines(notes: RowNotes): string {
  return notes.common.map(({ who, text }) => `${who}: ${text}.`).join("\n");
}

/** Without the columns that are empty in every row. */
function withoutEmpty(head: string[], rows: string[][]): [head: string[], rows: string[][]] {
  const filled = head.map((_, column) => rows.some((row) => row[column] !== ""));
  const pick = (cells: string[]): string[] => cells.filter((_, column) => filled[column]);
  return [pick(head), rows.map(pick)];
}

function stepTable(rows: readonly StepRow[], bold: Bold): string {
  const notes = rowNotes(rows);
  const cells = rows.map((row) => [
    ...workloadCells(row),
    grouped(row.trainRows),
    name(row.contender, row.backend),
    figure(row.msPerStep),
    percent(row.spread, 1),
    row.gflops.toFixed(2),
    figure(row.firstStepMs),
    row.lossAgrees ? "agree" : `DIFFER by ${percent(row.lossWorst, 1)}: not ranked`,
    notes.own(row),
  ]);
  const figures = ["ms/step", "spread", "GFLOP/s", "first step, ms", "losses", "notes"];
  return tableAndNotes([...WORKLOAD, "rows", "contender", ...figures], cells, notes, bold);
}

function tableAndNotes(head: string[], rows: string[][], notes: RowNotes, bold: Bold): string {
  return [tableOf(...withoutEmpty(head, rows), bold), noteLines(notes)]
    .filter((text) => text !== "")
    .join("\n");
}

function crossoverTable(cells: readonly CrossoverCell[], bold: Bold): string {
  const text = (ratio: number | null): string => (ratio === null ? "" : ratio.toFixed(3));
  const rows = cells.map(({ hidden, batch, overPlainLoop, overWasm }) => [
    String(hidden),
    String(batch),
    text(overPlainLoop),
    text(overWasm),
  ]);
  if (rows.length === 0) return "";
  const head = ["hidden", "batch", "over plain loop", "over best wasm"];
  return [tableOf(...withoutEmpty(head, rows), bold), "Below 1, Backlit on WebGPU is faster."].join("\n");
}

function overheadTable(rows: readonly OverheadRow[], bold: Bold): string {
  const cells = rows.map(({ dispatches, usPerSubmit, usPerDispatch, spread }) => [
    grouped(dispatches),
    figure(usPerSubmit),
    figure(usPerDispatch),
    percent(spread, 1),
  ]);
  return tableOf(["dispatches a submit", "µs/submit", "µs/dispatch", "spread"], cells, bold);
}

function accuracyRatioTable(ratios: readonly AccuracyRatio[], bold: Bold): string {
  const rows = ratios.map(({ accuracy, ratio, against, backend }) => [
    percent(accuracy, 0),
    ratio.toFixed(3),
    `of ${name(against, backend)}`,
  ]);
  return tableOf(["until", ...RATIO.slice(0, 2)], rows, bold);
}

function accuracyTable(rows: readonly AccuracyRow[], bold: Bold): string {
  const targets = rows[0]?.reached.map(({ accuracy }) => accuracy) ?? [];
  const cells = rows.map((row) => [
    ...workloadCells(row),
    name(row.contender, row.backend),
    ...row.reached.map(({ seconds, steps }) =>
      seconds === null ? "not reached" : `${duration(seconds)}, step ${grouped(steps ?? 0)}`,
    ),
    percent(row.accuracy),
    duration(row.seconds),
    figure(row.firstStepMs),
  ]);
  const head = [
    ...targets.map((target) => percent(target, 0)),
    "at the end",
    "trained for",
    "first step, ms",
  ];
  return tableOf([...WORKLOAD, "contender", ...head], cells, bold);
}

const PRODUCT = ["product", "rows", "inputs", "units"];

function productCells({ product, rows, inputs, units }: MatmulRow | MatmulRatio): string[] {
  return [product, String(rows), String(inputs), String(units)];
}

function matmulRatioTable(ratios: readonly MatmulRatio[], bold: Bold): string {
  const rows = ratios.map((ratio) => [...productCells(ratio), ...ratioCells(ratio)]);
  return tableOf([...PRODUCT, ...RATIO], rows, bold);
}

function matmulTable(rows: readonly MatmulRow[], bold: Bold): string {
  const notes = rowNotes(rows);
  const cells = rows.map((row) => [
    ...productCells(row),
    name(row.contender, row.backend),
    figure(row.ms),
    percent(row.spread, 1),
    row.gflops.toFixed(2),
    row.agrees ? "agrees" : "DIFFERS: not ranked",
    notes.own(row),
  ]);
  return tableAndNotes(
    [...PRODUCT, "contender", "ms", "spread", "GFLOP/s", "sum", "notes"],
    cells,
    notes,
    bold,
  );
}

function kernelTable(rows: readonly KernelRow[], bold: Bold): string {
  const cells = rows.map((row) => [
    ...workloadCells(row),
    row.dispatch,
    figure(row.ms),
    percent(row.share, 1),
    figure(row.gflops),
    figure(row.gbps),
    figure(row.intensity),
    `${percent(row.ofRoofline, 0)} (${row.bound})`,
  ]);
  const figures = ["ms", "share", "GFLOP/s", "GB/s", "FLOP/B", "of roofline"];
  return tableOf([...WORKLOAD, "dispatch", ...figures], cells, bold);
}

function roofText({ clock, roofline }: ProfileReport): string {
  const means = clock.method === "wall" ? "the host's clock" : `timestamps, to ${grouped(clock.quantum)} ns`;
  return `Roofs measured here: ${figure(roofline.gflops)} GFLOP/s, ${figure(roofline.gbps)} GB/s; by ${means}.`;
}

/** Three digits, all of a larger number. */
function figure(value: number): string {
  return value >= 100 ? grouped(value) : value.toPrecision(3);
}

function skippedName({ contender, backend, network, batch, optimizer, input }: Skipped): string {
  const who = contender === undefined ? [] : [name(contender, backend ?? "webgpu")];
  const what = network === undefined ? [] : [`${network}, batch ${batch}, ${optimizer}, ${input}`];
  return [...who, ...what].join(" on ");
}
