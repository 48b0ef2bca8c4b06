/**
 * What each operation of a derivation does: its values, by the reference's own functions; the entries that one entry of
 * the result is made from; and how many multiplications it takes.
 */
import type { FloatArray } from "../../core/engine.ts";
import { activate, activationSlope } from "../../cpu/activations.ts";
import { columnSums, dense, matmul, matmulTransposedA, matmulTransposedB } from "../../cpu/dense.ts";
import { multiply } from "../../cpu/dropout.ts";
import { floatsLike } from "../../cpu/floats.ts";
import {
  activationJacobian,
  biasJacobian,
  inputJacobian,
  lossByProbability,
  softmaxJacobian,
  weightJacobian,
} from "../../cpu/jacobians.ts";
import { crossEntropy, logSoftmax, mean, softmax } from "../../cpu/softmax.ts";
import { isStructuralZero } from "./structure.ts";
import type { Operation } from "./types.ts";

export type Shape = readonly [rows: number, columns: number];

/** Values `[rows, columns]`, row-major. */
export interface Valued {
  shape: Shape;
  values: FloatArray;
}

/** An entry of the operand with this index. */
export type Origin = readonly [operand: number, row: number, column: number];

interface Rule<O extends Operation> {
  evaluate(operation: O, of: readonly Valued[], shape: Shape): FloatArray;
  origins(operation: O, row: number, column: number, of: readonly Shape[], shape: Shape): Origin[];
  /** Scalar multiplications and divisions; functions such as exp are not counted. */
  multiplications(shape: Shape, of: readonly Shape[]): number;
}

type Rules = { [K in Operation["kind"]]: Rule<Extract<Operation, { kind: K }>> };

const range = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const size = ([rows, columns]: Shape): number => rows * columns;
const none = (): number => 0;
const oneEach = (shape: Shape): number => size(shape);

/** Row `index` of a matrix. */
function rowValues({ values, shape }: Valued, index: number): FloatArray {
  return values.slice(index * shape[1], (index + 1) * shape[1]);
}

function elementwise(like: FloatArray, f: (i: number) => number): FloatArray {
  const result = floatsLike(like, like.length);
  for (let i = 0; i < result.length; i++) result[i] = f(i);
  return result;
}

/** Of every operand, the entry at the same place. */
function samePlace(operands: number) {
  return (_: Operation, row: number, column: number): Origin[] =>
    range(operands, (operand) => [operand, row, column]);
}

const RULES: Rules = {
  given: {
    evaluate: () => {
      throw new TypeError("a given matrix has its values already");
    },
    origins: () => [],
    multiplications: none,
  },
  smoothing: {
    evaluate: ({ smoothing }, [y], [, classes]) =>
      elementwise(y.values, (i) => (1 - smoothing) * y.values[i] + smoothing / classes),
    origins: samePlace(1),
    multiplications: oneEach,
  },
  dense: {
    evaluate: (_, [x, weight, bias]) => dense(x.values, x.shape, weight.values, weight.shape, bias.values),
    origins: (_, row, column, [[, inputs]]) => [
      ...range(inputs, (i): Origin => [0, row, i]),
      ...range(inputs, (i): Origin => [1, i, column]),
      [2, 0, column],
    ],
    multiplications: ([rows, units], [[, inputs]]) => rows * inputs * units,
  },
  activation: {
    evaluate: ({ activation }, [z]) => activate(activation, z.values),
    origins: samePlace(1),
    multiplications: none,
  },
  softmax: {
    evaluate: (_, [z]) => softmax(z.values, z.shape),
    origins: (_, row, __, [[, classes]]) => range(classes, (c): Origin => [0, row, c]),
    multiplications: oneEach,
  },
  crossEntropy: {
    evaluate: (_, [z, t]) => crossEntropy(logSoftmax(z.values, z.shape), t.values, z.shape),
    origins: (_, row, __, [[, classes]]) =>
      [0, 1].flatMap((operand) => range(classes, (c): Origin => [operand, row, c])),
    multiplications: (_, [z]) => size(z),
  },
  mean: {
    evaluate: (_, [values]) => floatsLike(values.values, 1).fill(mean(values.values)),
    origins: (_, __, ___, [[rows, columns]]) =>
      range(rows * columns, (i): Origin => [0, Math.floor(i / columns), i % columns]),
    multiplications: () => 1,
  },
  lossByProbability: {
    evaluate: ({ sample }, [p, t]) => lossByProbability(rowValues(p, sample), rowValues(t, sample)),
    origins: ({ sample }, _, column) => [
      [0, sample, column],
      [1, sample, column],
    ],
    multiplications: oneEach,
  },
  softmaxJacobian: {
    evaluate: ({ sample }, [p]) => softmaxJacobian(rowValues(p, sample)),
    origins: ({ sample }, row, column) => [...new Set([row, column])].map((c): Origin => [0, sample, c]),
    multiplications: oneEach,
  },
  activationJacobian: {
    evaluate: ({ activation, sample }, [z]) => activationJacobian(activation, rowValues(z, sample)),
    origins: (operation, row, column, _, shape) =>
      isStructuralZero({ operation, shape }, row, column) ? [] : [[0, operation.sample, row]],
    multiplications: none,
  },
  weightJacobian: {
    evaluate: ({ sample }, [x], [units]) => weightJacobian(rowValues(x, sample), units),
    origins: (operation, row, column, _, shape) =>
      isStructuralZero({ operation, shape }, row, column)
        ? []
        : [[0, operation.sample, Math.floor(column / shape[0])]],
    multiplications: none,
  },
  biasJacobian: {
    evaluate: (_, __, [units]) => biasJacobian("float64", units),
    origins: () => [],
    multiplications: none,
  },
  inputJacobian: {
    evaluate: (_, [weight]) => inputJacobian(weight.values, weight.shape),
    origins: (_, row, column) => [[0, column, row]],
    multiplications: none,
  },
  product: {
    evaluate: (_, [a, b]) => matmul(a.values, a.shape, b.values, b.shape),
    origins: (_, row, column, [[, inner]]) => [
      ...range(inner, (k): Origin => [0, row, k]),
      ...range(inner, (k): Origin => [1, k, column]),
    ],
    multiplications: (shape, [[, inner]]) => size(shape) * inner,
  },
  meanOfSamples: {
    evaluate: (_, of) =>
      elementwise(of[0].values, (i) => of.reduce((sum, { values }) => sum + values[i], 0) / of.length),
    origins: (_, row, column, of, [, columns]) => {
      const index = row * columns + column;
      return of.map(([, width], operand): Origin => [operand, Math.floor(index / width), index % width]);
    },
    multiplications: oneEach,
  },
  difference: {
    evaluate: (_, [a, b]) => elementwise(a.values, (i) => a.values[i] - b.values[i]),
    origins: samePlace(2),
    multiplications: none,
  },
  quotient: {
    evaluate: ({ divisor }, [a]) => elementwise(a.values, (i) => a.values[i] / divisor),
    origins: samePlace(1),
    multiplications: oneEach,
  },
  productTransposedA: {
    evaluate: (_, [a, b]) => matmulTransposedA(a.values, a.shape, b.values, b.shape),
    origins: (_, row, column, [[inner]]) => [
      ...range(inner, (k): Origin => [0, k, row]),
      ...range(inner, (k): Origin => [1, k, column]),
    ],
    multiplications: (shape, [[inner]]) => size(shape) * inner,
  },
  productTransposedB: {
    evaluate: (_, [a, b]) => matmulTransposedB(a.values, a.shape, b.values, b.shape),
    origins: (_, row, column, [[, inner]]) => [
      ...range(inner, (k): Origin => [0, row, k]),
      ...range(inner, (k): Origin => [1, column, k]),
    ],
    multiplications: (shape, [[, inner]]) => size(shape) * inner,
  },
  columnSums: {
    evaluate: (_, [a]) => columnSums(a.values, a.shape),
    origins: (_, __, column, [[rows]]) => range(rows, (row): Origin => [0, row, column]),
    multiplications: none,
  },
  slope: {
    evaluate: ({ activation }, [z]) => activationSlope(activation, z.values),
    origins: samePlace(1),
    multiplications: none,
  },
  times: {
    evaluate: (_, [a, b]) => multiply(a.values, b.values),
    origins: samePlace(2),
    multiplications: oneEach,
  },
  descent: {
    evaluate: ({ rate }, [value, gradient]) =>
      elementwise(value.values, (i) => value.values[i] - rate * gradient.values[i]),
    origins: samePlace(2),
    multiplications: oneEach,
  },
};

function ruleOf(operation: Operation): Rule<Operation> {
  return RULES[operation.kind];
}

/** The values of a matrix from those of its operands; in their precision, float64 where there are none. */
export function evaluate(operation: Operation, of: readonly Valued[], shape: Shape): FloatArray {
  return ruleOf(operation).evaluate(operation, of, shape);
}

/**
 * The entries of the operands that one entry is made from. Entries that the structure makes 0, such as all but the
 * diagonal of an activation's Jacobian, are made from nothing.
 */
export function originsIn(
  operation: Operation,
  row: number,
  column: number,
  of: readonly Shape[],
  shape: Shape,
): Origin[] {
  return ruleOf(operation).origins(operation, row, column, of, shape);
}

/** Scalar multiplications and divisions that an operation takes. */
export function multiplicationsOf(operation: Operation, shape: Shape, of: readonly Shape[]): number {
  return ruleOf(operation).multiplications(shape, of);
}

/** The ids of a matrix's operands. */
export function operandsOf(operation: Operation): readonly string[] {
  return operation.kind === "given" ? [] : operation.of;
}
