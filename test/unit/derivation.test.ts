/**
 * The derivation: its two forms against each other, against central differences and against the reference's own passes;
 * every entry recomputed from its origins; and that a factor which is off by a little would be noticed.
 */
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/rng.ts";
import { ACTIVATIONS, type Activation, type Network } from "../../src/core/spec.ts";
import { backwardPass, forwardPass } from "../../src/cpu/pass.ts";
import { formCosts } from "../../src/lens/derivation/cost.ts";
import { derive, matrixOf } from "../../src/lens/derivation/derive.ts";
import { afterUpdate, inputOfDerivation, withCell } from "../../src/lens/derivation/edit.ts";
import { evaluate, operandsOf } from "../../src/lens/derivation/operations.ts";
import { isStructuralZero } from "../../src/lens/derivation/structure.ts";
import { origins, roots, valueOf } from "../../src/lens/derivation/trace.ts";
import type { Cell, Derivation, DerivationInput, Matrix } from "../../src/lens/derivation/types.ts";
import { networkOf, randomArray, randomLabels, randomParameters } from "./cpu-fixtures.ts";

const AGREEMENT = 1e-12;

function drawn(network: Network, rows: number, more: Partial<DerivationInput> = {}): DerivationInput {
  const random = Random.fromSeed(31, "cases");
  const parameters = randomParameters(random, network);
  const inputs = randomArray(random, rows * network.input);
  return { network, parameters, inputs, labels: randomLabels(random, rows, network.classes), ...more };
}

function gradients(derivation: Derivation, form: "long" | "short"): Record<string, Float64Array> {
  const prefix = form === "long" ? "dL/d" : "d";
  return Object.fromEntries(
    derivation.network.layers.flatMap((_, index) => [
      [`layers.${index}.weight`, matrixOf(derivation.matrices, `${prefix}W${index + 1}`).values],
      [`layers.${index}.bias`, matrixOf(derivation.matrices, `${prefix}b${index + 1}`).values],
    ]),
  );
}

function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  return Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i])));
}

/** A matrix computed again, some operands with other values. */
function recomputed({ matrices }: Derivation, matrix: Matrix, others: Record<string, Float64Array> = {}) {
  const of = operandsOf(matrix.operation).map((id) => {
    const { shape, values } = matrixOf(matrices, id);
    return { shape, values: others[id] ?? values };
  });
  return evaluate(matrix.operation, of, matrix.shape);
}

const cellsOf = ({ id, shape: [rows, columns] }: Matrix): Cell[] =>
  Array.from({ length: rows * columns }, (_, i) => ({
    id,
    row: Math.floor(i / columns),
    column: i % columns,
  }));

const keyOf = ({ id, row, column }: Cell): string => `${id}[${row},${column}]`;

const computedOf = (derivation: Derivation): Matrix[] =>
  [...derivation.matrices.values()].filter(({ operation }) => operation.kind !== "given");

describe("the long form and the short form", () => {
  const settings = ACTIVATIONS.flatMap((activation) =>
    [[], [4], [5, 2], [3, 4, 3]].map((hidden) => [activation, hidden] as const),
  );

  it.each(settings)(
    "%s, hidden layers %j: the same gradients, those of the reference",
    (activation, hidden) => {
      for (const rows of [1, 2, 5]) {
        const input = drawn(networkOf(4, hidden, 3, activation), rows, {
          labelSmoothing: rows === 5 ? 0.1 : 0,
        });
        const derivation = derive(input);
        expect(derivation.maxDifference).toBeLessThanOrEqual(AGREEMENT);
        expect(derivation.differences).toHaveLength(2 * (hidden.length + 1));
        const { network, labels, labelSmoothing } = input;
        const parameters = Object.fromEntries(
          Object.entries(input.parameters).map(([name, values]) => [name, Float64Array.from(values)]),
        );
        const forward = forwardPass(network, parameters, Float64Array.from(input.inputs));
        const backward = backwardPass(network, parameters, forward, labels, labelSmoothing);
        expect(Math.abs(derivation.loss - backward.loss)).toBeLessThan(AGREEMENT);
        for (const form of ["long", "short"] as const) {
          const own = gradients(derivation, form);
          expect(Object.keys(own)).toEqual(Object.keys(backward.gradients));
          for (const [name, values] of Object.entries(own)) {
            expect(largestError(values, backward.gradients[name]), `${form} ${name}`).toBeLessThan(AGREEMENT);
          }
        }
      }
    },
  );

  it.each<[Activation]>([["tanh"], ["gelu"], ["leaky-relu"]])(
    "%s: against central differences",
    (activation) => {
      const input = drawn(networkOf(3, [4, 3], 3, activation), 3, { labelSmoothing: 0.2 });
      const derivation = derive(input);
      const own = gradients(derivation, "long");
      const H = 1e-5;
      for (const [name, values] of Object.entries(input.parameters)) {
        const numeric = Float64Array.from(values, (value, i) => {
          const lossAt = (moved: number): number => {
            const changed = Float64Array.from(values).fill(moved, i, i + 1);
            return derive({ ...input, parameters: { ...input.parameters, [name]: changed }, longForm: false })
              .loss;
          };
          return (lossAt(value + H) - lossAt(value - H)) / (2 * H);
        });
        expect(largestError(own[name], numeric), name).toBeLessThan(1e-8);
      }
    },
  );

  it("differ as soon as one entry of a factor is off", () => {
    const derivation = derive(drawn(networkOf(4, [3], 3, "tanh"), 2, { labelSmoothing: 0.1 }));
    const long = derivation.stages.find(({ name }) => name === "long")!;
    const factors = long.sections.flatMap(({ matrices }) => matrices);
    const gradient = derivation.differences.map((difference) => difference.long);
    for (const broken of factors.filter(({ id }) => !gradient.includes(id))) {
      const worst = cellsOf(broken).map(({ row, column }) => {
        const changed: Record<string, Float64Array> = { [broken.id]: broken.values.slice() };
        changed[broken.id][row * broken.shape[1] + column] += 1e-6;
        // What follows from the broken factor, in order.
        for (const matrix of factors.slice(factors.indexOf(broken) + 1)) {
          if (operandsOf(matrix.operation).some((id) => id in changed)) {
            changed[matrix.id] = Float64Array.from(recomputed(derivation, matrix, changed));
          }
        }
        return Math.max(
          ...derivation.differences
            .filter((difference) => difference.long in changed)
            .map(({ long: id, short }) =>
              largestError(changed[id], matrixOf(derivation.matrices, short).values),
            ),
        );
      });
      expect(Math.min(...worst), broken.id).toBeGreaterThan(AGREEMENT);
    }
  });

  it("says where the long form is no longer finite, as it divides by p", () => {
    const network = networkOf(1, [], 2);
    const parameters = { "layers.0.weight": [1000, -1000], "layers.0.bias": [0, 0] };
    const derivation = derive({ network, parameters, inputs: [1], labels: Uint8Array.of(1) });
    expect(derivation.maxDifference).toBeNaN();
    expect([...gradients(derivation, "short")["layers.0.bias"]]).toEqual([1, -1]);
  });
});

describe("the update", () => {
  it("moves every parameter against its gradient, and leads to the next step", () => {
    const input = drawn(networkOf(4, [5], 3, "sigmoid"), 4, { learningRate: 0.5 });
    const derivation = derive(input);
    const next = afterUpdate(derivation);
    const own = gradients(derivation, "short");
    for (const [name, values] of Object.entries(next.parameters)) {
      const expected = Float64Array.from(input.parameters[name], (value, i) => value - 0.5 * own[name][i]);
      expect(Array.from(values)).toEqual([...expected]);
    }
    expect(derive(next).loss).toBeLessThan(derivation.loss);
  });
});

describe("origins", () => {
  const derivation = derive(drawn(networkOf(3, [4, 2], 3, "gelu"), 2, { labelSmoothing: 0.1 }));

  it("are all that an entry depends on, and it depends on all of them", () => {
    let entries = 0;
    for (const matrix of computedOf(derivation)) {
      const from = new Map(
        cellsOf(matrix).map((cell) => [keyOf(cell), origins(derivation, cell).map(keyOf)]),
      );
      const met = new Map([...from.keys()].map((key) => [key, new Set<string>()]));
      for (const id of new Set(operandsOf(matrix.operation))) {
        for (const cell of cellsOf(matrixOf(derivation.matrices, id))) {
          const changing = matrixOf(derivation.matrices, id);
          const { shape, values } = changing;
          // What the structure makes 0 cannot change.
          if (isStructuralZero(changing, cell.row, cell.column)) continue;
          const changed = values.slice();
          changed[cell.row * shape[1] + cell.column] += 0.01;
          const again = recomputed(derivation, matrix, { [id]: changed });
          cellsOf(matrix).forEach((own, i) => {
            if (again[i] !== matrix.values[i]) met.get(keyOf(own))!.add(keyOf(cell));
          });
        }
      }
      for (const [key, found] of met) {
        entries++;
        // A factor 0 hides its partner: a product's origins hold both, the entry follows only one.
        expect(
          [...found].filter((origin) => !from.get(key)!.includes(origin)),
          key,
        ).toEqual([]);
        if (!hidesOrigins(matrix)) expect([...found].sort(), key).toEqual([...from.get(key)!].sort());
      }
    }
    expect(entries).toBeGreaterThan(400);
  });

  /** Products with matrices that are mostly 0, and functions of a 0 that it takes no part in. */
  function hidesOrigins({ operation }: Matrix): boolean {
    const of = operandsOf(operation).map((id) => matrixOf(derivation.matrices, id));
    return of.some(({ values }) => values.includes(0)) || operation.kind === "softmaxJacobian";
  }

  it("give an entry again, by the product's own sum", () => {
    for (const matrix of computedOf(derivation).filter(({ operation }) =>
      operation.kind.startsWith("product"),
    )) {
      for (const cell of cellsOf(matrix)) {
        const values = origins(derivation, cell).map((origin) => valueOf(derivation, origin));
        const half = values.length / 2;
        const sum = values.slice(0, half).reduce((total, a, k) => total + a * values[half + k], 0);
        expect(sum).toBeCloseTo(valueOf(derivation, cell), 13);
      }
    }
  });

  it("lead from a gradient to every input, label and parameter that caused it", () => {
    const found = roots(derivation, { id: "dL/dW1", row: 1, column: 2 });
    const count = (id: string): number => found.filter((cell) => cell.id === id).length;
    // One input of each sample by itself, and through the forward pass all others.
    expect(["X", "W1", "b1", "W2", "b2", "W3", "b3", "Y"].map(count)).toEqual([6, 12, 4, 8, 2, 6, 3, 6]);
    expect(found.every(({ id }) => origins(derivation, { id, row: 0, column: 0 }).length === 0)).toBe(true);
    expect(roots(derivation, { id: "dz3/da2", row: 1, column: 0 })).toEqual([
      { id: "W3", row: 0, column: 1 },
    ]);
    expect(roots(derivation, { id: "dz1(2)/dW1", row: 3, column: 7 })).toEqual([
      { id: "X", row: 1, column: 1 },
    ]);
    expect(roots(derivation, { id: "dz1(2)/dW1", row: 0, column: 7 })).toEqual([]);
  });

  it("refuse what is not there", () => {
    expect(() => origins(derivation, { id: "W9", row: 0, column: 0 })).toThrow(/no matrix W9/);
    expect(() => valueOf(derivation, { id: "W1", row: 3, column: 0 })).toThrow(/\[3, 4\].*\[3, 0\]/);
  });
});

describe("editing", () => {
  const derivation = derive(drawn(networkOf(3, [2], 3), 2));

  it("changes one given entry and nothing else that is given", () => {
    const before = inputOfDerivation(derivation);
    expect(derive(before).loss).toBe(derivation.loss);
    const after = derive(withCell(derivation, { id: "W1", row: 2, column: 1 }, 9));
    expect(valueOf(after, { id: "W1", row: 2, column: 1 })).toBe(9);
    expect(after.loss).not.toBe(derivation.loss);
    const x = withCell(derivation, { id: "X", row: 1, column: 0 }, 5);
    expect(Array.from(x.inputs)).toEqual(Array.from(before.inputs, (value, i) => (i === 3 ? 5 : value)));
    const label = withCell(derivation, { id: "Y", row: 1, column: 2 }, 1);
    expect(label.labels[1]).toBe(2);
  });

  it("refuses what is computed", () => {
    expect(() => withCell(derivation, { id: "Z1", row: 0, column: 0 }, 1)).toThrow(/Z1 is computed/);
    expect(() => withCell(derivation, { id: "Y", row: 0, column: 0 }, 0.5)).toThrow(/only be set to 1/);
  });
});

describe("the structure", () => {
  const derivation = derive(drawn(networkOf(4, [3], 3), 2, { labelSmoothing: 0.1 }));

  it("says of every matrix what it is", () => {
    const ids = derivation.stages.flatMap(({ sections }) =>
      sections.flatMap(({ matrices }) => matrices.map(({ id }) => id)),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([...derivation.matrices.keys()]);
    for (const { id, symbol, shape, meaning, values, formula, operation } of derivation.matrices.values()) {
      expect(symbol.text).toBe(id);
      expect(symbol.latex.length).toBeGreaterThan(0);
      expect(values).toHaveLength(shape[0] * shape[1]);
      expect(values).toBeInstanceOf(Float64Array);
      expect(meaning, id).toMatch(/^[A-Z].*\.$/s);
      expect(formula === undefined, id).toBe(operation.kind === "given");
    }
  });

  it("has every factor of the chain rule of the first layer, in order", () => {
    const { operation } = matrixOf(derivation.matrices, "dL/dW1");
    expect(operandsOf(operation)).toEqual(["dl(1)/dW1", "dl(2)/dW1"]);
    const chain: string[] = [];
    for (let id = "dl(1)/dW1"; ;) {
      const { operation: made } = matrixOf(derivation.matrices, id);
      if (made.kind !== "product") {
        chain.unshift(id);
        break;
      }
      chain.unshift(made.of[1]);
      id = made.of[0];
    }
    expect(chain).toEqual(["dl(1)/dp", "dp(1)/dz2", "dz2/da1", "da1(1)/dz1", "dz1(1)/dW1"]);
  });

  it("leaves the long form out when asked", () => {
    const short = derive({ ...inputOfDerivation(derivation), longForm: false });
    expect(short.stages.map(({ name }) => name)).toEqual(["forward", "loss", "short", "update"]);
    expect(short.maxDifference).toBeUndefined();
    expect(derivation.stages.map(({ name }) => name)).toEqual(["forward", "loss", "long", "short", "update"]);
  });

  it("refuses what does not fit the network", () => {
    const input = drawn(networkOf(3, [2], 3), 2);
    expect(() => derive({ ...input, inputs: [1, 2] })).toThrow(/rows of 3/);
    expect(() => derive({ ...input, inputs: [], labels: new Uint8Array() })).toThrow(/at least one row/);
    expect(() => derive({ ...input, labels: Uint8Array.of(0, 3) })).toThrow(/labels\[1\] is 3/);
    expect(() => derive({ ...input, parameters: {} })).toThrow(/layers.0.weight/);
    expect(() => derive({ ...input, learningRate: 0 })).toThrow(/learning rate/);
    expect(() => derive({ ...input, labelSmoothing: 1 })).toThrow(/smoothing/);
  });
});

describe("what the forms cost", () => {
  it("counts the matrices that a derivation holds", () => {
    const network = networkOf(4, [3, 5], 3);
    const { stages } = derive(drawn(network, 2));
    for (const form of ["long", "short"] as const) {
      const held = stages
        .filter(({ name }) => name === form)
        .flatMap(({ sections }) =>
          sections.flatMap(({ matrices }) => matrices.map(({ values }) => values.length)),
        );
      expect(formCosts(network, 2)[form].bytes).toBe(4 * held.reduce((sum, size) => sum + size, 0));
    }
  });

  it("finds 822 MB in one matrix of 784 - 512 - 10, and 512 multiplications for each useful one", () => {
    const { long, short } = formCosts(networkOf(784, [512], 10), 1);
    expect(long.largest).toEqual({ id: "dz1(1)/dW1", shape: [512, 784 * 512], bytes: 822_083_584 });
    expect(short.largest).toEqual({ id: "dW1", shape: [784, 512], bytes: 4 * 784 * 512 });
    expect(long.multiplications).toBeGreaterThan(512 * 784 * 512);
    // Xt.dZ of both layers, dZ.Wt, the mask, the division by the rows.
    expect(short.multiplications).toBe(784 * 512 + 512 * 10 + 10 * 512 + 512 + 10);
  });
});
