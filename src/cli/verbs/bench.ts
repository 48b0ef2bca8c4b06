/** `backlit bench`: measures training steps, Backlit's and those of its peers, in one run on one adapter. */
import { resolve } from "node:path";
import type { Command } from "commander";
import {
  SUITES,
  type BackendName,
  type BenchResult,
  type InputKind,
  type SuiteName,
} from "../../bench/result.ts";
import { checkSuiteRequest, suiteOptionsText, takesDigits } from "../../bench/suite-options.ts";
import { BACKENDS, BENCH_OPTIMIZERS, INPUTS } from "../../bench/suites.ts";
import { EXIT, SpecError } from "../../core/errors.ts";
import { resolveRunOptions } from "../../core/run-options.ts";
import { CATALOGUE } from "../../data/catalogue.ts";
import type { BenchJob, DatasetSource } from "../../worker/job.ts";
import { benchReportHtml } from "../../bench/report/report.ts";
import { BenchDisplay } from "../bench-display.ts";
import { benchText } from "../bench-text.ts";
import type { Context } from "../context.ts";
import { findLocally } from "../data-folder.ts";
import { readDataset } from "../dataset-source.ts";
import { interruptible } from "../interrupt.ts";
import { checkOutputFile, writeOutputFile } from "../output-file.ts";
import { compareFiles } from "./bench-compare.ts";
import { addRunOptions, choice, givenRunOptions, listOf, positiveNumber, wholeNumber } from "../options.ts";
import { addRuntimeOptions, chooseRuntime, type RuntimeFlags } from "../runtime-options.ts";
import { shellCommand } from "../shell-command.ts";

type Peer = BenchJob["peers"][number];
const PEERS: readonly Peer[] = ["tfjs", "jax"];
const DIGITS = ["synthetic", "mnist"] as const;
type Digits = (typeof DIGITS)[number];

interface BenchFlags extends RuntimeFlags {
  suite?: SuiteName;
  peers?: Peer[];
  batch?: number[];
  optimizer?: Optimizer[];
  input?: InputKind[];
  backend?: BackendName[];
  quick?: boolean;
  rounds?: number;
  seconds?: number;
  lossSteps?: number;
  patience?: number;
  data?: Digits;
  dataDir?: string;
  out?: string;
  html?: string;
  compare?: string[];
}

type Optimizer = (typeof BENCH_OPTIMIZERS)[number];

export function addBenchVerb(program: Command, context: Context): void {
  const command = program
    .command("bench")
    .description("measure training steps, beside TensorFlow.js and jax-js where asked for")
    .option("--suite <NAME>", `${SUITES.join(", ")} (default step)`, choice("suite", SUITES))
    .option("--peers <NAME[,…]>", `${PEERS.join(", ")} (default none)`, listOf(choice("peers", PEERS)))
    .option("--batch <N[,…]>", "rows per step (default: the suite's)", listOf(wholeNumber("batch", 1)))
    .option(
      "--optimizer <NAME[,…]>",
      `${BENCH_OPTIMIZERS.join(", ")} (default both)`,
      listOf(choice("optimizer", BENCH_OPTIMIZERS)),
    )
    .option("--input <KIND[,…]>", `${INPUTS.join(", ")} (default both)`, listOf(choice("input", INPUTS)))
    .option(
      "--backend <NAME[,…]>",
      `${BACKENDS.join(", ")} (default all)`,
      listOf(choice("backend", BACKENDS)),
    )
    .option("--quick", "fewer losses, rounds and seconds: a glance, no measurement to quote")
    .option("--rounds <N>", "rounds in which the contenders take turns (default 5)", wholeNumber("rounds", 1))
    .option(
      "--seconds <S>",
      "fewest seconds for each contender, all rounds together (default 2)",
      positiveNumber("seconds"),
    )
    .option(
      "--loss-steps <N>",
      "steps whose losses must agree (default 200; 20 on a software adapter)",
      wholeNumber("loss-steps", 2),
    )
    .option("--patience <S>", "skip contenders that take longer on one workload", positiveNumber("patience"))
    .option(
      "--data <NAME>",
      `digits: ${DIGITS.join(", ")} (default mnist where it lies on this machine)`,
      choice("data", DIGITS),
    )
    .option("--data-dir <DIR>", "folder of MNIST's four files, or its parent")
    .option("--out <FILE>", "keep the result as JSON, and beside it as a report in HTML")
    .option("--html <FILE>", "write the report there")
    .option("--compare <FILE...>", "two results that --out kept, side by side; measures nothing")
    .option("--json", "JSON lines on standard output");
  addRunOptions(command, ["hidden", "seed", "adapter", "tune"], {
    hidden: "the suite's",
    seed: "1; of initial parameters, noise and the order of rows",
  });
  addRuntimeOptions(command);
  command.addHelpText("after", () => `\nWhat narrows each suite:\n${suiteOptionsText()}`);
  command.action((flags: BenchFlags) =>
    flags.compare === undefined ? bench(context, flags) : compareFiles(context, flags.compare, flags.html),
  );
}

async function bench(context: Context, flags: BenchFlags): Promise<void> {
  const { output } = context;
  const given = givenRunOptions({ ...flags, batch: undefined, optimizer: undefined });
  const { seed, adapter, tune } = resolveRunOptions(given);
  const { suite = "step", peers = [] } = flags;
  const narrowing = {
    hidden: given.hidden,
    batch: flags.batch,
    optimizer: flags.optimizer,
    input: flags.input,
    backend: flags.backend,
  };
  checkSuiteRequest({ suite, ...narrowing, peers, tune });
  const report = await reportPath(context, flags);
  const runtime = chooseRuntime(context, flags, { engine: "gpu", adapter }, { explain: true });
  const display = new BenchDisplay(output);
  let result: BenchResult | undefined;
  await interruptible(context, async (signal) => {
    const job: BenchJob = {
      kind: "bench",
      engine: "gpu",
      adapter,
      suite,
      narrowing,
      peers,
      tune,
      protocol: {
        quick: flags.quick,
        rounds: flags.rounds,
        seconds: flags.seconds,
        lossSteps: flags.lossSteps,
        patience: flags.patience,
        seed,
      },
      environment: environment(runtime.name),
      data: await digits(context, flags, signal),
    };
    for await (const event of runtime.run(job, signal)) {
      if (event.type === "bench") result = { ...event.result, command: commandLine() };
      else display.event(event);
    }
  });
  display.clear();
  if (result === undefined) return;
  output.print(benchText(result, (text) => output.bold(text)));
  output.emit({ ...result });
  const problem = failure(result);
  if (problem !== undefined) {
    output.say(problem);
    context.exitCode = EXIT.failed;
  }
  // Last: should a file fail after all, the result has been told.
  const { out } = flags;
  if (out !== undefined) await writeOutputFile("out", out, `${JSON.stringify(result, null, 1)}\n`);
  if (report !== undefined) await writeOutputFile("html", report, benchReportHtml(result));
  const kept = [out, report].filter((path) => path !== undefined);
  if (kept.length > 0) output.print(`\nkept in ${kept.join(" and ")}`);
}

/** The report goes beside the result where it has no place of its own. @throws BacklitError for files that cannot be written */
async function reportPath({ output }: Context, { out, html }: BenchFlags): Promise<string | undefined> {
  const report = html ?? (out === undefined ? undefined : `${out.replace(/\.json$/i, "")}.html`);
  if (out !== undefined && html !== undefined && resolve(out) === resolve(html)) {
    throw new SpecError(
      "html",
      `two files were asked for at ${resolve(out)}`,
      "Give each a name of its own.",
    );
  }
  await checkOutputFile(output, "out", out);
  await checkOutputFile(output, "html", report);
  return report;
}

/** Those that are named; else MNIST where it lies on this machine or in a folder that is named, and nothing is fetched. */
async function digits(
  { output }: Context,
  { suite = "step", data, dataDir, input }: BenchFlags,
  signal: AbortSignal,
): Promise<DatasetSource> {
  if (!takesDigits({ suite, input }) || data === "synthetic") return { kind: "synthetic" };
  const isAsked = data !== undefined || dataDir !== undefined;
  if (!isAsked && (await findLocally(CATALOGUE["mnist"])) === undefined) {
    output.say(
      "MNIST was not found (--data-dir, BACKLIT_DATA or the cache); synthetic digits stand in for it.",
    );
    return { kind: "synthetic" };
  }
  return { kind: "given", dataset: await readDataset("mnist", dataDir, output, signal) };
}

function environment(runtime: "chrome" | "node"): BenchJob["environment"] {
  return {
    runtime,
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** As it was typed, for the report. */
function commandLine(): string {
  const [verb, ...words] = process.argv.slice(2);
  return shellCommand(verb, words);
}

/** Why the command fails although it has run to its end; undefined where it does not. */
function failure(result: BenchResult): string | undefined {
  if (result.interrupted) return undefined;
  if (result.rows.length === 0) return "Nothing could be measured.";
  const wrong = result.rows.some(
    (row) => row.contender === "backlit" && "lossAgrees" in row && !row.lossAgrees,
  );
  return wrong ? "Backlit's own losses are not those of the reference." : undefined;
}
