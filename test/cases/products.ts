/** Every product kernel alone, at awkward shapes, in every form, against float64 within its derived bound. */
import type { Activation } from "../../src/core/spec.ts";
import type { Tuning } from "../../src/gpu/tuning.ts";
import { Draw } from "../../src/lens/conformance/draw.ts";
import {
  openForward,
  openForwardOfBytes,
  openInputGradient,
  openWeightGradient,
  type KernelCheck,
} from "../../src/lens/conformance/products.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";

/** `[K, N]`: ones, primes, one less and one more than a tile, far from square. */
const SHAPES: readonly (readonly [k: number, n: number])[] = [
  [1, 1],
  [7, 33],
  [31, 513],
  [65, 7],
  [1021, 31],
];
/** For the subgroup's weight gradient: one tile of inputs exactly, and further subgroups that have none. */
const WHOLE_TILE = [51, 7] as const;
const ACTIVATIONS: readonly Activation[] = ["linear", "sigmoid", "gelu", "relu", "tanh"];
/** For tiles in workgroup memory, which take the longest to compile: those that fill no tile, several and many. */
const STAGED_SHAPES = [SHAPES[0], [31, 33], SHAPES[4]] as const;
const shapesFor = ({ forward }: Tuning): typeof SHAPES =>
  forward.family === "workgroup" ? STAGED_SHAPES : SHAPES;
const BYTE_SHAPES = [
  [1, 7],
  [31, 33],
  [65, 9],
] as const;
const SMALLEST = {
  family: "workgroup",
  rows: 4,
  columns: 4,
  tileRows: 4,
  tileColumns: 4,
  depth: 8,
} as const;
/** Batches that one kernel serves, one after another. */
const BATCHES = [65, 1, 7, 33] as const;
const [capacity] = BATCHES;

async function batches(opened: Promise<KernelCheck>, draw: Draw): Promise<void> {
  const { batch } = await opened;
  for (const rows of BATCHES) await batch(rows, draw);
}

async function forward(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(11);
  for (const [index, [k, n]] of shapesFor(tuning).entries()) {
    await batches(openForward(lab, { k, n, tuning, capacity, activation: ACTIVATIONS[index] }), draw);
  }
}

async function inputGradient(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(12);
  for (const [k, n] of shapesFor(tuning))
    await batches(openInputGradient(lab, { k, n, tuning, capacity }), draw);
}

async function weightGradient(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(13);
  const { family } = tuning.weightGradient;
  const shapes = family === "subgroup" ? [...shapesFor(tuning), WHOLE_TILE] : shapesFor(tuning);
  for (const [k, n] of shapes) await batches(openWeightGradient(lab, { k, n, tuning, capacity }), draw);
}

/** Rows of bytes met in a shuffled order, of images that do not fill whole words. */
async function bytes(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(14);
  for (const [k, n] of BYTE_SHAPES) {
    await batches(openForwardOfBytes(lab, { k, n, tuning, capacity, trainRows: 101 }), draw);
  }
}

/** A workgroup of one invocation, which reads two blocks of either operand in turn. */
async function alone(lab: Lab): Promise<void> {
  const tile = { ...SMALLEST, splits: 2 };
  const tuning = { ...VARIANTS[4], layers: { 0: { forward: tile } } };
  const { batch } = await openForward(lab, { k: 31, n: 7, tuning, capacity: 7 });
  await batch(7, new Draw(15));
}

export const productCases: readonly Case[] = [
  ...VARIANTS.flatMap((tuning): Case[] => [
    { name: `product X.W + b, ${tuning.name}`, run: (lab) => forward(lab, tuning) },
    { name: `product X.W + b of shuffled bytes, ${tuning.name}`, run: (lab) => bytes(lab, tuning) },
    { name: `product dZ.Wt, ${tuning.name}`, run: (lab) => inputGradient(lab, tuning) },
    { name: `product Xt.dZ and column sums, ${tuning.name}`, run: (lab) => weightGradient(lab, tuning) },
  ]),
  { name: "product X.W, one invocation per workgroup tile", run: alone },
];
