/** `backlit explain`: one training step of a small network worked out in full, in the long form and the short form. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { SpecError } from "../../core/errors.ts";
import type { RunOptionName } from "../../core/run-options.ts";
import { DEFAULT_DERIVATION_RATE } from "../../lens/derivation/derive.ts";
import type { Explained } from "../../lens/walk/explained.ts";
import { comparison } from "../../lens/walk/words.ts";
import { derivationWorkbook } from "../../lens/workbook/derivation-workbook.ts";
import type { Context } from "../context.ts";
import { readDataset } from "../dataset-source.ts";
import { explainBySteps, type ExplainOptions } from "../explain/explained.ts";
import { explainJson } from "../explain/json.ts";
import { explainMarkdown } from "../explain/markdown.ts";
import { explainText } from "../explain/text.ts";
import { GIVING_UP, inTurns, interruptible } from "../interrupt.ts";
import { addLayersOption, layersOptions } from "../layers-option.ts";
import { addRunOptions, givenRunOptions, wholeNumber } from "../options.ts";
import { checkOutputFile, writeOutputFile } from "../output-file.ts";

interface ExplainFlags {
  layers?: number[];
  step?: number;
  memory?: number;
  dataDir?: string;
  html?: string;
  markdown?: string;
  xlsx?: string;
}

const RUN_OPTIONS: RunOptionName[] = [
  "data",
  "activation",
  "batchSize",
  "learningRate",
  "labelSmoothing",
  "seed",
];
const DEFAULT_SIZES = [4, 3, 3];
const DEFAULT_BATCH = 2;
const DEFAULT_MEMORY = 256;
const MEGABYTE = 1e6;
const MOST_STEPS = 100_000;
/** Flags that name a file to write. */
const FILES = ["html", "markdown", "xlsx"] as const;

export function addExplainVerb(program: Command, context: Context): void {
  const command = program
    .command("explain")
    .description("work out one training step in full: every matrix, in the long form and the short form");
  addLayersOption(command, `inputs, then units of each layer (default ${DEFAULT_SIZES.join(",")})`)
    .option(
      "--step <N>",
      "plain steps to take on the batch first (default 0)",
      wholeNumber("step", 0, MOST_STEPS),
    )
    .option(
      "--memory <MB>",
      `most memory that the matrices of the long form may take (default ${DEFAULT_MEMORY})`,
      wholeNumber("memory", 0),
    )
    .option("--data-dir <DIR>", "folder of the four files, or its parent")
    .option(
      "--html <FILE>",
      "write the walk as a page that needs nothing else; like the next two, in place of the text",
    )
    .option("--markdown <FILE>", "write it as Markdown, with mathematics as GitHub renders it")
    .option("--xlsx <FILE>", "write it as a workbook of live formulas")
    .option("--json", "JSON on standard output");
  addRunOptions(
    command,
    RUN_OPTIONS,
    {
      data: "numbers drawn from the seed",
      batchSize: String(DEFAULT_BATCH),
      learningRate: String(DEFAULT_DERIVATION_RATE),
      labelSmoothing: "0",
    },
    { learningRate: "learning rate of the step, and of those of --step" },
  );
  command.action((flags: ExplainFlags) => explainStep(context, flags));
}

/** @throws SpecError */
async function explainStep(context: Context, flags: ExplainFlags): Promise<void> {
  const { output } = context;
  const given = givenRunOptions(flags as Record<string, unknown>);
  const sizes = flags.layers ?? DEFAULT_SIZES;
  const { activation, seed } = layersOptions(given, sizes);
  const options: ExplainOptions = {
    sizes,
    activation,
    seed,
    rows: given.batchSize ?? DEFAULT_BATCH,
    learningRate: given.learningRate ?? DEFAULT_DERIVATION_RATE,
    labelSmoothing: given.labelSmoothing ?? 0,
    steps: flags.step ?? 0,
    memory: (flags.memory ?? DEFAULT_MEMORY) * MEGABYTE,
  };
  if (given.data === undefined && flags.dataDir !== undefined) {
    throw new SpecError(
      "dataDir",
      "--data-dir has no effect without --data",
      "Name the dataset that lies in that folder with --data.",
    );
  }
  refuseSameFile(flags);
  for (const flag of FILES) await checkOutputFile(output, flag, flags[flag]);
  let explained: Explained | undefined;
  const work = async (signal: AbortSignal): Promise<void> => {
    const { data } = given;
    const dataset = data === undefined ? undefined : await readDataset(data, flags.dataDir, output, signal);
    explained = await inTurns(explainBySteps(options, dataset), signal);
  };
  await interruptible(context, work, GIVING_UP);
  if (!explained) return;
  if (explained.omitted) output.say(explained.omitted);
  const made = await makeFiles(explained, flags);
  const files = made.map(({ path }) => resolve(path));
  // Only where it is asked for: as text, a matrix takes many times the memory.
  if (output.json) {
    output.emit({ type: "result", ...explainJson(explained), seed, steps: options.steps, files });
  }
  if (made.length === 0) {
    const width = Math.min(output.out.columns ?? 100, 110);
    const [bold, dim] = [(text: string) => output.bold(text), (text: string) => output.dim(text)];
    output.print(explainText(explained, { width, bold, dim }));
    return;
  }
  output.print(`${explained.title}: ${explained.subtitle}`);
  for (const sentence of comparison(explained.derivation)) output.print(sentence);
  // Last: should one fail after all, the result has been told.
  for (const { flag, path, contents } of made) {
    await writeOutputFile(flag, path, contents);
    output.print(`wrote ${resolve(path)}`);
  }
}

/** @throws SpecError where one file would overwrite another */
function refuseSameFile({ html, markdown, xlsx }: ExplainFlags): void {
  const paths = [html, markdown, xlsx].filter((path) => path !== undefined).map((path) => resolve(path));
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice === undefined) return;
  throw new SpecError("html", `two files were asked for at ${twice}`, "Give each a name of its own.");
}

interface MadeFile {
  flag: (typeof FILES)[number];
  path: string;
  contents: string | Uint8Array;
}

/** Makes everything before anything is written. */
async function makeFiles(explained: Explained, { html, markdown, xlsx }: ExplainFlags): Promise<MadeFile[]> {
  const { derivation, title, subtitle } = explained;
  const made: MadeFile[] = [];
  // First what may be too large to be made.
  if (xlsx !== undefined) {
    const { bytes } = derivationWorkbook(derivation, title, subtitle);
    made.push({ flag: "xlsx", path: xlsx, contents: bytes });
  }
  if (html !== undefined) {
    // KaTeX is large, so it is loaded only where it is needed.
    const { explainHtml } = await import("../../lens/walk/html.ts");
    made.push({ flag: "html", path: html, contents: explainHtml(explained) });
  }
  if (markdown !== undefined) {
    made.push({ flag: "markdown", path: markdown, contents: explainMarkdown(explained) });
  }
  return made;
}
