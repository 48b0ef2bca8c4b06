/** The operations of a derivation as spreadsheet formulas over named ranges, so that `Z1 = X.W1 + b1` is MMULT(X,W_1)+b_1. */
import { LEAKY_SLOPE, type Activation } from "../../core/spec.ts";
import type { Matrix, Operation } from "../derivation/types.ts";

/** A formula over part of a matrix: an array formula where it covers more than one entry, or needs to be one. */
export interface FormulaBlock {
  /** Of its first entry, from 0. */
  row: number;
  column: number;
  rows: number;
  columns: number;
  formula: string;
}

/** Cells that are edited by name. */
export const LEARNING_RATE = "learning_rate";
export const SMOOTHING = "smoothing";
/** Of the two forms, and why it is not 0, or nearly so. */
export const CHECK = "largest_difference";
export const DIFFERENCE_REMARK = "about_difference";
/** Beside each row of Y, what is wrong with it. */
export const LABELS_CHECK = "about_labels";

/**
 * The name of a matrix's range. Spreadsheets do not tell capitals apart and take W1 for a cell: W_1, dL_dW_1, dl_dz_2_s1.
 */
export function rangeName(id: string): string {
  if (id === "l") return "losses";
  if (id === "L") return "loss";
  const sample = /\((\d+)\)/.exec(id);
  const name = id
    .replaceAll(/\(\d+\)/g, "")
    .replaceAll("/", "_")
    .replaceAll("'", "_new")
    .replaceAll(/([A-Za-z])(\d+)/g, "$1_$2");
  return sample === null ? name : `${name}_s${sample[1]}`;
}

/** How a matrix is computed; empty where it is given. */
export function formulasOf({ operation, shape }: Matrix): FormulaBlock[] {
  const [rows, columns] = shape;
  const whole = (formula: string): FormulaBlock[] => [{ row: 0, column: 0, rows, columns, formula }];
  const perRow = (formula: (row: number) => string): FormulaBlock[] =>
    Array.from({ length: rows }, (_, row) => ({ row, column: 0, rows: 1, columns, formula: formula(row) }));
  const [a, b, c] = operation.kind === "given" ? [] : operation.of.map(rangeName);
  switch (operation.kind) {
    case "given":
      return [];
    case "smoothing":
      return whole(`(1-${SMOOTHING})*${a}+${SMOOTHING}/COLUMNS(${a})`);
    case "dense":
      return whole(`MMULT(${a},${b})+${c}`);
    case "activation":
      return whole(valueFormula(operation.activation, a));
    case "slope":
      return whole(slopeFormula(operation.activation, a));
    case "softmax":
      return perRow((row) => {
        const z = rowOfRange(a, row);
        return `EXP(${z}-MAX(${z}))/SUM(EXP(${z}-MAX(${z})))`;
      });
    case "crossEntropy":
      // From the logits: the logarithm of a probability that has become 0 would be an error.
      return perRow((row) => {
        const z = rowOfRange(a, row);
        return `SUMPRODUCT(${rowOfRange(b, row)},MAX(${z})+LN(SUM(EXP(${z}-MAX(${z}))))-${z})`;
      });
    case "mean":
      return whole(`AVERAGE(${a})`);
    case "lossByProbability": {
      const [p, t] = [rowOfRange(a, operation.sample), rowOfRange(b, operation.sample)];
      return whole(`IF(${t}=0,0,-${t}/${p})`);
    }
    case "softmaxJacobian": {
      const p = rowOfRange(a, operation.sample);
      return whole(`${identity(rows)}*${p}-MMULT(TRANSPOSE(${p}),${p})`);
    }
    case "activationJacobian":
      return whole(
        `${identity(rows)}*${slopeFormula(operation.activation, rowOfRange(a, operation.sample))}`,
      );
    case "weightJacobian":
      // One identity beside another, each multiplied by one input.
      return Array.from({ length: columns / rows }, (_, input) => ({
        row: 0,
        column: input * rows,
        rows,
        columns: rows,
        formula: `INDEX(${a},${operation.sample + 1},${input + 1})*${identity(rows)}`,
      }));
    case "biasJacobian":
      return whole(identity(rows));
    case "inputJacobian":
      return whole(`TRANSPOSE(${a})`);
    case "product":
      return whole(`MMULT(${a},${b})`);
    case "meanOfSamples":
      return perRow((row) => meanFormula(operation, row, columns));
    case "difference":
      return whole(`${a}-${b}`);
    case "quotient":
      return whole(`${a}/${operation.divisor}`);
    case "productTransposedA":
      return whole(`MMULT(TRANSPOSE(${a}),${b})`);
    case "productTransposedB":
      return whole(`MMULT(${a},TRANSPOSE(${b}))`);
    case "columnSums":
      return Array.from({ length: columns }, (_, column) => ({
        row: 0,
        column,
        rows: 1,
        columns: 1,
        formula: `SUM(INDEX(${a},0,${column + 1}))`,
      }));
    case "times":
      return whole(`${a}*${b}`);
    case "descent":
      return whole(`${a}-${LEARNING_RATE}*${b}`);
  }
}

/** Row of a range, from 0. */
function rowOfRange(name: string, row: number): string {
  return `INDEX(${name},${row + 1},0)`;
}

/** Newer than the file format, which therefore writes it with a prefix. */
function identity(size: number): string {
  return `_xlfn.MUNIT(${size})`;
}

/** A row of the mean, out of gradients that are laid out in one row each. */
function meanFormula(
  { of }: Extract<Operation, { kind: "meanOfSamples" }>,
  row: number,
  columns: number,
): string {
  const [first, last] = [row * columns + 1, (row + 1) * columns];
  const parts = of.map((id) => {
    const name = rangeName(id);
    return first === last
      ? `INDEX(${name},1,${first})`
      : `INDEX(${name},1,${first}):INDEX(${name},1,${last})`;
  });
  return `(${parts.join("+")})/${of.length}`;
}

const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

/** u of GELU, times 2. */
function geluInner(z: string): string {
  return `${2 * GELU_SCALE}*(${z}+${GELU_CUBIC}*${z}^3)`;
}

function valueFormula(activation: Activation, z: string): string {
  const formulas: Record<Activation, string> = {
    relu: `IF(${z}>0,${z},0)`,
    "leaky-relu": `IF(${z}>0,${z},${LEAKY_SLOPE}*${z})`,
    tanh: `TANH(${z})`,
    sigmoid: `1/(1+EXP(-${z}))`,
    gelu: `${z}/(1+EXP(-${geluInner(z)}))`,
    linear: `1*${z}`,
  };
  return formulas[activation];
}

function slopeFormula(activation: Activation, z: string): string {
  const bend = `EXP(-${geluInner(z)})/(1+EXP(-${geluInner(z)}))^2`;
  const formulas: Record<Activation, string> = {
    relu: `IF(${z}>0,1,0)`,
    "leaky-relu": `IF(${z}>0,1,${LEAKY_SLOPE})`,
    tanh: `(1-TANH(${z})^2)`,
    sigmoid: `(EXP(-${z})/(1+EXP(-${z}))^2)`,
    gelu: `(1/(1+EXP(-${geluInner(z)}))+${z}*${bend}*${2 * GELU_SCALE}*(1+${3 * GELU_CUBIC}*${z}^2))`,
    linear: `(0*${z}+1)`,
  };
  return formulas[activation];
}
