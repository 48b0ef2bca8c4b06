/**
 * Workbooks as .xlsx bytes: SpreadsheetML in a ZIP, as much of it as a workbook of formulas needs. Formula cells carry no
 * values, so whatever opens the file computes them; see docs/decisions/0010-spreadsheet-by-hand.md.
 */
import { strToU8, zipSync } from "fflate";
import { SpecError } from "../../core/errors.ts";

export const STYLES = [
  "plain",
  "title",
  "heading",
  "symbol",
  "quiet",
  "label",
  "given",
  "number",
  "givenExact",
  "exact",
  "check",
  "warning",
] as const;
export type CellStyle = (typeof STYLES)[number];

export interface SheetCell {
  /** From 0. */
  row: number;
  column: number;
  style: CellStyle;
  value?: string | number;
  /** Without the equals sign. */
  formula?: string;
  /** Makes it an array formula over this many rows and columns, this cell being the first of them. */
  array?: readonly [rows: number, columns: number];
}

/** Between which numbers an entry is expected; a spreadsheet asks before it takes another. */
export interface Validation {
  row: number;
  column: number;
  size: readonly [rows: number, columns: number];
  least: number;
  /** No limit where it is missing. */
  most?: number;
  /** Shown beside the entry while it is selected. */
  prompt?: string;
}

export interface Sheet {
  name: string;
  cells: SheetCell[];
  /** In characters, column by column from the first. */
  widths: number[];
  validations?: readonly Validation[];
  /** Rows that begin what should not be torn apart in print. */
  blocks?: readonly number[];
}

export interface Workbook {
  sheets: Sheet[];
  /** Names of ranges, and what they refer to: `'Long form'!$C$5:$F$8`. */
  names: ReadonlyMap<string, string>;
}

const LAST_COLUMN = 16_384;
const LAST_ROW = 1_048_576;
const MOST_FORMULA = 8192;

/** `AB7` from row and column from 0. */
export function address(row: number, column: number): string {
  return `${columnName(column)}${row + 1}`;
}

/** `'Sheet'!$A$1:$B$2`, for a name. */
export function absoluteRange(
  sheet: string,
  row: number,
  column: number,
  [rows, columns]: readonly [number, number],
): string {
  const corner = (r: number, c: number): string => `$${columnName(c)}$${r + 1}`;
  return `'${sheet}'!${corner(row, column)}:${corner(row + rows - 1, column + columns - 1)}`;
}

function columnName(column: number): string {
  let name = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

/** @throws SpecError where a sheet or formula is larger than a spreadsheet takes. */
export function writeXlsx({ sheets, names }: Workbook): Uint8Array {
  const files: Record<string, string> = {
    "[Content_Types].xml": contentTypes(sheets.length),
    "_rels/.rels": relationships([["officeDocument", "xl/workbook.xml"]]),
    "xl/workbook.xml": workbookXml(sheets, names),
    "xl/_rels/workbook.xml.rels": relationships([
      ...sheets.map((_, i): [string, string] => ["worksheet", `worksheets/sheet${i + 1}.xml`]),
      ["styles", "styles.xml"],
    ]),
    "xl/styles.xml": stylesXml(),
  };
  sheets.forEach((sheet, i) => (files[`xl/worksheets/sheet${i + 1}.xml`] = sheetXml(sheet)));
  const entries = Object.entries(files).map(([path, text]) => [path, strToU8(HEADER + text)] as const);
  // A fixed time, so that the same derivation gives the same bytes; ZIP counts from 1980.
  return zipSync(Object.fromEntries(entries), { mtime: new Date(1980, 0, 1), level: 6 });
}

const HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";

function contentTypes(sheets: number): string {
  const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const override = (part: string, kind: string): string =>
    `<Override PartName="/xl/${part}.xml" ContentType="${type}.${kind}+xml"/>`;
  const worksheets = Array.from({ length: sheets }, (_, i) =>
    override(`worksheets/sheet${i + 1}`, "worksheet"),
  );
  return (
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="xml" ContentType="application/xml"/>${override("workbook", "sheet.main")}${override("styles", "styles")}` +
    `${worksheets.join("")}</Types>`
  );
}

function relationships(list: [kind: string, target: string][]): string {
  const each = list.map(
    ([kind, target], i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/${kind}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${each.join("")}</Relationships>`;
}

function workbookXml(sheets: Sheet[], names: Workbook["names"]): string {
  const list = sheets.map(
    ({ name }, i) => `<sheet name="${escapeXml(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  );
  const defined = [...names].map(
    ([name, range]) => `<definedName name="${name}">${escapeXml(range)}</definedName>`,
  );
  return (
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${list.join("")}</sheets>` +
    `<definedNames>${defined.join("")}</definedNames><calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>`
  );
}

function sheetXml({ name, cells, widths, validations = [], blocks = [] }: Sheet): string {
  const rows = new Map<number, SheetCell[]>();
  for (const cell of cells) {
    if (cell.row >= LAST_ROW || cell.column >= LAST_COLUMN) {
      throw new SpecError(
        "xlsx",
        `the sheet "${name}" would need more than ${LAST_COLUMN} columns or ${LAST_ROW} rows`,
        "Explain a smaller network.",
      );
    }
    const own = rows.get(cell.row);
    if (own) own.push(cell);
    else rows.set(cell.row, [cell]);
  }
  const data = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([row, own]) => {
      const inOrder = own.toSorted((a, b) => a.column - b.column);
      return `<row r="${row + 1}">${inOrder.map(cellXml).join("")}</row>`;
    });
  const columns = widths.map(
    (width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  );
  return (
    `<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
    '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>' +
    `<cols>${columns.join("")}</cols><sheetData>${data.join("")}</sheetData>${validationsXml(validations)}` +
    '<pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>' +
    '<pageSetup orientation="portrait" fitToWidth="1" fitToHeight="0"/>' +
    `${breaksXml(pageBreaks(blocks, Math.max(0, ...rows.keys()) + 1, rowsOfPage(widths)))}</worksheet>`
  );
}

/** What a page has room for between its margins, at full size: the narrower and the shorter of A4 and Letter. */
const PAGE_ROWS = 44;
const PAGE_CHARACTERS = 95;

/** A sheet that is wider than a page is printed smaller, so that more rows fit. */
function rowsOfPage(widths: readonly number[]): number {
  const width = widths.reduce((sum, each) => sum + each, 0);
  return Math.floor(PAGE_ROWS * Math.max(1, width / PAGE_CHARACTERS));
}

/** Rows, of those that begin a block, with which a page begins. @param end one past the last row */
export function pageBreaks(blocks: readonly number[], end: number, most: number): number[] {
  const breaks: number[] = [];
  let top = 0;
  blocks.forEach((start, i) => {
    const next = blocks[i + 1] ?? end;
    if (i === 0 || next - top <= most) return;
    breaks.push(start);
    top = start;
  });
  return breaks;
}

function breaksXml(breaks: readonly number[]): string {
  if (breaks.length === 0) return "";
  const each = breaks.map((row) => `<brk id="${row}" max="${LAST_COLUMN - 1}" man="1"/>`);
  return `<rowBreaks count="${breaks.length}" manualBreakCount="${breaks.length}">${each.join("")}</rowBreaks>`;
}

function validationsXml(validations: readonly Validation[]): string {
  if (validations.length === 0) return "";
  const each = validations.map(({ row, column, size: [rows, columns], least, most, prompt }) => {
    const range = `${address(row, column)}:${address(row + rows - 1, column + columns - 1)}`;
    const [operator, limits, expected] =
      most === undefined
        ? [' operator="greaterThanOrEqual"', [least], `at least ${least}`]
        : ["", [least, most], `from ${least} to ${most}`];
    const said = prompt === undefined ? "" : ` showInputMessage="1" prompt="${escapeXml(prompt)}"`;
    const formulas = limits.map((limit, i) => `<formula${i + 1}>${limit}</formula${i + 1}>`);
    return (
      `<dataValidation type="decimal" errorStyle="warning"${operator} showErrorMessage="1" error="A number ${expected} is expected here."` +
      `${said} sqref="${range}">${formulas.join("")}</dataValidation>`
    );
  });
  return `<dataValidations count="${each.length}">${each.join("")}</dataValidations>`;
}

function cellXml({ row, column, style, value, formula, array }: SheetCell): string {
  const at = `r="${address(row, column)}" s="${STYLES.indexOf(style)}"`;
  if (formula !== undefined) {
    if (formula.length > MOST_FORMULA) {
      throw new SpecError(
        "xlsx",
        `a formula has ${formula.length} characters, but a spreadsheet takes ${MOST_FORMULA}`,
        "Explain a smaller batch.",
      );
    }
    const range = array && `${address(row, column)}:${address(row + array[0] - 1, column + array[1] - 1)}`;
    const kind = range === undefined ? "" : ` t="array" ref="${range}"`;
    return `<c ${at}><f${kind}>${escapeXml(formula)}</f></c>`;
  }
  if (value === undefined) return `<c ${at}/>`;
  if (typeof value === "number") return `<c ${at}><v>${value}</v></c>`;
  return `<c ${at} t="inlineStr"><is><t xml:space="preserve">${escapeXml(value)}</t></is></c>`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Fonts, fills and borders by their place in the lists below; one `xf` for each of `STYLES`, in order. */
function stylesXml(): string {
  const font = (size: number, colour: string, more = ""): string =>
    `<font>${more}<sz val="${size}"/><color rgb="FF${colour}"/><name val="Calibri"/><family val="2"/></font>`;
  const fill = (colour: string): string =>
    `<fill><patternFill patternType="solid"><fgColor rgb="FF${colour}"/><bgColor indexed="64"/></patternFill></fill>`;
  const side = (name: string): string => `<${name} style="thin"><color rgb="FFD9D3C6"/></${name}>`;
  const fonts = [
    font(11, "23211D"),
    font(18, "23211D", "<b/>"),
    font(13, "23211D", "<b/>"),
    font(11, "23211D", "<b/>"),
    font(10, "6D675D"),
    font(11, "1F4E6B"),
    font(11, "B14C06", "<b/>"),
  ];
  const fills = [
    '<fill><patternFill patternType="none"/></fill>',
    '<fill><patternFill patternType="gray125"/></fill>',
    fill("FFF6D6"),
    fill("F4F2EC"),
    fill("E3EEE4"),
  ];
  const borders = [
    "<border><left/><right/><top/><bottom/><diagonal/></border>",
    `<border>${["left", "right", "top", "bottom"].map(side).join("")}<diagonal/></border>`,
  ];
  // A number that is exactly 0 is written 0, so that it is told from a small one.
  const formats = [
    '<numFmt numFmtId="164" formatCode="0.0000;-0.0000;0"/>',
    '<numFmt numFmtId="165" formatCode="0.0E+00"/>',
  ];
  const xf = (fontId: number, fillId = 0, borderId = 0, format = 0, align = ""): string =>
    `<xf numFmtId="${format}" fontId="${fontId}" fillId="${fillId}" borderId="${borderId}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">${align}</xf>`;
  const centred = '<alignment horizontal="center"/>';
  const xfs: Record<CellStyle, string> = {
    plain: xf(0),
    title: xf(1),
    heading: xf(2),
    symbol: xf(3),
    quiet: xf(4),
    label: xf(4, 0, 0, 0, centred),
    given: xf(5, 2, 1, 164),
    number: xf(0, 3, 1, 164),
    // As many decimals as there are.
    givenExact: xf(5, 2, 1),
    exact: xf(0, 3, 1),
    check: xf(3, 4, 1, 165),
    warning: xf(6),
  };
  return (
    `<styleSheet xmlns="${MAIN}"><numFmts count="${formats.length}">${formats.join("")}</numFmts>` +
    `<fonts count="${fonts.length}">${fonts.join("")}</fonts><fills count="${fills.length}">${fills.join("")}</fills>` +
    `<borders count="${borders.length}">${borders.join("")}</borders>` +
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
    `<cellXfs count="${STYLES.length}">${STYLES.map((style) => xfs[style]).join("")}</cellXfs></styleSheet>`
  );
}
