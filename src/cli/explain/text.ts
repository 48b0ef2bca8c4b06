/** A derivation as text for a terminal: one training step from the batch to the new weights, every matrix on the way. */
import type { BillRow } from "../../lens/derivation/bill.ts";
import { alignedFigures, figureText, shownIndices } from "../../lens/derivation/display.ts";
import { axisLabel } from "../../lens/derivation/notation.ts";
import type { Matrix } from "../../lens/derivation/types.ts";
import type { Explained } from "../../lens/walk/explained.ts";
import { BILL_TEXT, billFigures, comparison, sizesText } from "../../lens/walk/words.ts";
import { table } from "../format.ts";

export interface TextOptions {
  /** Columns of the terminal. */
  width: number;
  bold: (text: string) => string;
  dim: (text: string) => string;
}

const MOST_ROWS = 12;
const INDENT = "    ";

export function explainText(explained: Explained, options: TextOptions): string {
  const { derivation } = explained;
  const { bold, width } = options;
  const stages = derivation.stages.flatMap(({ title, text, sections }, index) => [
    "",
    bold(`${index + 1}. ${title}`),
    wrap(text, width, ""),
    ...sections.flatMap((section) => [
      "",
      bold(section.title),
      ...(section.text ? [wrap(section.text, width, "")] : []),
      ...section.matrices.map((matrix) => `\n${matrixText(matrix, options)}`),
    ]),
  ]);
  return [
    bold(explained.title),
    wrap(explained.subtitle, width, ""),
    ...stages,
    "",
    bold("The two forms"),
    ...comparison(derivation).map((sentence) => wrap(sentence, width, "")),
    "",
    bold("The bill"),
    wrap(BILL_TEXT, width, ""),
    "",
    billText(explained.bill, bold),
  ].join("\n");
}

function billText(rows: readonly BillRow[], bold: (text: string) => string): string {
  const cells = rows.map((row) => [sizesText(row.sizes), ...billFigures(row)]);
  const head = ["network", "mult. long", "short", "memory long", "short", "time long", "short"];
  return table(head, cells, bold);
}

function matrixText(matrix: Matrix, { width, bold, dim }: TextOptions): string {
  const { id, formula, shape, axes, meaning } = matrix;
  const equation = formula === undefined ? "" : ` = ${formula.text}`;
  const names = axes.map(({ name }) => name).filter((name) => name !== "");
  const across = names.length > 0 ? ` ${names.map((name) => name).join(" x ")}` : "";
  return [
    `${bold(id)}${equation}  ${dim(`[${shape.join(", ")}]${across}`)}`,
    dim(wrap(meaning, width, INDENT)),
    ...grid(matrix, width - INDENT.length).map((line) => INDENT + line),
  ].join("\n");
}

/** The values under their column labels, beside their row labels. */
function grid({ shape, axes, values }: Matrix, width: number): string[] {
  const rows = shownIndices(shape[0], MOST_ROWS);
  const rowLabels = rows.map((row) =>
    row === undefined ? "…" : axes[0].name ? axisLabel(axes[0], row) : "",
  );
  const labelWidth = Math.max(...rowLabels.map(({ length }) => length));
  const columns = fittingColumns(shape[1], (column) => columnTexts(column), width - labelWidth);
  const lines = columns.map((column) => columnTexts(column));
  const body = rows.map((_, i) =>
    [rowLabels[i].padStart(labelWidth), ...lines.map((texts) => texts[i + 1])].join("  ").trimEnd(),
  );
  const head = ["".padStart(labelWidth), ...lines.map(([label]) => label)].join("  ").trimEnd();
  return axes[1].name === "" ? body : [head, ...body];

  /** Label and entries of a column, all of one width. */
  function columnTexts(column: number | undefined): string[] {
    if (column === undefined) return ["…", ...rows.map(() => "…")];
    const texts = rows.map((row) => (row === undefined ? "…" : figureText(values[row * shape[1] + column])));
    const figures = alignedFigures(texts);
    const label = axisLabel(axes[1], column);
    const cell = Math.max(label.length, ...figures.map(({ length }) => length));
    return [label, ...figures].map((text) => text.padStart(cell));
  }
}

/** All columns where they fit, else the first ones and the last. */
function fittingColumns(
  count: number,
  textsOf: (column: number | undefined) => string[],
  width: number,
): (number | undefined)[] {
  const GAP = 2;
  for (let most = Math.min(count, 40); most >= 3; most--) {
    const columns = shownIndices(count, most);
    const needed = columns.reduce<number>((sum, column) => sum + GAP + textsOf(column)[0].length, 0);
    if (needed <= width) return columns;
  }
  return shownIndices(count, 3);
}

function wrap(text: string, width: number, indent: string): string {
  const lines = [indent];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last.length + 1 + word.length > width && last !== indent) lines.push(indent + word);
    else lines[lines.length - 1] = last === indent ? indent + word : `${last} ${word}`;
  }
  return lines.join("\n");
}
