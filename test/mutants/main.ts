/**
 * `npm run mutants` (docs/mutation-tests.md): every fault that the operators find in the shaders has to be noticed by a case.
 * The exit code is 0 only if none survives.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { SHADER_SOURCES } from "../../src/gpu/shader-sources.ts";
import { CASES } from "../cases/index.ts";
import { CASE_INDEX, type CaseRecord } from "./case-index.ts";
import { CaseOrder, learned } from "./case-order.ts";
import { serveCases } from "./case-process.ts";
import { CaseWorker } from "./case-worker.ts";
import { equivalentsAmong } from "./equivalents.ts";
import { Judge, type Verdict } from "./judge.ts";
import { allMutants, type Mutant } from "./mutants.ts";
import { checkOnly, isWanted, parseOptions, shuffled, USAGE, type Options } from "./options.ts";
import { countsOf, describe, Progress, table, verdictLine } from "./report.ts";
import { judgeAll } from "./run.ts";

const PROGRAM = fileURLToPath(import.meta.url);
const PROGRESS_SECONDS = 15;
/** Without a record of what it takes. */
const RECORD_MS = 300_000;

const print = (text: string): unknown => process.stdout.write(`${text}\n`);
const printJson = (value: object): unknown => print(JSON.stringify(value));
const say = (text: string): unknown => process.stderr.write(`${text}\n`);

async function writeIndex(index: Readonly<Record<string, CaseRecord>>): Promise<void> {
  const path = join(process.cwd(), "test/mutants/case-index.json");
  const options = { ...(await resolveConfig(path)), filepath: path };
  writeFileSync(path, await format(JSON.stringify(index), options));
}

/** Runs every case without a mutant, and keeps what it composes and takes. */
async function record(): Promise<number> {
  const worker = new CaseWorker(PROGRAM);
  const index: Record<string, CaseRecord> = {};
  const failed: string[] = [];
  for (const { name } of CASES) {
    const answer = await worker.ask({ case: name }, RECORD_MS);
    if ("lost" in answer || answer.failure !== "") failed.push(name);
    else index[name] = { seconds: Math.round(10 * answer.seconds) / 10, files: answer.files };
    say(`${name}: ${"lost" in answer ? answer.lost : answer.failure || `${answer.seconds.toFixed(1)} s`}`);
  }
  worker.stop();
  await writeIndex(index);
  return failed.length === 0 ? 0 : 1;
}

/** What is judged, in order; and what is not because it is proven equivalent. */
function choose(mutants: readonly Mutant[], options: Options): { judged: Mutant[]; equivalents: Mutant[] } {
  const proven = equivalentsAmong(mutants);
  const wanted = mutants.filter((mutant) => isWanted(mutant, options.only));
  const equivalents = wanted.filter((mutant) => proven.has(mutant));
  if (options.equivalents) return { judged: equivalents, equivalents: [] };
  const isOpen = (mutant: Mutant): boolean => !proven.has(mutant);
  if (options.sample === undefined) return { judged: wanted.filter(isOpen), equivalents };
  // Drawn first, so that a further equivalent leaves the rest of a sample as it was.
  return { judged: shuffled(wanted, options.seed).filter(isOpen), equivalents: [] };
}

function progress(all: number, options: Options): (verdict: Verdict) => void {
  const start = performance.now();
  const done = new Progress(all, options.sample);
  let shown = start;
  return (verdict) => {
    const { mutant, result, by, failure = "", met, seconds } = verdict;
    done.note(verdict);
    const unexpected = result === "survived" && !options.equivalents;
    if (unexpected || (options.equivalents && result !== "survived")) say(`${result}: ${describe(mutant)}`);
    if (options.json) printJson({ type: "mutant", id: mutant.id, result, by, failure, met, seconds });
    if (options.verbose) say(verdictLine(verdict));
    const now = performance.now();
    if (now - shown < 1000 * PROGRESS_SECONDS) return;
    shown = now;
    say(`${done.text} after ${((now - start) / 1000).toFixed(0)} s`);
  };
}

async function judge(options: Options): Promise<number> {
  const mutants = allMutants(SHADER_SOURCES);
  checkOnly(mutants, options.only);
  const { judged, equivalents } = choose(mutants, options);
  if (options.list) {
    const listed = judged.slice(0, options.sample);
    for (const mutant of listed) {
      const { text: _, ...rest } = mutant;
      if (options.json) printJson({ type: "mutant", ...rest });
      else print(describe(mutant));
    }
    if (options.json) printJson({ type: "result", mutants: listed.length });
    return 0;
  }
  const order = new CaseOrder(
    CASES.map(({ name }) => name),
    CASE_INDEX,
  );
  const workers = Array.from({ length: options.workers }, () => new CaseWorker(PROGRAM));
  const start = performance.now();
  const verdicts = await judgeAll(judged, {
    workers,
    judge: new Judge(order, options.cases),
    sample: options.sample,
    onVerdict: progress(judged.length, options),
  }).finally(() => {
    for (const worker of workers) worker.stop();
  });
  const seconds = (performance.now() - start) / 1000;
  const { adapter } = workers[0];
  if (options.equivalents) {
    const noticed = verdicts.filter(({ result }) => result !== "survived").length;
    print(`${verdicts.length - noticed} of ${verdicts.length} equivalents survive (${adapter})`);
    return noticed === 0 ? 0 : 1;
  }
  if (options.learn) {
    const noticed = verdicts.flatMap(({ mutant, by }) =>
      by === undefined ? [] : [[mutant.file, by] as const],
    );
    await writeIndex(learned(CASE_INDEX, noticed));
  }
  const counts = countsOf(verdicts, equivalents);
  const lost = (how: string): number => verdicts.filter(({ failure }) => failure === how).length;
  if (options.json) {
    printJson({
      type: "result",
      ...counts,
      hangs: lost("hangs"),
      crashes: lost("crashes"),
      seconds,
      adapter,
    });
  } else {
    const { mutants: all, killed, equivalent, survivors, discarded } = counts;
    print(`\n${table(verdicts, equivalents)}\n`);
    print(
      `${all} mutants: ${killed} killed (${lost("hangs")} by hanging, ${lost("crashes")} by crashing), ${equivalent} ` +
        `proven equivalent; ${discarded} more do not compile. ${seconds.toFixed(0)} s on ${adapter}`,
    );
    print(`${survivors} survivors`);
  }
  return counts.survivors === 0 ? 0 : 1;
}

// As behind `| head`: nobody reads any more.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
if (process.argv[2] === "serve") await serveCases();
else {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) print(USAGE);
    else process.exitCode = options.record ? await record() : await judge(options);
  } catch (error) {
    say(
      error instanceof TypeError
        ? `${error.message}\n\`npm run mutants -- --help\` lists the flags.`
        : String(error),
    );
    process.exitCode = error instanceof TypeError ? 2 : 1;
  }
}
