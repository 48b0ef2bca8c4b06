/** How uPlot is to draw a measure: scales, axes, colours, zoom. */
import uPlot from "uplot";
import { grouped, significant } from "../format.ts";
import { logLimits, logTicks } from "../state/curve-axis.ts";
import type { CurveName } from "../state/curves.ts";
import { zoom } from "../state/curve-view.ts";
import { done, targetSteps } from "../state/run.ts";
import { ghosts } from "../state/runs.ts";

const HEIGHT = 240;
const NARROW = 480;

// uPlot's own names for these are types only.
const LINEAR = 1 as unknown as uPlot.Scale.Distr;
const LOGARITHMIC = 3 as unknown as uPlot.Scale.Distr;

/** Between two labels of the axis of steps: there are no halves of a step. */
const WHOLE = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((factor) => factor * 10 ** power),
).flat();

/** About half the width of a digit, in pixels. */
const HALF_DIGIT = 3.5;

interface Wish {
  log: boolean;
  /** Its styles give the colours, so that a canvas follows the theme as everything else does. */
  figure: HTMLElement;
  /** Colours of the compared runs, by their numbers. */
  ghosts: readonly number[];
  /** Is told at which place of the data the pointer is. */
  pointer: { value: number | null };
}

export function plotSize(frame: HTMLElement): { width: number; height: number } {
  return {
    width: Math.max(200, frame.clientWidth),
    height: frame.clientWidth < NARROW ? HEIGHT * 0.8 : HEIGHT,
  };
}

export function plotOptions(
  name: CurveName,
  { log, figure, ghosts: compared, pointer }: Wish,
): uPlot.Options {
  const colour = (selector: string) => () => getComputedStyle(figure.querySelector(selector)!).color;
  const rule = () => getComputedStyle(figure).borderTopColor;
  const text = () => getComputedStyle(figure).color;
  const ghost = (number: number) => colour(`.ghost-${number}`);
  const axis: uPlot.Axis = {
    stroke: text,
    font: `12px ${getComputedStyle(figure).fontFamily}`,
    grid: { stroke: rule, width: 1 },
    ticks: { show: false },
  };
  return {
    ...plotSize(figure.querySelector(".plot-frame")!),
    padding: [8, () => halfLabel(), 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      sync: { key: "run" },
      bind: { dblclick: () => () => (zoom.value = null) },
    },
    scales: {
      x: { time: false, range: () => zoom.peek() ?? [0, lastStep()] },
      y: {
        distr: log ? LOGARITHMIC : LINEAR,
        range: (_, least, most) => {
          if (name === "accuracy") return accuracyRange(least);
          return log ? logRange(least, most) : lossRange(least, most);
        },
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, steps) => steps.map(grouped),
        incrs: WHOLE,
        size: 30,
        gap: 8,
      },
      {
        ...axis,
        size: (_, labels: string[] | null) => axisWidth(labels),
        gap: 8,
        values: (_, values) => axisLabels(name, values),
        ...(log && { splits: (_, __, from, to) => logTicks(from, to), filter: (_, ticks) => ticks }),
      },
    ],
    series: [
      {},
      {
        stroke: colour(".key.train"),
        width: 1.5,
        spanGaps: true,
        // A line needs two points; the first one shows by itself.
        points: { show: isOnly, size: 7, fill: colour(".key.train") },
      },
      {
        stroke: colour(".key.validation"),
        width: 2,
        spanGaps: true,
        points: { show: true, size: 7, fill: colour(".key.validation") },
      },
      ...compared.flatMap((number): uPlot.Series[] => [
        { stroke: ghost(number), width: 1, alpha: 0.55, spanGaps: true, points: { show: false } },
        { stroke: ghost(number), width: 2, dash: [6, 4], spanGaps: true, points: { show: false } },
      ]),
    ],
    hooks: {
      setCursor: [(plot) => (pointer.value = plot.cursor.idx ?? null)],
      setSelect: [takeZoom],
    },
  };
}

/** What was dragged over becomes the range of both plots; too little to mean anything is left alone. */
function takeZoom(plot: uPlot): void {
  const { left, width } = plot.select;
  if (width < 5) return;
  const first = Math.max(0, plot.posToVal(left, "x"));
  const last = plot.posToVal(left + width, "x");
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (last - first >= 1) zoom.value = [first, last];
}

/** Where the axis of all steps ends: at those that are to be taken, or were. */
export function lastStep(): number {
  const others = ghosts.peek().map(({ run }) => run.curves.train.steps.at(-1) ?? 0);
  return Math.max(1, done.peek()?.steps ?? targetSteps.peek(), ...others);
}

/** What the label of the last step takes of the room beside the plot, where it stands under the plot's end. */
function halfLabel(): number {
  return Math.ceil(HALF_DIGIT * grouped(zoom.peek()?.[1] ?? lastStep()).length) + 4;
}

/** The same for both plots, unless a label needs more. */
function axisWidth(labels: readonly string[] | null): number {
  const longest = Math.max(0, ...(labels ?? []).map(({ length }) => length));
  return Math.max(48, Math.ceil(2 * HALF_DIGIT * longest) + 10);
}

/** With as many digits as it takes to tell them apart. */
function axisLabels(name: CurveName, values: readonly number[]): string[] {
  if (name === "accuracy") return values.map((value) => `${Math.round(1000 * value) / 10} %`);
  for (let digits = 3; ; digits++) {
    const labels = values.map((value) => significant(value, digits));
    if (new Set(labels).size === values.length || digits === 9) return labels;
  }
}

function isOnly(plot: uPlot, series: number): boolean {
  return Array.from(plot.data[series]).filter((value) => value !== null).length === 1;
}

/** From 0, unless only a part of the steps is in view. */
function lossRange(least: number | null, most: number | null): [number, number] {
  if (most === null || most <= 0) return [0, 1];
  if (zoom.peek() === null || least === null) return [0, most * 1.05];
  const margin = (most - least || most) * 0.05;
  return [Math.max(0, least - margin), most + margin];
}

function logRange(least: number | null, most: number | null): [number, number] {
  return least === null || most === null ? [0.1, 1] : logLimits(least, most);
}

function accuracyRange(least: number | null): [number, number] {
  const floor = least === null ? 0 : Math.floor((zoom.peek() ? 50 : 10) * least) / (zoom.peek() ? 50 : 10);
  return [Math.max(0, Math.min(zoom.peek() ? 0.98 : 0.9, floor)), 1];
}
