/** Fills a sheet from top to bottom. */
import type { Derivation } from "../derivation/types.ts";
import { liveText } from "./remarks.ts";
import type { CellStyle, SheetCell, Validation } from "./xlsx.ts";

/** The first column is a margin, the second has the labels of rows. */
export const LABELS = 1;
export const VALUES = 2;

/** Where a matrix stands: the place of its first entry, from 0. */
export interface Placement {
  sheet: string;
  row: number;
  column: number;
}

export class Writer {
  readonly cells: SheetCell[] = [];
  readonly validations: Validation[] = [];
  readonly #derivation: Derivation;
  row = 1;

  constructor(derivation: Derivation) {
    this.#derivation = derivation;
  }

  put(column: number, value: string | number, style: CellStyle): void {
    this.cells.push({ row: this.row, column, value, style });
  }

  formula(column: number, formula: string, style: CellStyle, array?: SheetCell["array"]): void {
    this.cells.push({ row: this.row, column, formula, style, ...(array && { array }) });
  }

  /** Follows the numbers it names. */
  text(column: number, text: string, style: CellStyle): void {
    const formula = liveText(text, this.#derivation);
    if (formula === undefined) this.put(column, text, style);
    else this.formula(column, formula, style);
  }

  line(text: string, style: CellStyle): void {
    this.text(LABELS, text, style);
    this.row++;
  }

  /** One line each, so that none runs far over the edge. */
  sentences(text: string, style: CellStyle): void {
    if (text === "") return;
    for (const sentence of text.split(/(?<=[.:;]) /)) this.line(sentence, style);
  }
}
