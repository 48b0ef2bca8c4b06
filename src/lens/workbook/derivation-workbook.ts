/**
 * A derivation as a workbook of live formulas: a sheet for each stage, the two forms on neighbouring sheets, and on the
 * first sheet how far these are apart. Only inputs, labels, parameters and the learning rate are numbers, in yellow; all
 * else follows when one of them is changed.
 */
import { SpecError } from "../../core/errors.ts";
import type { Activation } from "../../core/spec.ts";
import { definitionsOf, definitionText, type Definition } from "../derivation/definitions.ts";
import { axisLabel } from "../derivation/notation.ts";
import type { Derivation, Matrix, Operation, Stage, StageName } from "../derivation/types.ts";
import { CHECK, DIFFERENCE_REMARK, formulasOf, LABELS_CHECK, rangeName } from "./formulas.ts";
import { overviewSheet } from "./overview.ts";
import { labelRemark } from "./remarks.ts";
import { LABELS, VALUES, Writer, type Placement } from "./writer.ts";
import { absoluteRange, writeXlsx, type CellStyle, type Sheet } from "./xlsx.ts";

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
/** More cells than this no spreadsheet opens with pleasure. */
const MOST_CELLS = 200_000;
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
  const stages = derivation.stages.map((stage) => stageSheet(stage, derivation, placements, names));
  const overview = overviewSheet(derivation, { title, subtitle, sheetOf: SHEETS }, placements, names);
  const sheets = [overview, ...stages];
  return { bytes: writeXlsx({ sheets, names }), sheets: sheets.map(({ name }) => name), placements };
}

function stageSheet(
  stage: Stage,
  derivation: Derivation,
  placements: Map<string, Placement>,
  names: Map<string, string>,
): Sheet {
  const { name, title, text, sections } = stage;
  const definitions = definitionsOf(stage);
  const sheet = SHEETS[name];
  const writer = new Writer(derivation);
  writer.line(title, "title");
  writer.sentences(text, "quiet");
  if (derivation.differences.length > 0 && (name === "long" || name === "short")) {
    writer.row++;
    writer.formula(LABELS, CHECK, "check");
    writer.put(VALUES, "  the largest difference between the gradients of the two forms", "plain");
    writer.row++;
    writer.formula(LABELS, DIFFERENCE_REMARK, "warning");
    writer.row++;
  }
  const blocks: number[] = [];
  for (const section of sections) {
    writer.row++;
    blocks.push(writer.row);
    writer.line(section.title, "heading");
    writer.sentences(section.text, "quiet");
    for (const [i, matrix] of section.matrices.entries()) {
      writer.row++;
      // A heading stays with its first matrix.
      if (i > 0) blocks.push(writer.row);
      const place = placeMatrix(writer, matrix, definitions.get(matrix.id));
      placements.set(matrix.id, { sheet, ...place });
      names.set(rangeName(matrix.id), absoluteRange(sheet, place.row, place.column, matrix.shape));
      if (matrix.id !== "Y") continue;
      const [rows, columns] = matrix.shape;
      names.set(LABELS_CHECK, absoluteRange(sheet, place.row, place.column + columns, [rows, 1]));
      writer.validations.push({
        ...place,
        size: matrix.shape,
        least: 0,
        most: 1,
        prompt: "1 for the class that the sample is, 0 for every other: each row adds up to 1.",
      });
    }
  }
  const columns = Math.max(...sections.flatMap(({ matrices }) => matrices.map(({ shape }) => shape[1])));
  return {
    name: sheet,
    cells: writer.cells,
    validations: writer.validations,
    widths: [2, 9, ...Array.from({ length: columns }, () => NUMBER_WIDTH)],
    blocks,
  };
}

/** Name, meaning, labels and entries of a matrix. */
function placeMatrix(
  writer: Writer,
  matrix: Matrix,
  definition: Definition | undefined,
): { row: number; column: number } {
  const { id, formula, shape, axes, meaning, values, operation } = matrix;
  const [rows, columns] = shape;
  const size = `    (${rows} x ${columns})`;
  if (operation.kind === "descent") {
    // Names the learning rate, which may be changed.
    const [value, gradient] = operation.of;
    writer.line(`${id} = ${value} - learning rate x ${gradient}${size}`, "symbol");
  } else if (operation.kind === "smoothing") {
    const [y] = operation.of;
    writer.line(`${id} = (1 - label smoothing) x ${y} + label smoothing / ${columns}${size}`, "symbol");
  } else writer.line(`${id}${formula === undefined ? "" : ` = ${formula.text}`}${size}`, "symbol");
  writer.line(meaning, "quiet");
  if (definition !== undefined) writer.sentences(definitionText(definition), "quiet");
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
    if (operation.kind === "given" && operation.source === "labels") {
      writer.formula(VALUES + columns, labelRemark(row), "warning");
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
