/** `backlit bench --compare A B`: two saved results side by side. */
import { basename } from "node:path";
import {
  byContender,
  comparedSuites,
  compareResults,
  comparisonCautions,
  type ComparedSide,
  type Comparison,
} from "../../bench/compare.ts";
import { readBenchResult } from "../../bench/read-result.ts";
import { COMPARED_COLUMNS, comparisonCells, comparisonHtml } from "../../bench/report/compare-report.ts";
import { whoName } from "../../bench/report/names.ts";
import { SpecError } from "../../core/errors.ts";
import { adapterName } from "../../gpu/device.ts";
import type { Context } from "../context.ts";
import { table } from "../format.ts";
import { readInputFile } from "../input-file.ts";
import { checkOutputFile, writeOutputFile } from "../output-file.ts";

export async function compareFiles(
  { output }: Context,
  files: readonly string[],
  html: string | undefined,
): Promise<void> {
  if (files.length !== 2) {
    throw new SpecError("compare", `--compare takes two files, but was given ${files.length}`);
  }
  await checkOutputFile(output, "html", html);
  const [a, b] = await Promise.all(
    files.map(async (file) => {
      const bytes = await readInputFile(file, "result");
      return { name: basename(file), result: readBenchResult(new TextDecoder().decode(bytes), file) };
    }),
  );
  // Two machines tend to give their files the same name.
  const [nameA, nameB] = a.name === b.name ? files : [a.name, b.name];
  const comparison = compareResults({ ...a, name: nameA }, { ...b, name: nameB });
  output.print(comparisonText(comparison, (text) => output.bold(text)));
  output.emit({ ...comparison });
  if (html === undefined) return;
  await writeOutputFile("html", html, comparisonHtml(comparison));
  output.print(`\nkept in ${html}`);
}

/** Of what one side has alone, more than this is counted. */
const MOST_NAMED = 2;
/** Characters of a column that shows what differs. */
const WIDEST = 70;

export function comparisonText(comparison: Comparison, bold: (text: string) => string): string {
  const { a, b, rows, onlyA, onlyB, differences } = comparison;
  const side = (letter: string, { name, adapter, environment }: ComparedSide): string =>
    `${letter}  ${name}: ${adapterName(adapter)}, ${environment.runtime}, ${environment.date.slice(0, 10)}`;
  const alone = [...aloneLines("A", onlyA), ...aloneLines("B", onlyB)];
  return [
    [bold(comparedSuites(comparison)), side("A", a), side("B", b)].join("\n"),
    comparisonCautions(comparison).join("\n"),
    ...(rows.length === 0
      ? ["Nothing was measured in both."]
      : [
          table(COMPARED_COLUMNS, rows.map(comparisonCells), bold),
          "B over A: below 1, B is faster. Rounds: the fastest of B over the slowest of A, and the other way round.",
        ]),
    alone.join("\n"),
    differencesText(differences, bold),
  ]
    .filter((text) => text !== "")
    .join("\n\n");
}

/** A table of what is short; what would make it wider than a terminal has lines of its own. */
function differencesText(differences: Comparison["differences"], bold: (text: string) => string): string {
  const isShort = ({ a, b }: Comparison["differences"][number]): boolean =>
    Math.max(a.length, b.length) <= WIDEST;
  const short = differences.filter(isShort).map((each) => [each.what, each.a, each.b]);
  const long = differences.filter((each) => !isShort(each));
  return [
    ...(short.length === 0 ? [] : [table(["differs", "A", "B"], short, bold)]),
    ...long.map(({ what, a, b }) => `${bold(what)} differs\n  A  ${a}\n  B  ${b}`),
  ].join("\n\n");
}

function aloneLines(letter: string, list: Comparison["onlyA"]): string[] {
  return byContender(list).map((group) => {
    const { what } = group;
    // One more takes no more room than to say that there is one more.
    const named = what.length <= MOST_NAMED + 1 ? what : what.slice(0, MOST_NAMED);
    const more = what.length - named.length;
    return `only in ${letter}: ${whoName(group)} on ${named.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  });
}
