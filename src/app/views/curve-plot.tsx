/** One measure over the steps of the run: training as it goes, validation after every epoch. */
import { useEffect, useRef } from "preact/hooks";
import { useComputed, useSignal, type ReadonlySignal } from "@preact/signals";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { grouped } from "../format.ts";
import type { CurveName } from "../state/curves.ts";
import { curves, targetSteps } from "../state/run.ts";
import { palette } from "../state/theme.ts";

const HEIGHT = 240;
const NARROW = 480;

interface Props {
  name: CurveName;
  title: string;
  format: (value: number) => string;
}

interface Reading {
  step: number | null;
  train: number | null;
  validation: number | null;
}

export function CurvePlot({ name, title, format }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const figure = useRef<HTMLElement>(null);
  const pointer = useSignal<number | null>(null);
  const reading = useComputed(() => readingAt(name, pointer.value));

  useEffect(() => {
    const plot = new uPlot(plotOptions(name, figure.current!, pointer), curves.series(name), frame.current!);
    const resize = new ResizeObserver(() => plot.setSize(sizeOf(frame.current!)));
    resize.observe(frame.current!);
    let scheduled = 0;
    const update = (redraw: () => void): void => {
      cancelAnimationFrame(scheduled);
      scheduled = requestAnimationFrame(redraw);
    };
    const stops = [
      curves.columns.subscribe(() => update(() => plot.setData(curves.series(name)))),
      palette.subscribe(() => update(() => plot.redraw())),
    ];
    return () => {
      cancelAnimationFrame(scheduled);
      stops.forEach((stop) => stop());
      resize.disconnect();
      plot.destroy();
    };
  }, []);

  return (
    <figure class="plot" ref={figure}>
      <figcaption>
        <h3>{title}</h3>
        <Legend reading={reading} format={format} />
      </figcaption>
      <div
        ref={frame}
        class="plot-frame"
        role="img"
        aria-label={`${title} by step; the table below holds the figures of every epoch`}
      />
    </figure>
  );
}

function Legend({ reading, format }: { reading: ReadonlySignal<Reading>; format: Props["format"] }) {
  const { step, train, validation } = reading.value;
  return (
    <p class="legend">
      <span class="key train">Training {train !== null && <b>{format(train)}</b>}</span>
      <span class="key validation">Validation {validation !== null && <b>{format(validation)}</b>}</span>
      {step !== null && <span class="at">step {grouped(step)}</span>}
    </p>
  );
}

/** At the pointer, or the newest of each; validation as of the last epoch until then. */
function readingAt(name: CurveName, pointed: number | null): Reading {
  const [steps, train, validation] = curves.series(name);
  const index = pointed ?? steps.length - 1;
  const upTo = (values: (number | null)[]): number | null =>
    values.slice(0, index + 1).findLast((value) => value !== null) ?? null;
  return {
    step: pointed === null ? null : (steps[index] ?? null),
    train: upTo(train),
    validation: upTo(validation),
  };
}

function sizeOf(frame: HTMLElement): { width: number; height: number } {
  return {
    width: Math.max(200, frame.clientWidth),
    height: frame.clientWidth < NARROW ? HEIGHT * 0.8 : HEIGHT,
  };
}

/** Colours come from the page's style, so that a canvas follows the theme as everything else does. */
function plotOptions(name: CurveName, figure: HTMLElement, pointer: { value: number | null }): uPlot.Options {
  const colour = (selector: string) => () => getComputedStyle(figure.querySelector(selector)!).color;
  const rule = () => getComputedStyle(figure).borderTopColor;
  const text = () => getComputedStyle(figure).color;
  const axis: uPlot.Axis = {
    stroke: text,
    font: `12px ${getComputedStyle(figure).fontFamily}`,
    grid: { stroke: rule, width: 1 },
    ticks: { show: false },
  };
  return {
    ...sizeOf(figure.querySelector(".plot-frame")!),
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false }, sync: { key: "run" } },
    scales: {
      x: { time: false, range: () => [0, Math.max(1, targetSteps.value)] },
      y: { range: (_, least, most) => (name === "loss" ? lossRange(most) : accuracyRange(least)) },
    },
    axes: [
      { ...axis, grid: { show: false }, values: (_, steps) => steps.map(grouped), size: 30, gap: 8 },
      {
        ...axis,
        size: 48,
        gap: 8,
        values: (_, values) =>
          values.map((value) => (name === "loss" ? String(value) : `${Math.round(1000 * value) / 10} %`)),
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
    ],
    hooks: {
      setCursor: [(plot) => (pointer.value = plot.cursor.idx ?? null)],
    },
  };
}

function isOnly(plot: uPlot, series: number): boolean {
  return Array.from(plot.data[series]).filter((value) => value !== null).length === 1;
}

function lossRange(most: number | null): [number, number] {
  return [0, most === null || most <= 0 ? 1 : most * 1.05];
}

function accuracyRange(least: number | null): [number, number] {
  const floor = least === null ? 0 : Math.floor(10 * least) / 10;
  return [Math.max(0, Math.min(0.9, floor)), 1];
}
