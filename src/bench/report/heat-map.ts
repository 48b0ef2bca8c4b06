/** Ratios over two sizes as a map: one colour where Backlit on the GPU is faster, another where the CPU is. */
import { figureSvg, round, svgText, WIDTH } from "../../report/figure.ts";
import { escapeHtml } from "../../report/html.ts";
import { ratioText } from "./names.ts";

export interface HeatCell {
  column: number;
  row: number;
  /** Below 1, Backlit is faster. */
  ratio: number;
}

export interface HeatMap {
  title: string;
  note?: string;
  columnLabel: string;
  rowLabel: string;
  cells: readonly HeatCell[];
}

const LEFT = 52;
const TOP = 8;
const BOTTOM = 40;
const ROW = 34;
/** A factor of this much has the full colour. */
const FULL = 10;

export function heatMapSvg({ title, note, columnLabel, rowLabel, cells }: HeatMap): string {
  if (cells.length === 0) return "";
  const columns = sorted(cells.map(({ column }) => column));
  const rows = sorted(cells.map(({ row }) => row)).toReversed();
  const width = (WIDTH - LEFT) / columns.length;
  const drawn = cells.map(({ column, row, ratio }) => {
    const x = LEFT + columns.indexOf(column) * width;
    const y = TOP + rows.indexOf(row) * ROW;
    const strength = Math.min(1, Math.abs(Math.log(ratio)) / Math.log(FULL));
    const hint = `${columnLabel} ${column}, ${rowLabel} ${row}: ${ratioText(ratio)}`;
    return (
      `<g><title>${escapeHtml(hint)}</title><rect class="cell ${ratio < 1 ? "ours" : "theirs"}" x="${round(x)}" y="${y}" ` +
      `width="${round(width)}" height="${ROW}" rx="4" fill-opacity="${(0.1 + 0.45 * strength).toFixed(2)}"/>` +
      `${svgText(x + width / 2, y + ROW / 2 + 4, ratioText(ratio), { anchor: "middle", className: "tick strong" })}</g>`
    );
  });
  const end = TOP + rows.length * ROW;
  return figureSvg({
    title,
    note,
    legend: [
      { name: "below 1: the GPU is faster", className: "heat ours" },
      { name: "above 1: the CPU is", className: "heat theirs" },
    ],
    height: end + BOTTOM,
    label: `${title}: ${cells.map(({ column, row, ratio }) => `${columnLabel} ${column}, ${rowLabel} ${row}: ${ratioText(ratio)}`).join("; ")}`,
    body:
      drawn.join("") +
      rows
        .map((row, i) => svgText(LEFT - 8, TOP + i * ROW + ROW / 2 + 4, String(row), { anchor: "end" }))
        .join("") +
      columns
        .map((column, i) => svgText(LEFT + (i + 0.5) * width, end + 15, String(column), { anchor: "middle" }))
        .join("") +
      svgText(0, end + 15, rowLabel) +
      svgText(LEFT + (WIDTH - LEFT) / 2, end + 34, columnLabel, { anchor: "middle" }),
  });
}

function sorted(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
