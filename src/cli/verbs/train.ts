/** `backlit train`: trains a network, keeps everything about the run in its directory, and reports. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { SpecError } from "../../core/errors.ts";
import { resolveRunOptions, type RunOptions } from "../../core/run-options.ts";
import { CATALOGUE } from "../../data/catalogue.ts";
import { fittingValidation } from "../../data/split.ts";
import type { DatasetSource, TrainJob } from "../../worker/job.ts";
import { readTunings } from "../../worker/tuning-store.ts";
import type { Context } from "../context.ts";
import { requireNamedDataset, SYNTHETIC } from "../dataset-source.ts";
import { createFolderCache } from "../file-cache.ts";
import { readInputFile, runFile, withFileName } from "../input-file.ts";
import { interruptible } from "../interrupt.ts";
import { jobData } from "../job-data.ts";
import { addRunOptions, givenRunOptions } from "../options.ts";
import { checkRuntime, resumeFrom, storedChoices, type Resumed } from "../resume.ts";
import { RunDirectory } from "../run-directory.ts";
import { addRuntimeOptions, chooseRuntime, sayIdleOptions, type RuntimeFlags } from "../runtime-options.ts";
import { TrainSession } from "../train-session.ts";

interface TrainFlags extends RuntimeFlags {
  dataDir?: string;
  out?: string;
  resume?: string;
  init?: string;
  profile?: boolean;
}

export function addTrainVerb(program: Command, context: Context): void {
  const command = program
    .command("train")
    .description("train a network and keep the run: model, checkpoint, events, report")
    .option("--data-dir <DIR>", "folder of the four files, or its parent")
    .option("--out <DIR>", "run directory (default runs/TIME; with --resume, the checkpoint's own)")
    .option("--resume <FILE|DIR>", "go on from a checkpoint, bit for bit")
    .option("--init <FILE|DIR>", "start from the parameters of a model, or of a run")
    .option("--profile", "time every kernel; writes profile.json and trace.json into the run directory")
    .option("--json", "JSON lines on standard output");
  addRunOptions(command);
  addRuntimeOptions(command);
  command.action((flags: TrainFlags) => trainVerb(context, flags));
}

async function trainVerb(context: Context, flags: TrainFlags): Promise<void> {
  const { output } = context;
  if (flags.resume !== undefined && flags.init !== undefined) {
    throw new SpecError(
      "init",
      "--resume and --init exclude each other",
      "A checkpoint has its parameters already.",
    );
  }
  const given = absoluteData(givenRunOptions(flags as Record<string, unknown>));
  const resumed = flags.resume === undefined ? undefined : await resumeFrom(flags.resume, given);
  if (!resumed) requireNamedDataset(given.data, flags.dataDir);
  let options: RunOptions = resolveRunOptions(resumed?.options ?? given);
  if (flags.profile && options.engine === "cpu") {
    throw new SpecError("profile", "--profile times the GPU's kernels; the CPU engine has none");
  }
  checkSelection(resolveRunOptions(options));
  sayIdleOptions(context, resolveRunOptions(options), given);
  const initFile = flags.init === undefined ? undefined : await runFile(flags.init, "model");
  const init = initFile === undefined ? undefined : await readInputFile(initFile, "model");
  const goesOn =
    resumed !== undefined && (flags.out === undefined || resolve(flags.out) === resolve(resumed.directory));
  if (!goesOn) RunDirectory.refuseExisting(flags.out);
  const stored = resumed ? await storedChoices(resumed) : {};
  checkRuntime(stored.runtime, flags.runtime);
  // Before anything is said or made: without its package a runtime cannot do anything.
  const runtime = chooseRuntime(context, { ...stored, ...flags }, resolveRunOptions(options), {
    explain: true,
  });
  const work = async (signal: AbortSignal): Promise<void> => {
    const dataDir = flags.dataDir ?? stored.dataDir;
    const data = await jobData(options.data ?? SYNTHETIC, dataDir, output, signal);
    if (given.validation === undefined && !resumed) options = withFittingValidation(options, data, context);
    const directory = await RunDirectory.open(flags.out ?? resumed?.directory, goesOn);
    const tables = createFolderCache(undefined, "tuning");
    const session = new TrainSession(context, directory, runtime, tables, dataDir, resumed?.history);
    const job: TrainJob = {
      ...trainJob(options, data, resumed, init),
      runtime: runtime.name,
      ...(searches(options, resumed) && {
        tunings: await readTunings(tables, (message) => output.say(`warning: ${message}`)),
      }),
      ...(flags.profile && { profile: true }),
    };
    const run = (): Promise<void> => session.run(job, signal);
    await (initFile === undefined ? run() : withFileName(initFile, run));
  };
  await interruptible(context, work, "saving");
}

/** Here the flags are known by which it was asked for. */
function checkSelection({ keepBest, earlyStopping, validation }: ReturnType<typeof resolveRunOptions>): void {
  if (validation > 0 || (keepBest === "none" && earlyStopping === 0)) return;
  const flag = keepBest === "none" ? `--early-stopping ${earlyStopping}` : `--keep-best ${keepBest}`;
  throw new SpecError(
    keepBest === "none" ? "earlyStopping" : "keepBest",
    `${flag} goes by the validation rows, but --validation is 0`,
    `Hold some rows out with --validation N, or leave ${flag} out.`,
  );
}

function trainJob(
  options: RunOptions,
  data: DatasetSource,
  resumed: Resumed | undefined,
  init: Uint8Array | undefined,
): TrainJob {
  const { engine, adapter } = resolveRunOptions(options);
  return {
    kind: "train",
    engine,
    adapter,
    options,
    data,
    ...(resumed && { checkpoint: resumed.bytes }),
    ...(init && { init }),
  };
}

/** A resumed run keeps the table it was trained with. */
function searches({ engine, tune }: RunOptions, resumed: Resumed | undefined): boolean {
  return engine === "gpu" && tune !== "off" && resumed === undefined;
}

/** A folder is remembered by its full path, so that a run can be resumed from anywhere. */
function absoluteData(given: RunOptions): RunOptions {
  const { data } = given;
  if (data === undefined || data === SYNTHETIC || Object.hasOwn(CATALOGUE, data)) return given;
  return { ...given, data: resolve(data) };
}

/** The default number of validation rows is meant for sets like MNIST; a small set gives up a tenth. */
function withFittingValidation(options: RunOptions, data: DatasetSource, { output }: Context): RunOptions {
  if (data.kind === "synthetic" || data.dataset.validation) return options;
  const rows = data.dataset.train.labels.length;
  const fitting = fittingValidation(options.validation ?? 0, rows);
  if (fitting === options.validation) return options;
  output.say(
    `Holding out ${fitting} of ${rows} training rows for validation; --validation N says otherwise.`,
  );
  return { ...options, validation: fitting };
}
