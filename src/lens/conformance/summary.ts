/** A report as a paragraph that can be pasted into an issue. */
import { adapterName } from "../../gpu/device.ts";
import { counted, duration, grouped } from "../../report/numbers.ts";
import { ratioText, type ConformanceReport } from "./report.ts";

/** What surrounds the adapter. */
export interface CheckEnvironment {
  /** Of Backlit. */
  version: string;
  /** `linux x64`, or what a page knows. */
  platform: string;
  /** The browser or Node, with its version. */
  runtime: string;
}

/** Commands in it are as `withCommands` takes them. The verdict, the adapter, versions; for each kernel that failed what was wrong and what to use instead. */
export function summarize(
  report: ConformanceReport,
  { version, platform, runtime }: CheckEnvironment,
): string {
  const { cases, worst, compared, adapter, seconds, tuning, timestamps } = report;
  const most = cases === 0 ? "" : `; ${worstText(worst.errorOverBound)} (${worst.kernel}, ${worst.shape})`;
  const figures = `${counted(compared, "number")} compared in ${duration(seconds)}${most}`;
  const lines = [
    `backlit check ${version}: ${adapterName(adapter)}; ${runtime}; ${platform}.`,
    `${verdict(report)}. ${figures}. Tuning table ${tuning}; timestamps ${timestamps}.`,
  ];
  // A kernel that fails by itself says already what is wrong with the steps that it is a part of.
  const pointsToTrace = report.failed.every(({ trace }) => trace !== undefined);
  for (const { kernel, variant, instead } of report.proposals) {
    const { failure, shape, trace } = report.failed.find(
      (each) => each.kernel === kernel && each.variant === variant,
    )!;
    lines.push(
      `${kernel} fails with the tuning table "${variant}" at ${shape}: ${failure}. ` +
        (instead === null
          ? "No other table computes everything correctly here: use --engine cpu."
          : `The table "${instead.name}" computes it correctly.`) +
        (pointsToTrace ? traceText(trace) : ""),
    );
  }
  const others = report.failed.filter(
    ({ kernel, variant }) =>
      !report.proposals.some((each) => each.kernel === kernel && each.variant === variant),
  );
  for (const { kernel, shape, failure, trace } of others) {
    lines.push(`${kernel}, ${shape}: ${failure}.${pointsToTrace ? traceText(trace) : ""}`);
  }
  return lines.join(" ");
}

const worstText = (errorOverBound: number): string =>
  errorOverBound === Number.MAX_VALUE
    ? "worst is a result that had to be exact, and is not"
    : `worst error over bound ${ratioText(errorOverBound)}`;

const traceText = (flags?: readonly string[]): string =>
  flags === undefined
    ? ""
    : ` \`${["backlit trace", ...flags].join(" ")}\` tells which of its kernels is wrong, unless that takes this case's numbers.`;

/** What may be said of all cases, or of those that ran before an interruption. */
function verdict({ cases, total, failures, random, seed }: ConformanceReport): string {
  const drawn = random ? ` (seed ${seed})` : "";
  const all = `${counted(total, random ? "random case" : "case")}${drawn}`;
  const disagree = (count: number): string =>
    `${count === 1 ? "it does" : "they do"} not agree with the float64 reference, or could not run`;
  const agree = "with the float64 reference within their derived bounds";
  if (cases < total) {
    const ran = `Interrupted after ${grouped(cases)} of ${all}`;
    if (cases === 0) return `${ran}: nothing is known`;
    return failures === 0
      ? `${ran}; those agree ${agree}`
      : `${ran}; ${grouped(failures)} of those failed: ${disagree(failures)}`;
  }
  const one = `The one ${random ? "random case" : "case"}${drawn}`;
  if (failures > 0) {
    return `${total === 1 ? one : `${grouped(failures)} of ${all}`} failed: ${disagree(failures)}`;
  }
  return total === 1
    ? `${one} agrees with the float64 reference within its derived bounds`
    : `All ${all} agree ${agree}`;
}

/** `HeadlessChrome/156.0.0.0` of what a browser calls itself. */
export function browserOf(userAgent: string): string {
  return /(?:Headless)?(?:Chrome|Chromium|Firefox|Edg|Version)\/[\d.]+/.exec(userAgent)?.[0] ?? userAgent;
}
