/** `backlit predict`: what a model reads in images, given as PNGs or as IDX files. */
import { basename } from "node:path";
import type { Command } from "commander";
import { resolveRunOptions } from "../../core/run-options.ts";
import { adapterName } from "../../gpu/device.ts";
import { readsDigits } from "../../data/images/prepare.ts";
import { readModel } from "../../model/model-file.ts";
import type { AdapterEvent, PredictJob, PredictionEvent } from "../../worker/job.ts";
import type { Context } from "../context.ts";
import { percent, table } from "../format.ts";
import { readInputs, type PredictionInput } from "../images/inputs.ts";
import { readInputFile, runFile, withFileName } from "../input-file.ts";
import { interruptible } from "../interrupt.ts";
import { addRunOptions, givenRunOptions } from "../options.ts";
import { addRuntimeOptions, chooseRuntime, sayIdleOptions, type RuntimeFlags } from "../runtime-options.ts";

interface PredictFlags extends RuntimeFlags {
  model: string;
  invert?: boolean;
}

export function addPredictVerb(program: Command, context: Context): void {
  const command = program
    .command("predict <image...>")
    .description("read images: PNGs of any size, or IDX files, gzipped or not")
    .requiredOption("--model <FILE|DIR>", "model.safetensors of a run, or the run's directory")
    .option("--invert", "the images are dark on light; PNGs are judged by their border when not said")
    .option("--no-invert", "the images are light on dark")
    .option("--json", "JSON on standard output");
  addRunOptions(command, ["engine", "adapter"]);
  addRuntimeOptions(command);
  command.action((images: string[], flags: PredictFlags) => predict(context, images, flags));
}

async function predict(context: Context, images: string[], flags: PredictFlags): Promise<void> {
  const { output } = context;
  const file = await runFile(flags.model, "model");
  const bytes = await readInputFile(file, "model");
  const { dataset } = await withFileName(file, () => readModel(bytes));
  const { height, width, classes } = dataset;
  const given = givenRunOptions(flags as unknown as Record<string, unknown>);
  const options = resolveRunOptions(given);
  const digits = readsDigits(dataset);
  const inputs: PredictionInput[] = [];
  for (const image of images)
    inputs.push(...(await readInputs(image, { height, width, invert: flags.invert, digits })));
  for (const { label, notes } of inputs) if (notes.length > 0) output.say(`${label}: ${notes.join(", ")}`);
  const size = height * width;
  const floats = new Float32Array(inputs.length * size);
  inputs.forEach(({ values }, i) => floats.set(values, i * size));
  const { engine, adapter: wish } = options;
  const job: PredictJob = { kind: "predict", engine, adapter: wish, model: bytes, inputs: floats };
  sayIdleOptions(context, options, given);
  const runtime = chooseRuntime(context, flags, options);
  let adapter: AdapterEvent["adapter"] | undefined;
  let prediction: PredictionEvent | undefined;
  await interruptible(context, async (signal) => {
    for await (const event of runtime.run(job, signal)) {
      if (event.type === "adapter") adapter = event.adapter;
      if (event.type === "prediction") prediction = event;
    }
  });
  if (!prediction || !adapter) return;
  const { labels, probabilities } = prediction;
  const predictions = inputs.map(({ label: input, notes }, i) => ({
    input,
    label: labels[i],
    className: classes[labels[i]],
    probabilities: [...probabilities.subarray(i * classes.length, (i + 1) * classes.length)],
    ...(notes.length > 0 && { notes }),
  }));
  output.emit({ type: "result", predictions, engine, runtime: runtime.name, adapter, model: file });
  const rows = predictions.map((each) => [
    each.input,
    each.className,
    ...likeliest(each.probabilities, classes),
  ]);
  output.print(table(["image", "read as", "probability", "next"], rows, (text) => output.bold(text)));
  output.print(`\n${basename(file)} on ${adapterName(adapter)}`);
}

/** Probability of the class chosen, and the next one with its own. */
function likeliest(probabilities: number[], classes: string[]): [string, string] {
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b] - probabilities[a]);
  const [first, second] = order;
  return [percent(probabilities[first], 1), `${classes[second]} ${percent(probabilities[second], 1)}`];
}
