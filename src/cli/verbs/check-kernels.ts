/** `backlit check` without more words: kernels, engine and device against the reference, where training would run. */
import type { AdapterSummary } from "../../core/engine.ts";
import { EXIT } from "../../core/errors.ts";
import { withCommands } from "../../core/command-line.ts";
import { resolveRunOptions, type RunOptions } from "../../core/run-options.ts";
import { adapterName } from "../../gpu/device.ts";
import { ratioText, type CaseResult, type ConformanceReport } from "../../lens/conformance/report.ts";
import { browserOf, summarize } from "../../lens/conformance/summary.ts";
import type { CheckJob, CheckReportEvent } from "../../worker/job.ts";
import packageJson from "../../../package.json" with { type: "json" };
import type { Context } from "../context.ts";
import { counted, grouped, table } from "../format.ts";
import { interruptible } from "../interrupt.ts";
import { junitXml, type JunitCase } from "../junit.ts";
import { checkOutputFile, writeOutputFile } from "../output-file.ts";
import { chooseRuntime, type RuntimeFlags } from "../runtime-options.ts";
import { CALLING, shellCommand } from "../shell-command.ts";

export interface KernelFlags extends RuntimeFlags {
  cases?: number;
  only?: number;
  junit?: string;
}

/** @param given the run options that were typed */
export async function runKernelCheck(context: Context, flags: KernelFlags, given: RunOptions): Promise<void> {
  const { output } = context;
  const { adapter: wish, seed } = resolveRunOptions(given);
  const { cases, only } = flags;
  await checkOutputFile(output, "junit", flags.junit);
  const job: CheckJob = { kind: "check", engine: "gpu", adapter: wish, cases, seed, only };
  const runtime = chooseRuntime(context, flags, { engine: "gpu", adapter: wish }, { explain: true });
  const results: CaseResult[] = [];
  let adapter: AdapterSummary | undefined;
  let end: CheckReportEvent | undefined;
  const interrupted = await interruptible(context, async (signal) => {
    for await (const event of runtime.run(job, signal)) {
      if (event.type === "adapter") {
        ({ adapter } = event);
        output.say(`checking ${adapterName(adapter)} …`);
      }
      if (event.type === "check-report") end = event;
      if (event.type !== "check-case") continue;
      results.push(event.result);
      showProgress(context, results.length, event.total);
      if (event.result.failure !== "") sayFailure(context, event.result, flags, seed);
    }
  });
  if (output.live) output.out.write("\r\u001b[K");
  if (!end) return;
  const { report, userAgent } = end;
  const environment = {
    version: packageJson.version,
    platform: `${process.platform} ${process.arch}`,
    runtime: userAgent && runtime.name === "chrome" ? browserOf(userAgent) : `Node ${process.version}`,
  };
  const summary = withCommands(summarize(report, environment), CALLING);
  const { cases: count, failures, worst } = report;
  output.emit({
    type: "result",
    ...report,
    cases: count,
    failures,
    worst,
    summary,
    runtime: runtime.name,
    environment,
    interrupted,
  });
  output.print(reportText(report, (text) => output.bold(text)));
  output.print(`\n${summary}`);
  if (!interrupted && (failures > 0 || count === 0)) context.exitCode = EXIT.failed;
  // Last: should the file fail after all, the result has been told.
  if (flags.junit === undefined) return;
  const listed = [...results.map(junitCase), ...notRun(report)];
  await writeOutputFile("junit", flags.junit, junitXml("backlit check", listed));
}

function showProgress({ output }: Context, done: number, total: number): void {
  if (output.live) output.out.write(`\r\u001b[K${grouped(done)} of ${counted(total, "case")}`);
  else if (total >= 200 && done % 100 === 0) output.say(`${grouped(done)} of ${counted(total, "case")}`);
}

function sayFailure(
  { output }: Context,
  result: CaseResult,
  { cases, runtime }: KernelFlags,
  seed: number,
): void {
  const { number, kernel, shape, variant, failure, trace } = result;
  const repeat = shellCommand("check", [
    ...(cases === undefined ? [] : ["--cases", String(cases), "--seed", String(seed)]),
    "--only",
    String(number),
    ...(runtime === undefined ? [] : ["--runtime", runtime]),
  ]);
  if (output.live) output.out.write("\r\u001b[K");
  output.say(`case ${number} failed: ${kernel}, ${shape}, tuning "${variant}": ${failure}`);
  output.say(`  to repeat it: ${repeat}`);
  if (trace === undefined) return;
  const flags = runtime === undefined ? trace : [...trace, "--runtime", runtime];
  output.say(`  to see which kernel: ${shellCommand("trace", flags)}`);
}

function junitCase({ number, kernel, shape, variant, seconds, failure }: CaseResult): JunitCase {
  return { group: kernel, name: `${number}: ${shape}, ${variant}`, seconds, failure };
}

/** One case stands for those that an interruption kept from running, so that the file does not read as a whole check. */
function notRun({ cases, total }: ConformanceReport): JunitCase[] {
  if (cases === total) return [];
  const skipped = `interrupted after ${grouped(cases)} of ${counted(total, "case")}`;
  const name = `${counted(total - cases, "case")} not run`;
  return [{ group: "interrupted", name, seconds: 0, failure: "", skipped }];
}

function reportText({ kernels, limits, adapter }: ConformanceReport, bold: (text: string) => string): string {
  const rows = kernels.map(({ kernel, cases, failures, compared, errorOverBound, shape }) => [
    kernel,
    String(cases),
    failures === 0 ? "right" : `${failures} wrong`,
    grouped(compared),
    ratioText(errorOverBound),
    shape,
  ]);
  return [
    adapterName(adapter),
    ...Object.entries(limits).map(([name, value]) => `  ${name.padEnd(34)} ${grouped(value)}`),
    "",
    table(["kernel", "cases", "verdict", "numbers", "error / bound", "at"], rows, bold),
  ].join("\n");
}
