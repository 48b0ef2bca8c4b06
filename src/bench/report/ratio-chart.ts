/** Our time over theirs, a line for every workload, a point for every contender; left of 1, Backlit is faster. */
import { figureSvg, round, svgLine, svgText, WIDTH } from "../../report/figure.ts";
import { escapeHtml } from "../../report/html.ts";
import { logAxis } from "../../report/log-axis.ts";
import { byRank, ratioText, whoClass, whoName, type Who } from "./names.ts";

export interface RatioPoint extends Who {
  ratio: number;
  lowest: number;
  highest: number;
}

export interface RatioLine {
  name: string;
  points: readonly RatioPoint[];
}

export interface RatioChart {
  title: string;
  note?: string;
  lines: readonly RatioLine[];
}

const ROW = 40;
const TOP = 22;
const BOTTOM = 22;
const SIDE = 12;

export function ratioChartSvg({ title, note, lines }: RatioChart): string {
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return "";
  const axis = logAxis([1, ...points.flatMap(({ ratio, lowest, highest }) => [ratio, lowest, highest])]);
  const px = (value: number): number => SIDE + (WIDTH - 2 * SIDE) * axis.at(value);
  const end = TOP + lines.length * ROW;
  const values = axis.values.filter((value) => Math.abs(px(value) - px(1)) > 24);
  const grid = values.map(
    (value) =>
      svgLine("grid", px(value), TOP, px(value), end) +
      svgText(px(value), end + 15, String(value), { anchor: "middle" }),
  );
  const even =
    svgLine("even", px(1), TOP, px(1), end) +
    svgText(px(1), end + 15, "1", { anchor: "middle", className: "tick strong" }) +
    (px(1) > 90 ? svgText(px(1) - 6, 12, "← Backlit faster", { anchor: "end" }) : "") +
    (px(1) < WIDTH - 60 ? svgText(px(1) + 6, 12, "slower →") : "");
  const rows = lines.map((line, i) => {
    const y = TOP + i * ROW + 28;
    const marks = [...line.points].sort(byRank).map((point) => {
      const { ratio, lowest, highest } = point;
      const hint = `${ratioText(ratio)} of the time of ${whoName(point)}; rounds ${ratioText(lowest)} to ${ratioText(highest)}`;
      return (
        `<g class="${whoClass(point)}"><title>${escapeHtml(hint)}</title>` +
        svgLine("span", px(lowest), y, px(highest), y) +
        shape(point, px(ratio), y) +
        "</g>"
      );
    });
    return svgText(SIDE, y - 12, line.name, { className: "tick halo" }) + marks.join("");
  });
  const seen = new Map(points.map((point) => [whoName(point), point]));
  return figureSvg({
    title,
    note,
    legend: [...seen.values()]
      .sort(byRank)
      .map((point) => ({ name: whoName(point), className: `dot ${whoClass(point)}` })),
    height: end + BOTTOM,
    label: `${title}: ${lines.map(summary).join("; ")}`,
    body: grid.join("") + even + rows.join(""),
  });
}

/** Backends differ in shape, too: a disc on the GPU, a square in wasm, a diamond for plain loops. */
function shape({ contender, backend }: Who, x: number, y: number): string {
  const className = `mark ${whoClass({ contender, backend })}`;
  if (backend === "webgpu") return `<circle class="${className}" cx="${round(x)}" cy="${round(y)}" r="4.5"/>`;
  const turned = backend === "cpu" ? ` transform="rotate(45 ${round(x)} ${round(y)})"` : "";
  return `<rect class="${className}" x="${round(x - 3.8)}" y="${round(y - 3.8)}" width="7.6" height="7.6"${turned}/>`;
}

function summary({ name, points }: RatioLine): string {
  return `${name}: ${points.map((point) => `${ratioText(point.ratio)} of ${whoName(point)}`).join(", ")}`;
}
