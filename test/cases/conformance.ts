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
  const { results, report } = await run(lab, { cases: 40, seed });
  lab.check.equal("cases and failures", [report.cases, report.failures], [40, 0]);
  lab.check.that(
    "numbers",
    results.every(({ number }, index) => number === index),
  );
  lab.check.that("several kernels", report.kernels.length >= 2, report.kernels.length);
  const worst = Math.max(...results.map(({ errorOverBound }) => errorOverBound));
  lab.check.equal("worst", [report.worst.errorOverBound], [worst]);
  // A case can be repeated alone, whatever number of cases there is.
  for (const only of [0, 13]) {
    const again = await run(lab, { cases: 20, seed, only });
    lab.check.equal("one case", [again.results.length], [1]);
    const [a, b] = [found(again.results[0]), found(results[only])];
    lab.check.that(`case ${only} again`, a === b, `${a} instead of ${b}`);
  }
  const other = await run(lab, { cases: 8, seed: 4 });
  lab.check.that("another seed draws others", found(other.results[0]) !== found(results[0]));
}

/** A driver that gets one form of a kernel wrong: the form is named, and another proposed. */
async function faulty(lab: Lab): Promise<void> {
  const { rows } = SOFTWARE_TUNING.forward;
  const line = "let end4 = min((part + 1u) * PART4, INPUTS4);";
  const text = SHADER_SOURCES["dense-forward"];
  lab.check.that("the line is there", text.includes(line));
  const wrong = line.replace("INPUTS4)", `INPUTS4 - u32(TILE_ROWS == ${rows}u))`);
  const shaders = { ...SHADER_SOURCES, "dense-forward": text.replace(line, wrong) };
  const { results, report } = await run(lab, { cases: 32, seed: 7, shaders, tuning: SOFTWARE_TUNING });
  const hit = results.filter(({ kernel, variant }) => kernel === "dense-forward" && variant === "software");
  lab.check.that("such cases were drawn", hit.length > 0);
  lab.check.that(
    "all of them fail",
    hit.every(({ failure }) => failure !== ""),
  );
  lab.check.equal("failures", [report.failures], [report.failed.length]);
  const proposal = report.proposals.find(({ kernel }) => kernel === "dense-forward");
  lab.check.that("the kernel is named", proposal?.variant === "software", JSON.stringify(report.proposals));
  lab.check.that("another tile is proposed", (proposal?.instead?.forward.rows ?? rows) !== rows);
  lab.check.that("the worst is beyond its bound", report.worst.errorOverBound > 1);
  // What does not compile is a failure of its kernel, not of the check.
  const broken = { ...SHADER_SOURCES, step: `${SHADER_SOURCES["step"]}\nnonsense` };
  const unusable = await run(lab, { cases: 16, seed: 7, shaders: broken, tuning: SOFTWARE_TUNING });
  const failures = unusable.results.filter(({ failure }) => failure.includes("does not compile"));
  lab.check.that("a kernel that does not compile fails", failures.length > 0);
  lab.check.that(
    "and nothing is proposed",
    unusable.report.proposals.some(({ instead }) => instead === null),
  );
}

export const conformanceCases: readonly Case[] = [
  { name: "conformance: random cases, repeated alone", run: random },
  { name: "conformance: a wrong kernel is named, another proposed", run: faulty },
];
