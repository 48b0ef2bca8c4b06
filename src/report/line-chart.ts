/** Line charts as inline SVG, coloured by the page's own variables, so that they follow light and dark. */
import { figureSvg, round, svgLine, svgText, WIDTH } from "./figure.ts";
import { escapeHtml } from "./html.ts";

export interface Series {
  name: string;
  /** A class of the page's style: the colour. */
  className: string;
  points: { x: number; y: number }[];
  /** Whether each point is marked; for few points. */
  marked?: boolean;
}

export interface Chart {
  title: string;
  xLabel: string;
  series: Series[];
  format: (value: number) => string;
}

const HEIGHT = 230;
const MARGIN = { left: 60, right: 22, top: 10, bottom: 44 };
/** More points than pixels only cost space. */
const MAX_POINTS = 500;

export function chartSvg({ title, xLabel, series, format }: Chart): string {
  const drawn = series
    .map((each) => ({ ...each, points: thin(each.points.filter(({ y }) => Number.isFinite(y))) }))
    .filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  if (all.length === 0) return `<p class="quiet">No figures for ${escapeHtml(title.toLowerCase())}.</p>`;
  // The curves fill the width: the axis ends where they end, not at the next round number.
  const lastX = Math.max(1, ...all.map(({ x }) => x));
  const xs = { from: 0, to: lastX, values: ticks(0, lastX).values.filter((x) => x <= lastX) };
  const ys = ticks(Math.min(...all.map(({ y }) => y)), Math.max(...all.map(({ y }) => y)));
  const inner = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const px = (x: number): number => MARGIN.left + (inner.width * (x - xs.from)) / (xs.to - xs.from);
  const py = (y: number): number => MARGIN.top + (inner.height * (ys.to - y)) / (ys.to - ys.from);
  const grid = ys.values.map(
    (y) =>
      svgLine("grid", MARGIN.left, py(y), WIDTH - MARGIN.right, py(y)) +
      svgText(MARGIN.left - 8, py(y) + 4, format(y), { anchor: "end" }),
  );
  const below = xs.values.map((x) =>
    svgText(px(x), HEIGHT - MARGIN.bottom + 17, x.toLocaleString("en-US"), { anchor: "middle" }),
  );
  const lines = drawn.map(({ className, points, marked }) => {
    const path = points
      .map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${round(px(x))} ${round(py(y))}`)
      .join("");
    const dots = points.map(
      ({ x, y }) => `<circle class="${className}" cx="${round(px(x))}" cy="${round(py(y))}" r="3"/>`,
    );
    return `<path class="line ${className}" d="${path}"/>${marked || points.length === 1 ? dots.join("") : ""}`;
  });
  return figureSvg({
    title,
    legend: drawn,
    height: HEIGHT,
    label: summary(title, drawn, format),
    body:
      grid.join("") +
      below.join("") +
      lines.join("") +
      svgText(MARGIN.left + inner.width / 2, HEIGHT - 6, xLabel, { anchor: "middle" }),
  });
}

/** What someone who cannot see the chart is told. */
function summary(title: string, series: Series[], format: (value: number) => string): string {
  const parts = series.map(
    ({ name, points }) => `${name} from ${format(points[0].y)} to ${format(points[points.length - 1].y)}`,
  );
  return `${title}: ${parts.join("; ")}`;
}

/** Evenly chosen points, the last one always. */
function thin<T>(points: T[]): T[] {
  if (points.length <= MAX_POINTS) return points;
  const stride = (points.length - 1) / (MAX_POINTS - 1);
  return Array.from({ length: MAX_POINTS }, (_, i) => points[Math.round(i * stride)]);
}

/** About five round values that span a range. */
export function ticks(least: number, most: number): { from: number; to: number; values: number[] } {
  const span = most > least ? most - least : Math.abs(most) || 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? rough;
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(most / step - 1e-9));
  // Products rather than running sums, and rounded, so that 0.3 is not 0.30000000000000004.
  const values = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
  return { from: values[0], to: values[values.length - 1], values };
}
