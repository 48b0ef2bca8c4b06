/**
 * A derivation as a workbook of live formulas: a sheet for each stage, the two forms on neighbouring sheets, and on the
 * first sheet how far these are apart. Only inputs, labels, parameters and the learning rate are numbers, in yellow; all
 * else follows when one of them is changed.
 */
import { SpecError } from "../../core/errors.ts";
import type { Activation } from "../../core/spec.ts";
import { axisLabel } from "../derivation/notation.ts";
import type { Derivation, Matrix, Operation, Stage, StageName } from "../derivation/types.ts";
import { formulasOf, LEARNING_RATE, rangeName, SMOOTHING } from "./formulas.ts";
import { absoluteRange, writeXlsx, type CellStyle, type Sheet, type SheetCell } from "./xlsx.ts";

/** Where a matrix stands: the place of its first entry, from 0. */
export interface Placement {
  sheet: string;
  row: number;
  column: number;
}

export interface DerivationWorkbook {
  bytes: Uint8Array;
  /** Sheets in order. */
  sheets: string[];
  /** Of every matrix by its id; `"check"` is the largest difference of the two forms. */
  placements: ReadonlyMap<string, Placement>;
}

const SHEETS: Record<StageName, string> = {
  forward: "Forward",
  loss: "Loss",
  long: "Long form",
  short: "Short form",
  update: "Update",
};
const OVERVIEW = "Overview";
const CHECK = "largest_difference";
/** More cells than this no spreadsheet opens with pleasure. */
const MOST_CELLS = 200_000;
/** The first column is a margin, the second has the labels of rows. */
const LABELS = 1;
const VALUES = 2;
const NUMBER_WIDTH = 9.5;
/** Activations whose slope is one of a few short numbers. */
const EXACT_SLOPES: readonly Activation[] = ["relu", "leaky-relu", "linear"];

/**
 * @param title, subtitle of the first sheet
 * @throws SpecError for a derivation too large for a spreadsheet.
 */
export function derivationWorkbook(
  derivation: Derivation,
  title: string,
  subtitle: string,
): DerivationWorkbook {
  const size = [...derivation.matrices.values()].reduce((sum, { values }) => sum + values.length, 0);
  if (size > MOST_CELLS) {
    throw new SpecError(
      "xlsx",
      `a workbook of this step would have ${size.toLocaleString("en-US")} numbers; at most ${MOST_CELLS.toLocaleString("en-US")} are written`,
      "Explain a smaller network or batch, or leave the long form out with --memory 0.",
    );
  }
  const placements = new Map<string, Placement>();
  const names = new Map<string, string>();
  const hasCheck = derivation.differences.length > 0;
  const stages = derivation.stages.map((stage) => stageSheet(stage, placements, names, hasCheck));
  const overview = overviewSheet(derivation, title, subtitle, placements, names);
  const sheets = [overview, ...stages];
  return { bytes: writeXlsx({ sheets, names }), sheets: sheets.map(({ name }) => name), placements };
}

/** Fills a sheet from top to bottom. */
class Writer {
  readonly cells: SheetCell[] = [];
  row = 1;

  put(column: number, value: string | number, style: CellStyle): void {
    this.cells.push({ row: this.row, column, value, style });
  }

  line(text: string, style: CellStyle): void {
    this.put(LABELS, text, style);
    this.row++;
  }

  formula(column: number, formula: string, style: CellStyle, array?: SheetCell["array"]): void {
    this.cells.push({ row: this.row, column, formula, style, ...(array && { array }) });
  }
}

function stageSheet(
  { name, title, text, sections }: Stage,
  placements: Map<string, Placement>,
  names: Map<string, string>,
  hasCheck: boolean,
): Sheet {
  const sheet = SHEETS[name];
  const writer = new Writer();
  writer.line(title, "title");
  for (const sentence of sentences(text)) writer.line(sentence, "quiet");
  if (hasCheck && (name === "long" || name === "short")) {
    writer.row++;
    writer.formula(LABELS, CHECK, "check");
    writer.put(VALUES, "  the largest difference between the gradients of the two forms", "plain");
    writer.row++;
  }
  const blocks: number[] = [];
  for (const section of sections) {
    writer.row++;
    blocks.push(writer.row);
    writer.line(section.title, "heading");
    for (const sentence of sentences(section.text)) writer.line(sentence, "quiet");
    for (const [i, matrix] of section.matrices.entries()) {
      writer.row++;
      // A heading stays with its first matrix.
      if (i > 0) blocks.push(writer.row);
      const place = placeMatrix(writer, matrix);
      placements.set(matrix.id, { sheet, ...place });
      names.set(rangeName(matrix.id), absoluteRange(sheet, place.row, place.column, matrix.shape));
    }
  }
  const columns = Math.max(...sections.flatMap(({ matrices }) => matrices.map(({ shape }) => shape[1])));
  return {
    name: sheet,
    cells: writer.cells,
    widths: [2, 9, ...Array.from({ length: columns }, () => NUMBER_WIDTH)],
    blocks,
  };
}

/** Name, meaning, labels and entries of a matrix. */
function placeMatrix(writer: Writer, matrix: Matrix): { row: number; column: number } {
  const { id, formula, shape, axes, meaning, values, operation } = matrix;
  const [rows, columns] = shape;
  const size = `    (${rows} x ${columns})`;
  if (operation.kind === "descent") {
    // Names the learning rate, which may be changed.
    const [value, gradient] = operation.of;
    writer.line(`${id} = ${value} - learning rate x ${gradient}${size}`, "symbol");
  } else writer.line(`${id}${formula === undefined ? "" : ` = ${formula.text}`}${size}`, "symbol");
  writer.line(meaning, "quiet");
  if (axes[1].name !== "") {
    for (let column = 0; column < columns; column++) {
      writer.put(VALUES + column, axisLabel(axes[1], column), "label");
    }
    writer.row++;
  }
  const first = writer.row;
  const style = styleOf(operation);
  const starts = new Map(formulasOf(matrix).map((block) => [`${block.row} ${block.column}`, block]));
  for (let row = 0; row < rows; row++) {
    if (axes[0].name !== "") writer.put(LABELS, axisLabel(axes[0], row), "label");
    for (let column = 0; column < columns; column++) {
      const block = starts.get(`${row} ${column}`);
      if (block !== undefined) {
        writer.formula(VALUES + column, block.formula, style, [block.rows, block.columns]);
      } else if (operation.kind === "given") {
        writer.put(VALUES + column, values[row * columns + column], style);
      } else {
        // Belongs to the array formula that began before it.
        writer.cells.push({ row: writer.row, column: VALUES + column, style });
      }
    }
    writer.row++;
  }
  return { row: first, column: VALUES };
}

/** What consists of zeros and ones, such as an identity, is written without decimals. */
function styleOf(operation: Operation): CellStyle {
  switch (operation.kind) {
    case "given":
      return operation.source === "labels" ? "givenExact" : "given";
    case "biasJacobian":
      return "exact";
    case "slope":
    case "activationJacobian":
      return EXACT_SLOPES.includes(operation.activation) ? "exact" : "number";
    default:
      return "number";
  }
}

function overviewSheet(
  derivation: Derivation,
  title: string,
  subtitle: string,
  placements: Map<string, Placement>,
  names: Map<string, string>,
): Sheet {
  const { learningRate, labelSmoothing, differences, stages } = derivation;
  const writer = new Writer();
  const figure = 3;
  const named = (name: string, label: string, value: number): void => {
    writer.put(LABELS, label, "plain");
    writer.put(figure, value, "given");
    names.set(name, absoluteRange(OVERVIEW, writer.row, figure, [1, 1]));
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
  named(LEARNING_RATE, "learning rate", learningRate);
  if (labelSmoothing > 0) named(SMOOTHING, "label smoothing", labelSmoothing);
  writer.put(LABELS, "loss of the batch", "plain");
  writer.formula(figure, "loss", "number");
  writer.row++;
  if (differences.length > 0) {
    writer.row++;
    writer.line("Do the two forms agree?", "heading");
    writer.line(
      "The largest difference between an entry of the long form and the same entry of the short form.",
      "quiet",
    );
    const firstRow = writer.row;
    for (const { long, short } of differences) {
      writer.put(LABELS, `${long} and ${short}`, "plain");
      writer.formula(figure, `MAX(ABS(${rangeName(long)}-${rangeName(short)}))`, "check", [1, 1]);
      writer.row++;
    }
    writer.put(LABELS, "of all", "symbol");
    const range = absoluteRange(OVERVIEW, firstRow, figure, [differences.length, 1]);
    writer.formula(figure, `MAX(${range})`, "check");
    placements.set("check", { sheet: OVERVIEW, row: writer.row, column: figure });
    names.set(CHECK, absoluteRange(OVERVIEW, writer.row, figure, [1, 1]));
    writer.row++;
  }
  writer.row++;
  writer.line("Sheets", "heading");
  for (const { name, text } of stages) {
    writer.put(LABELS, SHEETS[name], "symbol");
    writer.put(figure, /^.*?[.;:](?= |$)/.exec(text)?.[0].replace(/[:;]$/, ".") ?? text, "plain");
    writer.row++;
  }
  return { name: OVERVIEW, cells: writer.cells, widths: [2, 11, 13, 11, 60] };
}

/** One line each, so that none runs far over the edge. */
function sentences(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=[.:;]) /);
}
