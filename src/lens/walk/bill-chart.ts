/** The bill as charts: both forms over the size of the network, on logarithmic axes, as inline SVG. */
import type { BilledForm, BillRow } from "../derivation/bill.ts";
import { escapeHtml } from "../../report/html.ts";

interface BillChart {
  title: string;
  rows: readonly BillRow[];
  /** What is drawn of a form; undefined where there is no figure. */
  pick: (form: BilledForm) => number | undefined;
  format: (value: number) => string;
}

const WIDTH = 420;
const HEIGHT = 250;
const MARGIN = { left: 60, right: 22, top: 12, bottom: 46 };
/** The classes of report.html that colour a form. */
const FORMS = [
  { form: "long", className: "held", name: "long form" },
  { form: "short", className: "train", name: "short form" },
] as const;

/** Weights and biases of a network. */
export function parameterCount(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, units, index) => sum + (sizes[index] + 1) * units, 0);
}

export function billChart({ title, rows, pick, format }: BillChart): string {
  const drawn = FORMS.map((each) => ({
    ...each,
    points: rows.flatMap((row) => {
      const form = row[each.form];
      const y = pick(form);
      return y === undefined || y <= 0
        ? []
        : [{ x: parameterCount(row.sizes), y, wasRun: form.seconds !== undefined }];
    }),
  }));
  // The long form may not have been run anywhere.
  const series = drawn.filter(({ points }) => points.length > 0);
  const all = series.flatMap(({ points }) => points);
  const xs = powers(Math.min(...all.map(({ x }) => x)), Math.max(...all.map(({ x }) => x)));
  const ys = powers(Math.min(...all.map(({ y }) => y)), Math.max(...all.map(({ y }) => y)));
  const inner = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const px = (x: number): number => MARGIN.left + inner.width * share(x, xs);
  const py = (y: number): number => MARGIN.top + inner.height * (1 - share(y, ys));
  // Every power has its line; only so many have a label.
  const every = Math.ceil((ys[1] - ys[0]) / 5);
  const grid = range(ys).map((power) => {
    const y = round(py(10 ** power));
    const label = (power - ys[0]) % every === 0 ? format(10 ** power).replace(".0 ", " ") : "";
    return (
      `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}"/>` +
      `<text class="tick" x="${MARGIN.left - 8}" y="${round(y + 3)}" text-anchor="end">${escapeHtml(label)}</text>`
    );
  });
  const below = range(xs).map(
    (power) =>
      `<text class="tick" x="${round(px(10 ** power))}" y="${HEIGHT - MARGIN.bottom + 17}" text-anchor="middle">${powerText(power)}</text>`,
  );
  const curves = series.map(({ className, points }) => {
    const place = ({ x, y }: (typeof points)[number]): string => `${round(px(x))} ${round(py(y))}`;
    const segments = points.slice(1).map((point, i) => {
      const isRun = point.wasRun && points[i].wasRun;
      return `<path class="line ${className}${isRun ? "" : " dotted"}" d="M${place(points[i])}L${place(point)}"/>`;
    });
    const dots = points.map((point) => {
      const hollow = point.wasRun ? "" : " hollow";
      return `<circle class="${className}${hollow}" cx="${round(px(point.x))}" cy="${round(py(point.y))}" r="3.5"/>`;
    });
    return segments.join("") + dots.join("");
  });
  const legend = series.map(({ className, name }) => `<span class="key ${className}">${name}</span>`);
  const words = series.map(
    ({ name, points }) => `${name} from ${format(points[0].y)} to ${format(points[points.length - 1].y)}`,
  );
  return (
    `<figure><figcaption>${escapeHtml(title)} <span class="legend">${legend.join("")}</span></figcaption>` +
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title}: ${words.join("; ")}`)}">` +
    `${grid.join("")}${below.join("")}${curves.join("")}` +
    `<text class="tick" x="${MARGIN.left + inner.width / 2}" y="${HEIGHT - 8}" text-anchor="middle">parameters of the network</text>` +
    "</svg></figure>"
  );
}

/** 100, 10 k, 1 M */
function powerText(power: number): string {
  const [unit, scale] = power >= 6 ? [" M", 6] : power >= 4 ? [" k", 3] : ["", 0];
  return `${10 ** (power - scale)}${unit}`;
}

type Powers = readonly [from: number, to: number];

/** The powers of ten around a range. */
function powers(least: number, most: number): Powers {
  const from = Math.floor(Math.log10(least));
  return [from, Math.max(from + 1, Math.ceil(Math.log10(most)))];
}

function range([from, to]: Powers): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function share(value: number, [from, to]: Powers): number {
  return (Math.log10(value) - from) / (to - from);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
