/** `backlit trace`: the GPU beside the CPU, tensor by tensor and step by step, until the first one that is off. */
import type { Command } from "commander";
import type { AdapterSummary } from "../../core/engine.ts";
import { EXIT, SpecError } from "../../core/errors.ts";
import { resolveRunOptions, type RunOptionName } from "../../core/run-options.ts";
import { adapterName } from "../../gpu/device.ts";
import { ratioText } from "../../lens/conformance/report.ts";
import type { Divergence } from "../../lens/trace/compare.ts";
import { readReplay } from "../../lens/trace/replay.ts";
import type { TraceReport } from "../../lens/trace/run.ts";
import type { TraceJob, TraceReportEvent } from "../../worker/job.ts";
import { writeFileAtomically } from "../atomic-write.ts";
import type { Context } from "../context.ts";
import { requireNamedDataset } from "../dataset-source.ts";
import { byteSize, counted, table } from "../format.ts";
import { readInputFile, withFileName } from "../input-file.ts";
import { interruptible } from "../interrupt.ts";
import { jobData } from "../job-data.ts";
import { addRunOptions, givenRunOptions, wholeNumber } from "../options.ts";
import { addRuntimeOptions, chooseRuntime, type RuntimeFlags } from "../runtime-options.ts";

interface TraceFlags extends RuntimeFlags {
  steps?: number;
  dataDir?: string;
  out?: string;
  replay?: string;
}

const STEPS = 20;
const REPLAY_FILE = "backlit-trace.safetensors";
/** Options that a trace has no use for. */
const OTHER: RunOptionName[] = ["maxSteps", "earlyStopping", "keepBest", "engine", "tune"];
/** Of what an element was made from, so many numbers are printed. */
const SHOWN = 8;

export function addTraceVerb(program: Command, context: Context): void {
  const command = program
    .command("trace")
    .description("compare every tensor of every step with the CPU; stop at the first that is off")
    .option("--steps <N>", `steps to trace (default ${STEPS})`, wholeNumber("steps", 1))
    .option("--out <FILE>", `where a step that diverged is written to be repeated (default ${REPLAY_FILE})`)
    .option("--replay <FILE>", "repeat the step of such a file")
    .option("--data-dir <DIR>", "folder of the four files, or its parent")
    .option("--json", "JSON on standard output");
  const all = Object.keys(resolveRunOptions({})) as RunOptionName[];
  addRunOptions(
    command,
    all.filter((name) => !OTHER.includes(name)),
  );
  addRuntimeOptions(command);
  command.action((flags: TraceFlags) => traceVerb(context, flags));
}

async function traceVerb(context: Context, flags: TraceFlags): Promise<void> {
  const { output } = context;
  const given = givenRunOptions(flags as Record<string, unknown>);
  const options = resolveRunOptions(given);
  const { adapter: wish } = options;
  const { adapter: _, ...others } = given;
  if (flags.replay !== undefined && (Object.keys(others).length > 0 || flags.steps !== undefined)) {
    throw new SpecError(
      "replay",
      "--replay brings its own step; the options of a run and --steps do not go with it",
      "Leave them out.",
    );
  }
  requireNamedDataset(given.data, flags.dataDir);
  const replay = flags.replay === undefined ? undefined : await readInputFile(flags.replay, "replay file");
  if (replay) await withFileName(flags.replay!, () => readReplay(replay));
  const runtime = chooseRuntime(context, flags, { engine: "gpu", adapter: wish }, { explain: true });
  const place = { engine: "gpu", adapter: wish } as const;
  let adapter: AdapterSummary | undefined;
  let end: TraceReportEvent | undefined;
  const steps = replay ? 1 : (flags.steps ?? STEPS);
  const interrupted = await interruptible(output, async (signal) => {
    const data = replay
      ? ({ kind: "synthetic" } as const)
      : await jobData(options.data, flags.dataDir, output, signal);
    const job: TraceJob = { kind: "trace", ...place, options, data, steps, ...(replay && { replay }) };
    for await (const event of runtime.run(job, signal)) {
      if (event.type === "adapter") {
        ({ adapter } = event);
        output.say(`tracing ${counted(steps, "step")} on ${adapterName(adapter)} …`);
      }
      if (event.type === "trace-step" && output.live) {
        const text = `step ${event.step + 1} of ${steps}, worst error over bound ${ratioText(event.errorOverBound)}`;
        output.out.write(`\r\u001b[K${text}`);
      }
      if (event.type === "trace-report") end = event;
    }
  });
  if (output.live) output.out.write("\r\u001b[K");
  if (!end || !adapter) return;
  const { replay: file, ...report } = end.report;
  const path = file && (flags.out ?? REPLAY_FILE);
  if (file && path) await writeFileAtomically(path, file);
  const { steps: traced, diverged, first, worst } = report;
  output.emit({
    type: "result",
    steps: traced,
    diverged,
    ...(first && { first }),
    worst,
    ...(path && { replay: path }),
    runtime: runtime.name,
    adapter,
    interrupted,
  });
  output.print(reportText(report, adapter, (text) => output.bold(text)));
  if (file && path)
    output.print(`\nThe step is in ${path} (${byteSize(file.length)}): backlit trace --replay ${path}`);
  if (interrupted) context.exitCode = EXIT.interrupted;
  else if (diverged) context.exitCode = EXIT.failed;
}

function reportText(
  { steps, first, worst }: TraceReport,
  adapter: AdapterSummary,
  bold: (text: string) => string,
): string {
  const rows = worst.map(({ tensor, kernel, errorOverBound, cpuErrorOverBound, step, index }) => [
    tensor,
    kernel,
    ratioText(errorOverBound),
    ratioText(cpuErrorOverBound),
    `${step}`,
    `${index}`,
  ]);
  const head = ["tensor", "kernel", "error / bound", "CPU float32", "step", "element"];
  const verdict =
    first === undefined
      ? `${counted(steps, "step")} on ${adapterName(adapter)}: every tensor lies within its bound of float64.`
      : divergenceText(first, adapter);
  return [table(head, rows, bold), "", verdict].join("\n");
}

function divergenceText(first: Divergence, adapter: AdapterSummary): string {
  const { step, tensor, kernel, shape, index, gpu, cpu, reference, bound, origins, fault } = first;
  const made = origins.map(({ name, values }) => {
    const shown = values.slice(0, SHOWN).map((value) => String(value));
    const more = values.length > SHOWN ? `, … (${values.length})` : "";
    return `  ${name}: ${shown.join(", ")}${more}`;
  });
  return [
    `Step ${step} on ${adapterName(adapter)}: ${tensor} [${shape.join(", ")}], element ${index}, of ${kernel}, is off.`,
    `  GPU ${gpu}, CPU float32 ${cpu}, CPU float64 ${reference}: ` +
      `off by ${Math.abs(gpu - reference).toExponential(3)}, bound ${bound.toExponential(3)}`,
    ...(fault ? [`  the guard says: ${fault}`] : []),
    ...(made.length > 0 ? ["made from", ...made] : []),
  ].join("\n");
}
