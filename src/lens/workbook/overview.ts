/** The first sheet of a workbook: what can be changed, how far the two forms are apart, and what the sheets are. */
import type { Derivation, StageName } from "../derivation/types.ts";
import { comparison } from "../walk/words.ts";
import { CHECK, DIFFERENCE_REMARK, LEARNING_RATE, rangeName, SMOOTHING } from "./formulas.ts";
import { differenceRemark } from "./remarks.ts";
import { LABELS, Writer, type Placement } from "./writer.ts";
import { absoluteRange, type Sheet, type Validation } from "./xlsx.ts";

const OVERVIEW = "Overview";
/** The column of the figures. */
const FIGURE = 3;

export interface OverviewOptions {
  title: string;
  subtitle: string;
  /** What the sheets of the stages are called. */
  sheetOf: Record<StageName, string>;
}

/** @param placements, names of the workbook, to which those of this sheet are added */
export function overviewSheet(
  derivation: Derivation,
  { title, subtitle, sheetOf }: OverviewOptions,
  placements: Map<string, Placement>,
  names: Map<string, string>,
): Sheet {
  const { learningRate, labelSmoothing, differences, stages } = derivation;
  const writer = new Writer(derivation);
  const named = (
    name: string,
    label: string,
    value: number,
    allowed: Pick<Validation, "least" | "most">,
  ): void => {
    writer.put(LABELS, label, "plain");
    writer.put(FIGURE, value, "given");
    writer.validations.push({ row: writer.row, column: FIGURE, size: [1, 1], ...allowed });
    names.set(name, absoluteRange(OVERVIEW, writer.row, FIGURE, [1, 1]));
    writer.row++;
  };
  writer.line(title, "title");
  writer.line(subtitle, "quiet");
  writer.row++;
  writer.line(
    "Change any yellow number, here or on the sheets Forward and Loss: everything else is a formula and follows.",
    "plain",
  );
  writer.line("Matrices have names: the formula of Z1, for example, is MMULT(X,W_1)+b_1.", "plain");
  writer.row++;
  named(LEARNING_RATE, "learning rate", learningRate, { least: 0 });
  if (labelSmoothing > 0) named(SMOOTHING, "label smoothing", labelSmoothing, { least: 0, most: 1 });
  writer.put(LABELS, "loss of the batch", "plain");
  writer.formula(FIGURE, "loss", "number");
  writer.row += 2;
  writer.line(differences.length === 0 ? "The two forms" : "Do the two forms agree?", "heading");
  if (differences.length === 0) {
    for (const sentence of comparison(derivation)) writer.line(sentence, "quiet");
  } else {
    writer.line(
      "The largest difference between an entry of the long form and the same entry of the short form.",
      "quiet",
    );
    const firstRow = writer.row;
    for (const { long, short } of differences) {
      writer.put(LABELS, `${long} and ${short}`, "plain");
      writer.formula(FIGURE, `MAX(ABS(${rangeName(long)}-${rangeName(short)}))`, "check", [1, 1]);
      writer.row++;
    }
    writer.put(LABELS, "of all", "symbol");
    const range = absoluteRange(OVERVIEW, firstRow, FIGURE, [differences.length, 1]);
    writer.formula(FIGURE, `MAX(${range})`, "check");
    placements.set("check", { sheet: OVERVIEW, row: writer.row, column: FIGURE });
    names.set(CHECK, absoluteRange(OVERVIEW, writer.row, FIGURE, [1, 1]));
    writer.row++;
    writer.formula(LABELS, differenceRemark(derivation), "warning");
    names.set(DIFFERENCE_REMARK, absoluteRange(OVERVIEW, writer.row, LABELS, [1, 1]));
    writer.row++;
  }
  writer.row++;
  writer.line("Sheets", "heading");
  for (const { name, text } of stages) {
    writer.put(LABELS, sheetOf[name], "symbol");
    const lead = /^.*?[.;:](?= |$)/.exec(text)?.[0].replace(/[:;]$/, ".") ?? text;
    writer.text(FIGURE, lead, "plain");
    writer.row++;
  }
  const { cells, validations } = writer;
  return { name: OVERVIEW, cells, validations, widths: [2, 11, 13, 11, 60] };
}
