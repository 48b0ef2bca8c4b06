/**
 * One training step as data: every matrix that occurs in it, with its name, its meaning, its values, and what it was
 * made from. Terminal, spreadsheet, page and tests are all drawn from this one structure.
 */
import type { Activation, Network } from "../../core/spec.ts";

/** The same mathematics twice: for typesetting, and as it can be typed. */
export interface Notation {
  latex: string;
  text: string;
}

/** What the rows or columns of a matrix stand for. */
export interface Axis {
  /** In the singular: `"sample"`, `"unit of layer 1"`, `"entry of W1"`. Empty where there is only one. */
  name: string;
  /** Where entries are those of a matrix laid out row by row: that matrix's number of columns. */
  columns?: number;
  /** And the axis of its rows. */
  rows?: Axis;
  /** What its places are called; numbers from 1 where it is missing. */
  labels?: readonly string[];
}

/** How a matrix is computed from others. `sample` is the row of the batch it is about, from 0. */
export type Operation =
  /** Not computed: `"inputs"`, `"labels"` (one-hot), or a parameter's name. */
  | { kind: "given"; source: string }
  /** (1 - e) y + e / C */
  | { kind: "smoothing"; of: [y: string]; smoothing: number }
  /** X.W + b */
  | { kind: "dense"; of: [x: string, weight: string, bias: string] }
  /** f(Z) */
  | { kind: "activation"; of: [z: string]; activation: Activation }
  | { kind: "softmax"; of: [z: string] }
  /** -sum(t log p) of each row, log p being z - log(sum(exp z)): finite also where p rounds to 0 */
  | { kind: "crossEntropy"; of: [z: string, t: string] }
  /** Of all entries. */
  | { kind: "mean"; of: [values: string] }
  /** -t / p */
  | { kind: "lossByProbability"; of: [p: string, t: string]; sample: number }
  /** diag(p) - pt.p */
  | { kind: "softmaxJacobian"; of: [p: string]; sample: number }
  /** diag(f'(z)) */
  | { kind: "activationJacobian"; of: [z: string]; activation: Activation; sample: number }
  /** x kron I */
  | { kind: "weightJacobian"; of: [x: string]; sample: number }
  | { kind: "biasJacobian"; of: [] }
  /** The weights, transposed. */
  | { kind: "inputJacobian"; of: [weight: string] }
  | { kind: "product"; of: [a: string, b: string] }
  /** Entry by entry over matrices of one size; the result may have another shape of that size. */
  | { kind: "meanOfSamples"; of: string[] }
  | { kind: "difference"; of: [a: string, b: string] }
  | { kind: "quotient"; of: [a: string]; divisor: number }
  /** At.B */
  | { kind: "productTransposedA"; of: [a: string, b: string] }
  /** A.Bt */
  | { kind: "productTransposedB"; of: [a: string, b: string] }
  | { kind: "columnSums"; of: [a: string] }
  /** f'(Z) */
  | { kind: "slope"; of: [z: string]; activation: Activation }
  /** Entry by entry. */
  | { kind: "times"; of: [a: string, b: string] }
  /** W - rate dW */
  | { kind: "descent"; of: [value: string, gradient: string]; rate: number };

/** A matrix before anything is computed. */
export interface MatrixPlan {
  /** Unique in a derivation: the symbol as text. */
  id: string;
  symbol: Notation;
  /** What stands right of the equals sign; missing where the matrix is given. */
  formula?: Notation;
  shape: readonly [rows: number, columns: number];
  axes: readonly [rows: Axis, columns: Axis];
  /** One sentence. */
  meaning: string;
  operation: Operation;
}

/** A matrix with its values, `[rows, columns]` row-major. */
export interface Matrix extends MatrixPlan {
  values: Float64Array;
}

/** Matrices that belong together, in the order in which they are computed. */
export interface Section<M = Matrix> {
  title: string;
  /** Sentences that lead in; may be empty. */
  text: string;
  matrices: M[];
}

export const STAGES = ["forward", "loss", "long", "short", "update"] as const;
export type StageName = (typeof STAGES)[number];

export interface Stage<M = Matrix> {
  name: StageName;
  title: string;
  /** What happens here and why, in a few sentences. */
  text: string;
  sections: Section<M>[];
}

/** What the stages of a derivation follow from. */
export interface OutlineOptions {
  network: Network;
  rows: number;
  learningRate: number;
  labelSmoothing: number;
  longForm: boolean;
}

/** What a derivation starts from; all values are copied. */
export interface DerivationInput {
  network: Network;
  /** Under the engine's names, `"layers.0.weight"` and so on. */
  parameters: Record<string, ArrayLike<number>>;
  /** `[rows, input]` */
  inputs: ArrayLike<number>;
  /** `[rows]` */
  labels: Uint8Array;
  /** Of the plain gradient descent step at the end. Default 0.1. */
  learningRate?: number;
  /** Default 0. */
  labelSmoothing?: number;
  /** What the classes are called, for headings; they are numbered from 1 when left out. */
  classNames?: readonly string[];
  /** Whether the long form is written out. Default true; `formCosts()` tells what it takes. */
  longForm?: boolean;
}

/** How far the two forms are apart in one gradient. */
export interface Difference {
  /** Ids of the same gradient in either form. */
  long: string;
  short: string;
  /** The largest one of an entry; NaN where either is not finite. */
  difference: number;
}

export interface Derivation {
  network: Network;
  rows: number;
  learningRate: number;
  labelSmoothing: number;
  /** Without `"long"` where the long form was left out. */
  stages: Stage[];
  /** Every matrix of every stage by its id. */
  matrices: ReadonlyMap<string, Matrix>;
  /** Of every gradient; empty without the long form. */
  differences: Difference[];
  /** The largest of them; undefined without the long form. */
  maxDifference: number | undefined;
  /** Mean cross-entropy over the rows. */
  loss: number;
}

/** One entry of one matrix; row and column from 0. */
export interface Cell {
  id: string;
  row: number;
  column: number;
}
