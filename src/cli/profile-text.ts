/** A profile for a terminal: the dispatches of a step, and how near they come to what the adapter can do at most. */
import type { DispatchProfile, ProfileReport } from "../core/profile.ts";
import { adapterName } from "../gpu/device.ts";
import { counted, table, threeDigits } from "./format.ts";

export function profileText(report: ProfileReport, bold: (text: string) => string): string {
  const { adapter, dispatches, roofline, step } = report;
  const row = (
    name: string,
    kernels: string,
    { ms, gflops, gbps }: { ms: number; gflops: number; gbps: number },
    more: { share: number; intensity: number; bound: string; ofRoofline: number | undefined },
  ): string[] => [
    name,
    kernels,
    threeDigits(ms),
    `${(100 * more.share).toFixed(1)} %`,
    threeDigits(gflops),
    threeDigits(gbps),
    threeDigits(more.intensity),
    more.ofRoofline === undefined ? "" : `${(100 * more.ofRoofline).toFixed(0)} % (${more.bound})`,
  ];
  const rows = dispatches.map((each) => row(each.name, kernelsText(each), each, each));
  const whole = { share: 1, intensity: step.flops / step.bytes, bound: "", ofRoofline: undefined };
  return [
    `Profile of a training step on ${adapterName(adapter)}`,
    "",
    table(
      ["dispatch", "kernels", "ms", "share", "GFLOP/s", "GB/s", "FLOP/B", "of roofline"],
      [...rows, row("together", "", step, whole)],
      bold,
    ),
    "",
    `${clockText(report)} Roofs measured here: ${threeDigits(roofline.gflops)} GFLOP/s, ${threeDigits(roofline.gbps)} GB/s.`,
  ].join("\n");
}

/** `2 dense-weight-gradient + step-result` */
function kernelsText({ jobs }: DispatchProfile): string {
  const names = [...new Set(jobs.map(({ kernel }) => kernel))];
  const counted = names.map((name) => {
    const count = jobs.filter(({ kernel }) => kernel === name).length;
    return count === 1 ? name : `${count} ${name}`;
  });
  return counted.join(" + ");
}

function clockText({ clock, dispatches }: ProfileReport): string {
  if (clock.method === "wall") {
    return "This device has no timestamps: each dispatch was run many times on its own, by the host's clock.";
  }
  const samples = Math.max(...dispatches.map((each) => each.samples));
  return `Timestamps of ${counted(samples, "step")}, to ${clock.quantum.toLocaleString("en-US")} ns.`;
}
