/** A profile as figures: where each dispatch stands below the roofs of its device, and what part of a step it takes. */
import type { DispatchProfile, ProfileReport, Roofline } from "../../core/profile.ts";
import { escapeHtml } from "../../report/html.ts";
import { logChartSvg } from "../../report/log-chart.ts";
import { percent, threeDigits } from "../../report/numbers.ts";
import type { KernelsResult } from "../result.ts";
import { barsSvg } from "./bars.ts";
import { INPUT_NAMES, milliseconds, onAdapter } from "./names.ts";
import { figureTable } from "./table.ts";

type Shown = Pick<KernelsResult, "adapter"> & Partial<Pick<KernelsResult, "profiles" | "rows">>;

/** Every profile; what each was fed is in the row of its first dispatch. */
export function kernelFigures({ profiles = [], rows = [] }: Shown): string {
  let first = 0;
  return profiles
    .map((profile) => {
      const input = rows.at(first)?.input;
      first += profile.dispatches.length;
      return profileFigures(profile, input === undefined ? "" : `, ${INPUT_NAMES[input]}`);
    })
    .join("");
}

function profileFigures(profile: ProfileReport, input: string): string {
  const { dispatches, clock, step, tuning, roofline } = profile;
  const way =
    clock.method === "timestamps"
      ? `by timestamps of the device, whose smallest step is ${threeDigits(clock.quantum / 1000)} µs`
      : "by the host’s clock, around many dispatches of one kind";
  return (
    `<h2>Kernels of a training step: ${escapeHtml(profileName(profile))}${input}</h2>` +
    `<p class="quiet">Timed ${way}. The roofs are what a copy and a chain of multiply-adds reach on the same device: ` +
    `${threeDigits(roofline.gflops)} GFLOP/s and ${threeDigits(roofline.gbps)} GB/s. Tuning table: ${escapeHtml(tuning)}. ` +
    `All dispatches together: ${milliseconds(step.ms)}, ${threeDigits(step.gflops)} GFLOP/s.</p>` +
    `<div class="charts">${rooflineSvg(profile)}${shares(profile)}</div>${table(dispatches)}`
  );
}

function profileName({ network, rows, training }: ProfileReport): string {
  const widths = [network.input, ...network.layers.map(({ units }) => units)].join("-");
  return `${widths}, batch ${rows}, ${training.optimizer}`;
}

export function rooflineSvg({ dispatches, roofline, adapter }: ProfileReport): string {
  const timed = dispatches.filter(({ intensity, gflops }) => intensity > 0 && gflops > 0);
  const intensities = timed.map(({ intensity }) => intensity);
  return logChartSvg({
    title: "Roofline",
    note: onAdapter(adapter),
    xLabel: "FLOP per byte",
    yLabel: "GFLOP/s",
    xFormat: threeDigits,
    yFormat: threeDigits,
    series: [
      {
        name: "what the device reaches",
        className: "roof",
        draw: "line",
        points: roofPoints(roofline, intensities),
      },
      {
        name: "dispatches",
        className: "backlit webgpu",
        draw: "points",
        points: timed.map((each) => ({
          x: each.intensity,
          y: each.gflops,
          label: each.name,
          title: `${each.name}: ${threeDigits(each.gflops)} GFLOP/s, ${percent(each.ofRoofline, 0)} of the roof`,
        })),
      },
    ],
  });
}

/** The slope of the memory, the ridge, and the flat roof of arithmetic. */
function roofPoints({ gflops, gbps }: Roofline, intensities: readonly number[]): { x: number; y: number }[] {
  const ridge = gflops / gbps;
  const from = Math.min(ridge / 8, ...intensities);
  const to = Math.max(ridge * 8, ...intensities);
  return [from, ridge, to].map((x) => ({ x, y: Math.min(gflops, x * gbps) }));
}

function shares({ dispatches, adapter }: ProfileReport): string {
  return barsSvg({
    title: "Parts of the step’s time",
    note: onAdapter(adapter),
    full: 1,
    bars: dispatches.map(({ name, ms, share, ofRoofline, bound }) => ({
      name,
      className: "backlit webgpu",
      value: share,
      text: `${milliseconds(ms)}, ${percent(share, 0)}`,
      remark: `${percent(ofRoofline, 0)} of the ${bound} roof`,
    })),
  });
}

function table(dispatches: readonly DispatchProfile[]): string {
  const rows = dispatches.map((each) => [
    each.name,
    threeDigits(each.ms),
    `${threeDigits(each.fastest)} to ${threeDigits(each.slowest)}`,
    threeDigits(each.gflops),
    threeDigits(each.gbps),
    threeDigits(each.intensity),
    percent(each.ofRoofline, 0),
    each.bound,
    each.jobs.map(({ kernel, layer }) => (layer === null ? kernel : `${kernel} (layer ${layer})`)).join(", "),
  ]);
  const head = [
    "dispatch",
    "ms",
    "range",
    "GFLOP/s",
    "GB/s",
    "FLOP per byte",
    "of its roof",
    "roof",
    "kernels",
  ];
  return figureTable("Figures of every dispatch", head, rows, [7, 8]);
}
