/** The check that the product runs: it passes what is right, and names the kernel that is not and one that is. */
import { adapterOf } from "../../src/gpu/device.ts";
import { SHADER_SOURCES, type ShaderSources } from "../../src/gpu/shader-sources.ts";
import { SOFTWARE_TUNING, type Tuning } from "../../src/gpu/tuning.ts";
import type { CaseResult, ConformanceReport } from "../../src/lens/conformance/report.ts";
import { checkConformance } from "../../src/lens/conformance/run.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";

async function run(
  lab: Lab,
  options: { cases?: number; seed?: number; only?: number; shaders?: ShaderSources; tuning?: Tuning },
): Promise<{ results: CaseResult[]; report: ConformanceReport }> {
  const { device, openDevice } = lab;
  const adapter = adapterOf(device);
  const results: CaseResult[] = [];
  for await (const event of checkConformance({ device, openDevice, adapter, ...options })) {
    if (event.type === "report") return { results, report: event.report };
    results.push(event.result);
  }
  throw new Error("there was no report");
}

/** The largest error of a case as it is reported, with what it was found in. */
const found = ({ number, kernel, shape, variant, errorOverBound, compared }: CaseResult) =>
  JSON.stringify({ number, kernel, shape, variant, errorOverBound, compared });

async function random(lab: Lab): Promise<void> {
  const seed = 3;
  const cases = 13;
  const { results, report } = await run(lab, { cases, seed });
  lab.check.equal("cases and failures", [report.cases, report.failures], [cases, 0]);
  lab.check.that(
    "numbers",
    results.every(({ number }, index) => number === index),
  );
  lab.check.that("several kernels", report.kernels.length >= 2, report.kernels.length);
  const drawn = new Set(
    results.map(({ kernel, shape, variant }) => JSON.stringify([kernel, shape, variant])),
  );
  lab.check.equal("no case is drawn twice", [drawn.size], [cases]);
  const worst = Math.max(...results.map(({ errorOverBound }) => errorOverBound));
  lab.check.equal("worst", [report.worst.errorOverBound], [worst]);
  // A case can be repeated alone, whatever number of cases there is.
  for (const only of [0, 12]) {
    const again = await run(lab, { cases: 20, seed, only });
    lab.check.equal("one case", [again.results.length], [1]);
    const [a, b] = [found(again.results[0]), found(results[only])];
    lab.check.that(`case ${only} again`, a === b, `${a} instead of ${b}`);
  }
  const other = await run(lab, { cases: 1, seed: 4 });
  lab.check.that("another seed draws others", found(other.results[0]) !== found(results[0]));
}

/** Shader texts with a line of one of them replaced. */
function withLine(
  lab: Lab,
  shaders: ShaderSources,
  file: string,
  line: string,
  wrong: string,
): ShaderSources {
  const text = shaders[file];
  lab.check.that(`the line of ${file} is there`, text.includes(line));
  return { ...shaders, [file]: text.replace(line, wrong) };
}

/** A driver that gets one form of a kernel wrong: the form is named, and another proposed, if that one is right. */
async function faulty(lab: Lab): Promise<void> {
  const { rows } = SOFTWARE_TUNING.forward;
  // `[65, 7].[7, 33] relu` of the standard cases.
  const one = { only: 4, tuning: SOFTWARE_TUNING };
  const line = "let end4 = min((part + 1u) * PART4, INPUTS4);";
  const wrong = line.replace("INPUTS4)", `INPUTS4 - u32(TILE_ROWS == ${rows}u))`);
  const shaders = withLine(lab, SHADER_SOURCES, "dense-forward", line, wrong);
  const { results, report } = await run(lab, { ...one, shaders });
  lab.check.that("it fails", results[0].failure !== "" && results[0].kernel === "dense-forward");
  lab.check.equal("failures", [report.failures, report.failed.length], [1, 1]);
  lab.check.that("the worst is beyond its bound", report.worst.errorOverBound > 1);
  const [proposal] = report.proposals;
  const isNamed = proposal?.kernel === "dense-forward" && proposal.variant === "software";
  lab.check.that("the kernel is named", isNamed, JSON.stringify(report.proposals));
  lab.check.that("another tile is proposed", (proposal?.instead?.forward.rows ?? rows) !== rows);
  // What all tables share is wrong, too, though not in this case: then none is right.
  const sigmoid = "select(e, vec4f(1.0), x >= vec4f(0.0))";
  const both = withLine(lab, shaders, "activation", sigmoid, sigmoid.replace("1.0", "1.001"));
  const shared = await run(lab, { ...one, shaders: both });
  const none = shared.report.proposals.map(({ kernel, instead }) => [kernel, instead]);
  lab.check.that(
    "nothing is proposed",
    JSON.stringify(none) === '[["dense-forward",null]]',
    JSON.stringify(none),
  );
  // What does not compile is a failure of its kernel, not of the check.
  const broken = { ...SHADER_SOURCES, step: `${SHADER_SOURCES["step"]}\nnonsense` };
  const unusable = await run(lab, { ...one, shaders: broken });
  lab.check.that(
    "a kernel that does not compile fails",
    unusable.results[0].failure.includes("does not compile"),
  );
  lab.check.that(
    "and nothing is proposed either",
    unusable.report.proposals.length === 1 && unusable.report.proposals[0].instead === null,
  );
}

export const conformanceCases: readonly Case[] = [
  { name: "conformance: random cases, repeated alone", run: random },
  { name: "conformance: a wrong kernel is named, another proposed", run: faulty },
];
