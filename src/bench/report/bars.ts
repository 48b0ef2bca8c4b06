/** Horizontal bars from zero, each under its name, with a whisker from the least to the most that was measured. */
import { figureSvg, round, svgLine, svgText, WIDTH } from "../../report/figure.ts";
import { escapeHtml } from "../../report/html.ts";

export interface Bar {
  name: string;
  className: string;
  value: number;
  /** As it is written at the end of the line. */
  text: string;
  least?: number;
  most?: number;
  /** Behind the name: why this bar is not ranked, for example. */
  remark?: string;
}

export interface BarChart {
  title: string;
  note?: string;
  /** What a bar of the whole width stands for, where the longest one is only a part of it. */
  full?: number;
  bars: readonly Bar[];
}

const ROW = 36;
const BAR = 9;
const TOP = 4;

export function barsSvg({ title, note, full = 0, bars }: BarChart): string {
  const longest = Math.max(full, ...bars.map(({ value, most = value }) => Math.max(value, most)));
  const px = (value: number): number => (WIDTH * value) / longest;
  const rows = bars.map((bar, i) => {
    const { name, className, value, text, least = value, most = value, remark } = bar;
    const top = TOP + i * ROW;
    const middle = top + 17 + BAR / 2;
    const words =
      remark === undefined
        ? escapeHtml(name)
        : `${escapeHtml(name)} <tspan class="aside">${escapeHtml(remark)}</tspan>`;
    const whisker =
      most > least
        ? `<g class="whisker">${svgLine("", px(least), middle, px(most), middle)}` +
          `${svgLine("", px(least), middle - 3, px(least), middle + 3)}${svgLine("", px(most), middle - 3, px(most), middle + 3)}</g>`
        : "";
    return (
      `<text class="tick strong" x="0" y="${top + 12}">${words}</text>` +
      svgText(WIDTH, top + 12, text, { anchor: "end", className: "tick strong" }) +
      `<rect class="track" x="0" y="${top + 17}" width="${WIDTH}" height="${BAR}" rx="2"/>` +
      `<rect class="mark ${className}" x="0" y="${top + 17}" width="${round(Math.max(1, px(value)))}" height="${BAR}" rx="2"/>` +
      whisker
    );
  });
  return figureSvg({
    title,
    note,
    height: TOP + bars.length * ROW,
    label: `${title}: ${bars.map(({ name, text, remark }) => `${name} ${text}${remark === undefined ? "" : ` (${remark})`}`).join("; ")}`,
    body: rows.join(""),
  });
}
