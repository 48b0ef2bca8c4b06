/**
 * One measure over the steps of the run: training as it goes, validation after every epoch, and behind them the runs that it
 * is compared with.
 */
import { useEffect, useRef } from "preact/hooks";
import { useComputed, useSignal } from "@preact/signals";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { CurveName } from "../state/curves.ts";
import { readings } from "../state/curve-reading.ts";
import { curveSeries, type Values } from "../state/curve-series.ts";
import { logLoss, smoothing, zoom } from "../state/curve-view.ts";
import { zoomedByKey } from "../state/curve-zoom.ts";
import { curves } from "../state/run.ts";
import { ghosts } from "../state/runs.ts";
import { palette } from "../state/theme.ts";
import { PLOT_KEYS_ID } from "./curve-controls.tsx";
import { CurveLegend } from "./curve-legend.tsx";
import { lastStep, plotOptions, plotSize } from "./curve-plot-options.ts";

interface Props {
  name: CurveName;
  title: string;
  format: (value: number) => string;
}

export function CurvePlot({ name, title, format }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const figure = useRef<HTMLElement>(null);
  const pointer = useSignal<number | null>(null);
  const series = useComputed(() => {
    // Read for the sake of following them.
    void [curves.version.value, smoothing.value, logLoss.value, ghosts.value];
    return seriesOf(name);
  });
  const read = useComputed(() => readings(series.value, pointer.value, zoom.value));
  const legend = `legend-${name}`;
  const log = name === "loss" && logLoss.value;
  const colours = ghosts.value.map(({ colour }) => colour);

  useEffect(() => {
    const place = frame.current!;
    const options = plotOptions(name, { log, figure: figure.current!, ghosts: colours, pointer });
    const plot = new uPlot(options, seriesOf(name), place);
    const resize = new ResizeObserver(() => plot.setSize(plotSize(place)));
    resize.observe(place);
    let scheduled = 0;
    const update = (redraw: () => void): void => {
      cancelAnimationFrame(scheduled);
      scheduled = requestAnimationFrame(redraw);
    };
    const setData = (): void => update(() => plot.setData(seriesOf(name)));
    const stops = [
      curves.version.subscribe(setData),
      smoothing.subscribe(setData),
      zoom.subscribe(setData),
      palette.subscribe(() => update(() => plot.redraw())),
    ];
    return () => {
      cancelAnimationFrame(scheduled);
      stops.forEach((stop) => stop());
      resize.disconnect();
      plot.destroy();
    };
  }, [name, log, colours.join()]);

  return (
    <figure class="plot" ref={figure}>
      <figcaption>
        <h3>{title}</h3>
        {/* What the lines take their colours from. */}
        <span class="key train" hidden />
        <span class="key validation" hidden />
        {colours.map((colour) => (
          <span key={colour} class={`ghost-${colour}`} hidden />
        ))}
        <CurveLegend id={legend} read={read} format={format} />
      </figcaption>
      <div
        ref={frame}
        class="plot-frame"
        role="application"
        aria-roledescription="zoomable plot"
        aria-label={`${title} by step`}
        aria-describedby={`${legend} ${PLOT_KEYS_ID}`}
        tabIndex={0}
        onKeyDown={zoomByKey}
      />
    </figure>
  );
}

function zoomByKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const next = zoomedByKey(event.key, zoom.peek(), lastStep());
  if (next === undefined) return;
  event.preventDefault();
  zoom.value = next;
}

/** The run's own columns first, then those of each compared run. */
function seriesOf(name: CurveName): [number[], ...Values[]] {
  const compared = ghosts.peek().map(({ run }) => run.curves);
  return curveSeries(name, [curves.data(), ...compared], {
    smoothing: smoothing.peek(),
    log: name === "loss" && logLoss.peek(),
  });
}
