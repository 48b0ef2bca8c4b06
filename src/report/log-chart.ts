/** Lines and points in a plane where equal distances are equal factors: how time grows with size, and rooflines. */
import { figureSvg, round, svgLine, svgText, WIDTH, type Key } from "./figure.ts";
import { escapeHtml } from "./html.ts";
import { logAxis } from "./log-axis.ts";

export interface LogSeries extends Key {
  /** Both above 0; others are left out. */
  points: { x: number; y: number; label?: string; title?: string }[];
  /** `line` joins the points, `both` marks them too. */
  draw: "line" | "points" | "both";
}

export interface LogChart {
  title: string;
  note?: string;
  xLabel: string;
  yLabel: string;
  series: readonly LogSeries[];
  /** Ticks of the x axis, where the sizes that were measured say more than round numbers. */
  xTicks?: readonly number[];
  xFormat: (value: number) => string;
  yFormat: (value: number) => string;
  legend?: boolean;
}

const HEIGHT = 260;
const MARGIN = { left: 52, right: 18, top: 22, bottom: 44 };

export function logChartSvg(chart: LogChart): string {
  const { title, note, xLabel, yLabel, xFormat, yFormat } = chart;
  const series = chart.series
    .map((each) => ({ ...each, points: each.points.filter(({ x, y }) => x > 0 && y > 0) }))
    .filter(({ points }) => points.length > 0);
  const all = series.flatMap(({ points }) => points);
  if (all.length === 0) return "";
  const xs = logAxis(all.map(({ x }) => x));
  const ys = logAxis(
    all.map(({ y }) => y),
    { below: true },
  );
  const px = (x: number): number => MARGIN.left + (WIDTH - MARGIN.left - MARGIN.right) * xs.at(x);
  const py = (y: number): number => HEIGHT - MARGIN.bottom - (HEIGHT - MARGIN.top - MARGIN.bottom) * ys.at(y);
  const across = ys.values.map(
    (y) =>
      svgLine("grid", MARGIN.left, py(y), WIDTH - MARGIN.right, py(y)) +
      svgText(MARGIN.left - 7, py(y) + 3.5, yFormat(y), { anchor: "end" }),
  );
  const below = (chart.xTicks ?? xs.values).map((x) =>
    svgText(px(x), HEIGHT - MARGIN.bottom + 16, xFormat(x), { anchor: "middle" }),
  );
  const drawn = series.map(({ className, points, draw }) => {
    const path = points
      .map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${round(px(x))} ${round(py(y))}`)
      .join("");
    const line =
      draw === "points" || points.length < 2 ? "" : `<path class="line ${className}" d="${path}"/>`;
    const dots =
      draw === "line"
        ? []
        : points.map(
            ({ x, y, label, title: hint }) =>
              `<circle class="mark ${className}" cx="${round(px(x))}" cy="${round(py(y))}" r="4">` +
              `${hint === undefined ? "" : `<title>${escapeHtml(hint)}</title>`}</circle>` +
              (label === undefined
                ? ""
                : svgText(px(x), py(y) - 8, label, { anchor: "middle", className: "tick strong" })),
          );
    return line + dots.join("");
  });
  return figureSvg({
    title,
    note,
    legend: chart.legend === false ? [] : series,
    height: HEIGHT,
    label: `${title}: ${series.map((each) => summary(each, xLabel, xFormat, yFormat)).join("; ")}`,
    body:
      across.join("") +
      below.join("") +
      drawn.join("") +
      svgText(MARGIN.left - 40, 10, yLabel) +
      svgText((WIDTH + MARGIN.left - MARGIN.right) / 2, HEIGHT - 6, xLabel, { anchor: "middle" }),
  });
}

function summary(
  { name, points }: LogSeries,
  xLabel: string,
  xFormat: (value: number) => string,
  yFormat: (value: number) => string,
): string {
  const at = ({ x, y }: { x: number; y: number }): string => `${yFormat(y)} at ${xFormat(x)}`;
  const last = points[points.length - 1];
  return `${name} ${at(points[0])}${points.length > 1 ? ` to ${at(last)}` : ""} ${xLabel}`;
}
