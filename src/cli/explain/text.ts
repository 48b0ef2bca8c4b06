/** A derivation as text for a terminal: one training step from the batch to the new weights, every matrix on the way. */
import type { BillRow } from "../../lens/derivation/bill.ts";
import { definitionsOf, definitionText, type Definition } from "../../lens/derivation/definitions.ts";
import { alignedFigures, figureText } from "../../lens/derivation/display.ts";
import { axisLabel } from "../../lens/derivation/notation.ts";
import { shownPlaces, type ShownPlaces } from "../../lens/derivation/shown.ts";
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
const MOST_COLUMNS = 40;
const INDENT = "    ";

export function explainText(explained: Explained, options: TextOptions): string {
  const { derivation } = explained;
  const { bold, width } = options;
  const shown = shownPlaces(derivation);
  const stages = derivation.stages.flatMap((stage, index) => {
    const definitions = definitionsOf(stage);
    return [
      "",
      bold(`${index + 1}. ${stage.title}`),
      wrap(stage.text, width, ""),
      ...stage.sections.flatMap((section) => [
        "",
        bold(section.title),
        ...(section.text ? [wrap(section.text, width, "")] : []),
        ...section.matrices.map(
          (matrix) => `\n${matrixText(matrix, definitions.get(matrix.id), shown, options)}`,
        ),
      ]),
    ];
  });
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
    billText(explained.bill, width, bold),
  ].join("\n");
}

/** One table; where it is too wide, one for each of what is paid. */
function billText(rows: readonly BillRow[], width: number, bold: (text: string) => string): string {
  const cells = rows.map((row) => [sizesText(row.sizes), ...billFigures(row)]);
  const head = ["network", "mult. long", "short", "memory long", "short", "time long", "short"];
  const whole = table(head, cells);
  if (Math.max(...whole.split("\n").map(({ length }) => length)) <= width) return table(head, cells, bold);
  const pick = (row: string[], at: number): string[] => [row[0], row[at], row[at + 1]];
  return [1, 3, 5]
    .map((at) =>
      table(
        pick(head, at),
        cells.map((row) => pick(row, at)),
        bold,
      ),
    )
    .join("\n\n");
}

function matrixText(
  matrix: Matrix,
  definition: Definition | undefined,
  shown: ShownPlaces,
  { width, bold, dim }: TextOptions,
): string {
  const { id, formula, shape, axes, meaning } = matrix;
  const equation = formula === undefined ? "" : ` = ${formula.text}`;
  const names = axes.map(({ name }) => name).filter((name) => name !== "");
  const across = names.length > 0 ? ` ${names.join(" x ")}` : "";
  const size = `[${shape.join(", ")}]${across}`;
  const fits = `${id}${equation}  ${size}`.length <= width;
  const [first, ...more] = wrap(`${id}${equation}`, width, "").split("\n");
  const heading = [bold(id) + first.slice(id.length), ...more].join("\n");
  return [
    fits ? `${heading}  ${dim(size)}` : `${heading}\n${dim(wrap(size, width, INDENT))}`,
    dim(wrap(meaning, width, INDENT)),
    ...(definition ? [dim(wrap(definitionText(definition), width, INDENT))] : []),
    ...grid(matrix, shown, width - INDENT.length).map((line) => INDENT + line),
  ].join("\n");
}

/** The values under their column labels, beside their row labels. */
function grid(matrix: Matrix, shown: ShownPlaces, width: number): string[] {
  const { shape, axes, values } = matrix;
  const rows = shown(matrix, 0, MOST_ROWS);
  const rowLabels = rows.map((row) =>
    row === undefined ? "…" : axes[0].name ? axisLabel(axes[0], row) : "",
  );
  const labelWidth = Math.max(...rowLabels.map(({ length }) => length));
  const columns = fittingColumns(
    (most) => shown(matrix, 1, most),
    Math.min(shape[1], MOST_COLUMNS),
    columnTexts,
    width - labelWidth,
  );
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

/** All columns where they fit, else as many as do. @param most of all */
function fittingColumns(
  columnsOf: (most: number) => (number | undefined)[],
  most: number,
  textsOf: (column: number | undefined) => string[],
  width: number,
): (number | undefined)[] {
  const GAP = 2;
  for (let count = most; count > 3; count--) {
    const columns = columnsOf(count);
    const needed = columns.reduce<number>((sum, column) => sum + GAP + textsOf(column)[0].length, 0);
    if (needed <= width) return columns;
  }
  return columnsOf(3);
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
