/** The frame of every plot: a caption that says what it shows and where it was measured, a legend, the drawing. */
import { escapeHtml } from "./html.ts";

export interface Key {
  name: string;
  /** Classes of the style: the colour, and what else tells it apart. */
  className: string;
}

export interface Figure {
  title: string;
  /** A second, quieter line of the caption: the adapter, where figures are of one. */
  note?: string;
  legend?: readonly Key[];
  /** In the drawing's own units, as everything in `body`. */
  height: number;
  /** What someone who cannot see the drawing is told. */
  label: string;
  body: string;
}

/** Width of every drawing in its own units; the style gives the text its size by how wide the figure really is. */
export const WIDTH = 420;

export function figureSvg({ title, note, legend = [], height, label, body }: Figure): string {
  const keys = legend.map(
    ({ name, className }) => `<span class="key ${className}">${escapeHtml(name)}</span>`,
  );
  return (
    `<figure><figcaption>${escapeHtml(title)}` +
    (note === undefined ? "" : ` <span class="note">${escapeHtml(note)}</span>`) +
    (keys.length === 0 ? "" : ` <span class="legend">${keys.join(" ")}</span>`) +
    `</figcaption><svg viewBox="0 0 ${WIDTH} ${round(height)}" role="img" aria-label="${escapeHtml(label)}">` +
    `${body}</svg></figure>`
  );
}

/** Tenths of a unit are finer than any screen shows. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A word or two at a place of the drawing. */
export function svgText(
  x: number,
  y: number,
  text: string,
  { anchor = "start", className = "tick" }: { anchor?: "start" | "middle" | "end"; className?: string } = {},
): string {
  const at = `x="${round(x)}" y="${round(y)}"${anchor === "start" ? "" : ` text-anchor="${anchor}"`}`;
  return `<text class="${className}" ${at}>${escapeHtml(text)}</text>`;
}

export function svgLine(className: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${className}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}
