/** `backlit tune`: finds the kernel tiles that suit a network on an adapter, and says what was tried. */
import type { Command } from "commander";
import type { Dataset } from "../../core/dataset.ts";
import { BacklitError, SpecError } from "../../core/errors.ts";
import { resolveRunOptions, type RunOptionName } from "../../core/run-options.ts";
import { adapterName } from "../../gpu/device.ts";
import { TUNING_ROWS } from "../../gpu/tuner.ts";
import type { DatasetSource, TuneJob, TuningEvent } from "../../worker/job.ts";
import type { Context } from "../context.ts";
import { requireNamedDataset } from "../dataset-source.ts";
import { createFolderCache } from "../file-cache.ts";
import { interruptible } from "../interrupt.ts";
import { jobData } from "../job-data.ts";
import { addRunOptions, givenRunOptions } from "../options.ts";
import { addRuntimeOptions, chooseRuntime, type RuntimeFlags } from "../runtime-options.ts";
import { keepTable, tuneText } from "../tuning-text.ts";

/** Options that do not change a kernel. */
const OTHER: readonly RunOptionName[] = ["validation", "maxSteps", "earlyStopping", "keepBest", "engine"];

interface TuneFlags extends RuntimeFlags {
  dataDir?: string;
}

export function addTuneVerb(program: Command, context: Context): void {
  const command = program
    .command("tune")
    .description("search for the kernel tiles that suit a network on an adapter, and keep them")
    .option("--data-dir <DIR>", "folder of the four files, or its parent")
    .option("--json", "JSON on standard output");
  const wanted = Object.keys(resolveRunOptions({})) as RunOptionName[];
  addRunOptions(
    command,
    wanted.filter((name) => !OTHER.includes(name)),
    { tune: "fast" },
  );
  addRuntimeOptions(command);
  command.action((flags: TuneFlags) => tuneVerb(context, flags));
}

async function tuneVerb(context: Context, flags: TuneFlags): Promise<void> {
  const { output } = context;
  const given = givenRunOptions(flags as Record<string, unknown>);
  requireNamedDataset(given.data, flags.dataDir);
  const options = resolveRunOptions({ ...given, tune: given.tune ?? "fast" });
  const mode = options.tune;
  if (mode === "off") {
    throw new SpecError("tune", "--tune off searches for nothing", "Leave it out, or use fast or full.");
  }
  const runtime = chooseRuntime(context, flags, options, { explain: true });
  let found: TuningEvent | undefined;
  const interrupted = await interruptible(context, async (signal) => {
    const data = firstRows(await jobData(options.data, flags.dataDir, output, signal), options.batchSize);
    const { adapter } = options;
    const job: TuneJob = { kind: "tune", engine: "gpu", adapter, options, data, mode };
    for await (const event of runtime.run(job, signal)) {
      if (event.type === "adapter") {
        const { adapter: its } = event;
        output.say(
          `Tuning on ${its.software ? "a software adapter, not on a GPU: " : ""}${adapterName(its)}.`,
        );
      }
      if (event.type === "tuning") found = event;
    }
  });
  if (!found?.report) {
    if (interrupted) return;
    throw new BacklitError("job/no-result", "the runtime ended without a table");
  }
  await keepTable(createFolderCache(undefined, "tuning"), found, output);
  output.emit({ type: "result", runtime: runtime.name, key: found.key, ...found.report });
  output.print(tuneText(found.report, (text) => output.bold(text)));
}

/** A search needs a few thousand rows, not all of them. */
function firstRows(source: DatasetSource, batchSize: number): DatasetSource {
  if (source.kind === "synthetic") return source;
  const { dataset } = source;
  const rows = Math.max(TUNING_ROWS, batchSize);
  const pixels = dataset.height * dataset.width;
  const cut = ({ images, labels }: Dataset["train"], most: number): Dataset["train"] => ({
    images: images.slice(0, most * pixels),
    labels: labels.slice(0, most),
  });
  const { validation: _, ...rest } = dataset;
  return {
    kind: "given",
    dataset: { ...rest, train: cut(dataset.train, rows), test: cut(dataset.test, 1) },
  };
}
