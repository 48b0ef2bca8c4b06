/** `backlit eval`: a model's classification report on a split of a dataset. */
import type { Command } from "commander";
import type { SplitName } from "../../core/dataset.ts";
import { SpecError } from "../../core/errors.ts";
import { resolveRunOptions, runOptions } from "../../core/run-options.ts";
import { CATALOGUE } from "../../data/catalogue.ts";
import { adapterName } from "../../gpu/device.ts";
import type { DatasetSummary } from "../../model/metadata.ts";
import { readModel } from "../../model/model-file.ts";
import type { AdapterEvent, EvaluateJob, EvaluationEvent } from "../../worker/job.ts";
import type { Context } from "../context.ts";
import { SYNTHETIC } from "../dataset-source.ts";
import { counted } from "../format.ts";
import { jobData } from "../job-data.ts";
import { addRunOptions, choice, givenRunOptions } from "../options.ts";
import { readInputFile, runFile, withFileName } from "../input-file.ts";
import { reportText } from "../report-text.ts";
import { addRuntimeOptions, chooseRuntime, sayIdleOptions, type RuntimeFlags } from "../runtime-options.ts";
import { interruptible } from "../interrupt.ts";

interface EvalFlags extends RuntimeFlags {
  model: string;
  split?: SplitName;
  dataDir?: string;
}

export function addEvalVerb(program: Command, context: Context): void {
  const command = program
    .command("eval")
    .description("evaluate a model: accuracy, scores per class, confusion matrix")
    .requiredOption("--model <FILE|DIR>", "model.safetensors of a run, or the run's directory")
    .option(
      "--split <SPLIT>",
      "test, validation or train (default test)",
      choice<SplitName>("split", ["test", "validation", "train"]),
    )
    .option("--data-dir <DIR>", "folder of the four files, or its parent")
    .option("--json", "JSON on standard output");
  addRunOptions(command, ["data", "validation", "seed", "engine", "adapter"], {
    data: "what the model was trained on",
    validation: "as in training",
    seed: "as in training",
  });
  addRuntimeOptions(command);
  command.action((flags: EvalFlags) => evaluate(context, flags));
}

async function evaluate(context: Context, flags: EvalFlags): Promise<void> {
  const { output } = context;
  const file = await runFile(flags.model, "model");
  const bytes = await readInputFile(file, "model");
  const model = await withFileName(file, () => readModel(bytes));
  const given = givenRunOptions(flags as unknown as Record<string, unknown>);
  const options = resolveRunOptions({ ...given, data: given.data ?? ownData(model.dataset.name) });
  const split = flags.split ?? "test";
  const heldOut = given.validation ?? model.validation?.rows;
  const seed = given.seed ?? model.validation?.seed ?? model.training?.seed;
  if (split !== "test" && (heldOut === undefined || seed === undefined)) throw unknownRows(split);
  const job: EvaluateJob = {
    kind: "evaluate",
    engine: options.engine,
    adapter: options.adapter,
    model: bytes,
    data: await jobData(options.data, flags.dataDir, output),
    split,
    validation: heldOut ?? options.validation,
    seed: seed ?? options.seed,
  };
  sayIdleOptions(context, options, given);
  const runtime = chooseRuntime(context, flags, options);
  let adapter: AdapterEvent["adapter"] | undefined;
  let evaluation: EvaluationEvent | undefined;
  await interruptible(context, async (signal) => {
    for await (const event of runtime.run(job, signal)) {
      if (event.type === "adapter") adapter = event.adapter;
      if (event.type === "evaluation") evaluation = event;
    }
  });
  if (!evaluation || !adapter) return;
  const { loss, report, topK, dataset } = evaluation;
  const difference = otherClasses(model.dataset, dataset);
  if (difference) output.say(difference);
  output.emit({
    type: "result",
    split,
    loss,
    ...report,
    topK,
    dataset: { name: dataset.name, sha256: dataset.sha256 },
    engine: options.engine,
    runtime: runtime.name,
    adapter,
    model: file,
  });
  const rows = report.micro.support;
  output.print(`${file} on ${counted(rows, `${split} image`)} of ${dataset.name}, ${adapterName(adapter)}\n`);
  output.print(reportText(report, (text) => output.bold(text)));
  output.print(`loss ${loss.toFixed(4)}`);
}

function unknownRows(split: SplitName): SpecError {
  return new SpecError(
    "validation",
    `the model does not say which rows were held out of training, so its ${split} rows are not known`,
    "Give --validation N and --seed N as they were in training.",
  );
}

/** Predictions are class numbers; scores under other names than the model's may mean nothing. */
function otherClasses(own: DatasetSummary, { name, classes }: DatasetSummary): string | undefined {
  const at = classes.findIndex((each, i) => each !== own.classes[i]);
  if (at < 0) return undefined;
  return (
    `The classes of ${name} are not those the model was trained on (${own.name}): ` +
    `class ${at} is "${classes[at]}", not "${own.classes[at]}".`
  );
}

/** The dataset a model was trained on, where it can be had by its name. */
function ownData(name: string): string {
  if (name === SYNTHETIC || Object.hasOwn(CATALOGUE, name)) return name;
  throw new SpecError(
    "data",
    `--${runOptions.data.flag} is needed: the model was trained on "${name}", a folder of its own`,
    "Give the folder of its four IDX files.",
  );
}
