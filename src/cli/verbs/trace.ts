/** `backlit trace`: the GPU beside the CPU, tensor by tensor and step by step, until the first one that is off. */
import type { Command } from "commander";
import type { AdapterSummary } from "../../core/engine.ts";
import { BacklitError, DIVERGENCE_HINT, EXIT, notFiniteText, SpecError } from "../../core/errors.ts";
import { resolveRunOptions, type RunOptionName } from "../../core/run-options.ts";
import { networkToSpec } from "../../core/spec.ts";
import { adapterName } from "../../gpu/device.ts";
import { ratioText } from "../../lens/conformance/report.ts";
import { finiteNumbers, readReplay } from "../../lens/trace/replay.ts";
import type { TraceJob, TraceReportEvent } from "../../worker/job.ts";
import type { Context } from "../context.ts";
import { requireNamedDataset } from "../dataset-source.ts";
import { byteSize, counted } from "../format.ts";
import { readInputFile, withFileName } from "../input-file.ts";
import { interruptible } from "../interrupt.ts";
import { jobData } from "../job-data.ts";
import { addRunOptions, givenRunOptions, wholeNumber } from "../options.ts";
import { checkOutputFile, writeOutputFile } from "../output-file.ts";
import { addRuntimeOptions, chooseRuntime, type RuntimeFlags } from "../runtime-options.ts";
import { shellCommand } from "../shell-command.ts";
import { recordedText, recurs, settingText } from "../trace-setting-text.ts";
import { traceText } from "../trace-text.ts";

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
  await checkOutputFile(output, "out", flags.out);
  const replay = flags.replay === undefined ? undefined : await readInputFile(flags.replay, "replay file");
  const recorded = replay && (await withFileName(flags.replay!, () => readReplay(replay)));
  const runtime = chooseRuntime(context, flags, { engine: "gpu", adapter: wish }, { explain: true });
  const place = { engine: "gpu", adapter: wish } as const;
  let adapter: AdapterSummary | undefined;
  let end: TraceReportEvent | undefined;
  const steps = replay ? 1 : (flags.steps ?? STEPS);
  const interrupted = await interruptible(context, async (signal) => {
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
  const { steps: traced, diverged, first, notFinite, worst } = report;
  const { setting, data } = end;
  output.emit({
    type: "result",
    steps: traced,
    asked: steps,
    diverged,
    ...(first && { first: finiteNumbers(first) }),
    ...(notFinite && { notFinite }),
    worst,
    ...(path && { replay: path }),
    ...(recorded && {
      recorded: {
        adapter: recorded.adapter,
        first: finiteNumbers(recorded.first),
        recurs: recurs(recorded, report),
      },
    }),
    network: networkToSpec(setting.network),
    training: setting.training,
    seed: setting.training.seed,
    tuning: setting.tuning,
    ...(data && {
      dataset: { name: data.dataset.name, sha256: data.dataset.sha256 },
      validation: data.validation,
    }),
    runtime: runtime.name,
    adapter,
    interrupted,
  });
  output.print(`${settingText(end)}\n`);
  output.print(traceText(report, steps, adapter, (text) => output.bold(text)));
  if (recorded) output.print(`\n${recordedText(recorded, report)}`);
  if (!interrupted && diverged) context.exitCode = EXIT.failed;
  // The kernels are right up to there; the run is not, as it would not be with `train`.
  if (notFinite) {
    const { step } = notFinite;
    throw new BacklitError("training/diverged", `at step ${step}, ${notFiniteText(notFinite)}`, {
      hint: DIVERGENCE_HINT,
      exitCode: EXIT.diverged,
    });
  }
  // Last: should the file fail after all, the result has been told.
  if (!file || !path) return;
  await writeOutputFile("out", path, file);
  const repeat = shellCommand("trace", ["--replay", path]);
  output.print(`\nThe step is in ${path} (${byteSize(file.length)}): ${repeat}`);
}
