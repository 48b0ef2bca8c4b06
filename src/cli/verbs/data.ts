/** `backlit data`: which datasets there are, fetching one, and looking at one. */
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { SplitName } from "../../core/dataset.ts";
import { splitOf } from "../../core/dataset.ts";
import { CATALOGUE } from "../../data/catalogue.ts";
import type { Context } from "../context.ts";
import { findLocally } from "../data-folder.ts";
import { readDataset, SYNTHETIC } from "../dataset-source.ts";
import { cacheFolder } from "../file-cache.ts";
import { byteSize, counted, grouped, table } from "../format.ts";
import { contactSheet } from "../images/sheet.ts";
import { choice, wholeNumber } from "../options.ts";
import { checkOutputFile, writeOutputFile } from "../output-file.ts";

const SPLITS: SplitName[] = ["train", "test"];

export function addDataVerb(program: Command, context: Context): void {
  const data = program.command("data").description("list, fetch and look at datasets");
  data
    .command("list")
    .description("the datasets that are known by name")
    .option("--json", "JSON on standard output")
    .action(() => list(context));
  data
    .command("get <name>")
    .description("fetch a dataset, verify it and keep it in the cache")
    .option("--data-dir <DIR>", "folder of the four files, or its parent")
    .option("--json", "JSON on standard output")
    .action((name: string, flags: { dataDir?: string }) => get(context, name, flags));
  data
    .command("preview <name>")
    .description("write a contact sheet: the first images of every class")
    .option("--data-dir <DIR>", "folder of the four files, or its parent")
    .option("--split <SPLIT>", "train or test (default train)", choice("split", SPLITS))
    .option("--columns <N>", "images per class (default 20)", wholeNumber("columns", 1))
    .option("--out <FILE>", "PNG to write (default NAME.png)")
    .option("--json", "JSON on standard output")
    .action((name: string, flags: PreviewFlags) => preview(context, name, flags));
}

async function list({ output }: Context): Promise<void> {
  const synthetic = {
    name: "synthetic",
    title: "Synthetic digits",
    description: "generated on the spot, 60,000 + 10,000 images of 28 x 28; needs no network",
    classes: "0123456789".split(""),
    licence: "MIT",
    citation: "",
  };
  const entries = Object.values(CATALOGUE);
  const places = await Promise.all(entries.map((entry) => findLocally(entry)));
  const datasets = [
    { ...synthetic, bytes: 0, mirrors: [] as string[], local: null },
    ...entries.map(({ name, title, description, classes, licence, citation, files, mirrors }, i) => ({
      name,
      title,
      description,
      classes: [...classes],
      licence,
      citation,
      bytes: Object.values(files).reduce((sum, file) => sum + (file.bytes ?? 0), 0),
      mirrors: mirrors.map(({ url }) => url),
      local: places[i] ?? null,
    })),
  ];
  output.emit({ type: "result", datasets, cache: cacheFolder() });
  const rows = datasets.map((each) => [
    each.name,
    each.description,
    each.bytes > 0 ? byteSize(each.bytes) : "-",
    each.name === SYNTHETIC ? "made here" : (each.local?.place ?? "no"),
    each.licence,
  ]);
  output.print(table(["name", "what", "download", "at hand", "licence"], rows, (text) => output.bold(text)));
  output.print(
    `\nAny folder of four IDX files trains too: --data DIR. Downloads are kept in ${cacheFolder()}.`,
  );
}

async function get({ output }: Context, name: string, flags: { dataDir?: string }): Promise<void> {
  let folder: string | undefined;
  const dataset = await readDataset(name, flags.dataDir, output, undefined, (path) => (folder = path));
  const { height, width, classes, sha256 } = dataset;
  const where = folder ?? (Object.hasOwn(CATALOGUE, name) ? join(cacheFolder(), "data", name) : undefined);
  const counts = { train: dataset.train.labels.length, test: dataset.test.labels.length };
  output.emit({
    type: "result",
    name: dataset.name,
    height,
    width,
    classes,
    ...counts,
    sha256,
    folder: where ?? null,
  });
  output.print(
    `${dataset.name}: ${grouped(counts.train)} + ${grouped(counts.test)} images of ${height} x ${width}, ` +
      `${classes.length} classes, SHA-256 ${sha256 ?? "unknown"}`,
  );
  if (where !== undefined) output.print(`the files are in ${where}`);
}

interface PreviewFlags {
  dataDir?: string;
  split?: SplitName;
  columns?: number;
  out?: string;
}

async function preview({ output }: Context, name: string, flags: PreviewFlags): Promise<void> {
  const { split = "train", columns = 20 } = flags;
  await checkOutputFile(output, "out", flags.out);
  const dataset = await readDataset(name, flags.dataDir, output);
  const sheet = contactSheet(dataset, split, columns);
  const path = resolve(flags.out ?? `${dataset.name}.png`);
  await writeOutputFile("out", path, sheet.png);
  const { width, height } = sheet;
  output.emit({ type: "result", name: dataset.name, split, file: path, width, height, columns });
  output.print(
    `${path}: ${counted(columns, "image")} of each of ${dataset.classes.length} classes, ` +
      `from the ${grouped(splitOf(dataset, split).labels.length)} ${split} images of ${dataset.name}`,
  );
}
