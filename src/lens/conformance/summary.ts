/** A report as a paragraph that can be pasted into an issue. */
import { adapterName } from "../../gpu/device.ts";
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

/** The verdict, the adapter, versions; for each kernel that failed what was wrong and what to use instead. */
export function summarize(
  report: ConformanceReport,
  { version, platform, runtime }: CheckEnvironment,
): string {
  const { cases, failures, worst, compared, adapter, random, seed, seconds, tuning, timestamps } = report;
  const which = random ? `random cases (seed ${seed})` : "cases";
  const verdict =
    failures === 0
      ? `All ${cases} ${which} agree with the float64 reference within their derived bounds`
      : `${failures} of ${cases} ${which} failed: they do not agree with the float64 reference, or could not run`;
  const figures =
    `${compared.toLocaleString("en-US")} numbers compared in ${seconds.toFixed(0)} s; worst error over bound ` +
    `${ratioText(worst.errorOverBound)} (${worst.kernel}, ${worst.shape})`;
  const lines = [
    `backlit check ${version}: ${adapterName(adapter)}; ${runtime}; ${platform}.`,
    `${verdict}. ${figures}. Tuning table ${tuning}; timestamps ${timestamps}.`,
  ];
  for (const { kernel, variant, instead } of report.proposals) {
    const { failure, shape } = report.failed.find(
      (each) => each.kernel === kernel && each.variant === variant,
    )!;
    lines.push(
      `${kernel} fails with the tuning table "${variant}" at ${shape}: ${failure}. ` +
        (instead === null
          ? "No other table computes it correctly here: use --engine cpu."
          : `The table "${instead.name}" computes it correctly.`),
    );
  }
  const others = report.failed.filter(
    ({ kernel, variant }) =>
      !report.proposals.some((each) => each.kernel === kernel && each.variant === variant),
  );
  for (const { kernel, shape, failure } of others) lines.push(`${kernel}, ${shape}: ${failure}.`);
  return lines.join(" ");
}

/** `HeadlessChrome/156.0.0.0` of what a browser calls itself. */
export function browserOf(userAgent: string): string {
  return /(?:Headless)?(?:Chrome|Chromium|Firefox|Edg|Version)\/[\d.]+/.exec(userAgent)?.[0] ?? userAgent;
}
