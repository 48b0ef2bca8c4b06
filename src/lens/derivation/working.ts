/** How one entry is worked out, with the numbers put in: what a person would write beside it. */
import { matrixOf } from "./derive.ts";
import { figureText } from "./display.ts";
import { axisLabel } from "./notation.ts";
import { isStructuralZero } from "./structure.ts";
import { origins, valueOf } from "./trace.ts";
import type { Cell, Derivation } from "./types.ts";

/** More terms than this are cut short. */
const MOST_TERMS = 8;

/** `dW1[2,1]`: an entry as people name it, counted from 1. */
export function cellName({ matrices }: Derivation, { id, row, column }: Cell): string {
  const { shape, axes } = matrixOf(matrices, id);
  if (shape[0] === 1 && shape[1] === 1) return id;
  if (shape[0] === 1) return `${id}[${axisLabel(axes[1], column)}]`;
  if (shape[1] === 1) return `${id}[${axisLabel(axes[0], row)}]`;
  // The entry of a matrix laid out in a row has two numbers itself.
  const columnLabel = axisLabel(axes[1], column);
  return `${id}[${axisLabel(axes[0], row)}; ${columnLabel}]`.replace(
    "; ",
    columnLabel.includes(",") ? "; " : ",",
  );
}

/**
 * What is said behind an entry and its value: ` = 0.5700 * 0.5569 + 0.2900 * 0.6846 + 0`, ` is given`, or a reason behind a
 * comma. Empty where the entry is another one as it is, its origin.
 * @throws SpecError when there is no such entry.
 */
export function working(derivation: Derivation, cell: Cell): string {
  const matrix = matrixOf(derivation.matrices, cell.id);
  const { operation } = matrix;
  const from = origins(derivation, cell).map((origin) => valueOf(derivation, origin));
  const text = from.map(figureText);
  const isZero = isStructuralZero(matrix, cell.row, cell.column);
  switch (operation.kind) {
    case "given":
      return " is given";
    case "smoothing":
      return ` = (1 - ${operation.smoothing}) * ${text[0]} + ${operation.smoothing} / ${matrix.shape[1]}`;
    case "dense":
      return ` = ${products(text.slice(0, -1), ` + ${bracketed(text[text.length - 1])}`)}`;
    case "product":
    case "productTransposedA":
    case "productTransposedB":
      return ` = ${products(text)}`;
    case "activation":
      return ` = ${operation.activation}(${text[0]})`;
    case "slope":
      return ` = ${operation.activation}'(${text[0]})`;
    case "softmax":
      return ` = exp(${text[cell.column]}) / (${sum(text.map((z) => `exp(${z})`))})`;
    case "crossEntropy": {
      const half = from.length / 2;
      const wanted = Array.from({ length: half }, (_, c) => c).filter((c) => from[half + c] !== 0);
      const logSum = `log(${sum(text.slice(0, half).map((z) => `exp(${z})`))})`;
      return ` = ${sum(wanted.map((c) => `${text[half + c]} * (${logSum} - ${bracketed(text[c])})`))}`;
    }
    case "mean":
    case "meanOfSamples":
      return from.length === 1 ? "" : ` = (${sum(text)}) / ${from.length}`;
    case "lossByProbability":
      return from[1] === 0 ? ", as this class is not wanted" : ` = -${text[1]} / ${text[0]}`;
    case "softmaxJacobian":
      return from.length === 1 ? ` = ${text[0]} * (1 - ${text[0]})` : ` = -${text[0]} * ${text[1]}`;
    case "activationJacobian":
      return isZero ? ", as a unit has no other's slope" : ` = ${operation.activation}'(${text[0]})`;
    case "weightJacobian":
      return isZero ? ", as this weight does not reach this unit" : "";
    case "biasJacobian":
      return isZero ? ", as this bias is another unit's" : ", as this bias is the unit's own";
    case "inputJacobian":
      return "";
    case "difference":
      return ` = ${text[0]} - ${bracketed(text[1])}`;
    case "quotient":
      return ` = ${text[0]} / ${operation.divisor}`;
    case "times":
      return ` = ${text[0]} * ${bracketed(text[1])}`;
    case "columnSums":
      return ` = ${sum(text)}`;
    case "descent":
      return ` = ${text[0]} - ${operation.rate} * ${bracketed(text[1])}`;
  }
}

/**
 * a * b of the first half with the second, added up; of a long sum, terms that are 0 are only counted.
 * @param last what else is added
 */
function products(factors: string[], last = ""): string {
  const half = factors.length / 2;
  const terms = Array.from({ length: half }, (_, k) => [factors[k], factors[half + k]] as const);
  const alive = terms.filter(([a, b]) => a !== "0" && b !== "0");
  const shown = half <= MOST_TERMS || alive.length === 0 ? terms : alive;
  const zeros = half - shown.length;
  const rest = zeros === 0 ? "" : `, and ${zeros === 1 ? "a term that is" : `${zeros} terms that are`} 0`;
  return `${sum(shown.map(([a, b]) => `${a} * ${bracketed(b)}`))}${last}${rest}`;
}

function sum(terms: string[]): string {
  const shown =
    terms.length > MOST_TERMS ? [...terms.slice(0, MOST_TERMS - 1), "…", terms[terms.length - 1]] : terms;
  return shown.map((term, i) => (i > 0 && term.startsWith("-") ? bracketed(term) : term)).join(" + ");
}

/** A negative number behind a sign. */
function bracketed(text: string): string {
  return text.startsWith("-") ? `(${text})` : text;
}
