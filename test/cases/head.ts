/** The head alone: logits, softmax, cross-entropy, ranks and deltas, from ordinary rows to extreme ones. */
import { matmulTransposedB } from "../../src/cpu/dense.ts";
import { rowArgmax, trueClassRanks } from "../../src/cpu/softmax.ts";
import { packParameters, padRows, unpadRows, vectors } from "../../src/gpu/layout.ts";
import { plan as makePlan } from "../../src/gpu/plan.ts";
import { planFloats } from "../../src/gpu/plan-programs.ts";
import { DEFAULT_LIMITS, type Plan, type ProgramPlan } from "../../src/gpu/plan-types.ts";
import type { Tuning } from "../../src/gpu/tuning.ts";
import { boundedPass, type BoundedPass } from "../../src/lens/pass-bounds.ts";
import { depths, productErrors, timesError } from "../../src/lens/rounding.ts";
import { Kernel } from "../support/gpu-kernel.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../support/gpu-random.ts";
import { VARIANTS } from "../support/gpu-variants.ts";

/** `[K, classes]` */
const SHAPES = [
  [1, 2],
  [7, 31],
  [513, 10],
  [31, 13],
  [33, 256],
] as const;
const BATCHES = [33, 1, 7] as const;
const CAPACITY = BATCHES[0];

interface Head {
  lab: Lab;
  plan: Plan;
  program: ProgramPlan;
  kernel: Kernel;
  k: number;
  classes: number;
}

async function openHead(lab: Lab, tuning: Tuning, k: number, classes: number): Promise<Head> {
  const plan = makePlan(stack(1, [[k, "linear"]], classes), {}, { tuning, shaders: lab.shaders });
  const program = planFloats(plan, DEFAULT_LIMITS, CAPACITY, true);
  const dispatches = program.dispatches.filter(({ name }) => name === "head");
  const kernel = await Kernel.open(lab, dispatches, [...plan.buffers, ...program.buffers]);
  return { lab, plan, program, kernel, k, classes };
}

/** One batch through the kernel; everything it gives is held against the reference. */
async function checkBatch(
  head: Head,
  what: string,
  given: {
    x: Float32Array;
    labels: Uint8Array;
    weight: Float32Array;
    bias: Float32Array;
    slope: Float32Array;
  },
): Promise<BoundedPass> {
  const { lab, plan, program, kernel, k, classes } = head;
  const { x, labels, slope } = given;
  const { check } = lab;
  const rows = labels.length;
  const { activations, deltas, logits, probabilities } = program.activations;
  const region = (vector: number, width: number) =>
    [4 * vector, 4 * (vector + rows * vectors(width))] as const;
  const parameters = {
    "layers.0.weight": new Float32Array(k),
    "layers.0.bias": new Float32Array(k),
    "layers.1.weight": given.weight,
    "layers.1.bias": given.bias,
  };
  await kernel.run(rows, {
    activations: [
      { at: 4 * activations[0], data: padRows(x, k) },
      { at: 4 * deltas[0], data: padRows(slope, k) },
    ],
    labels: [{ data: labels }],
    parameters: [{ data: packParameters(plan.network, parameters) }],
  });
  const read = (vector: number, width: number) =>
    unpadRows(kernel.floats("activations", region(vector, width)), rows, width);

  const network = { input: k, classes, layers: [plan.network.layers[1]] };
  const own = { "layers.0.weight": given.weight, "layers.0.bias": given.bias };
  const pass = boundedPass(network, own, x, labels);
  const { forward, backward, errors } = pass;
  const actualLogits = read(logits, classes);
  check.within(`${what}: logits`, actualLogits, forward.logits, errors.layers[0].z);
  check.within(
    `${what}: probabilities`,
    read(probabilities, classes),
    forward.probabilities,
    errors.head.probabilities,
  );
  const delta = { values: backward.deltas[0], errors: errors.head.deltas };
  check.within(`${what}: delta`, read(deltas[1], classes), delta.values, delta.errors);

  const results = kernel.words("results", [0, 4 * rows]);
  const field = (at: number) => results.filter((_, i) => i % 4 === at);
  const losses = new Float32Array(Uint32Array.from(field(0)).buffer);
  check.within(`${what}: loss`, losses, backward.losses, errors.head.losses);
  // What follows from the logits by comparison alone must follow from the device's own logits exactly.
  const predicted = rowArgmax(actualLogits, [rows, classes]);
  check.equal(`${what}: predicted class`, field(1), predicted);
  check.equal(`${what}: rank`, field(2), trueClassRanks(actualLogits, labels, [rows, classes]));
  check.equal(
    `${what}: correct`,
    field(3),
    labels.map((label, row) => (label === predicted[row] ? 1 : 0)),
  );

  const weight = Float64Array.from(given.weight);
  const dX = matmulTransposedB(delta.values, [rows, classes], weight, [k, classes]);
  const exactWeight = { values: weight, errors: new Float64Array(weight.length) };
  const dXErrors = productErrors(
    "A.Bt",
    delta,
    [rows, classes],
    exactWeight,
    [k, classes],
    depths.inputGradient(classes),
  );
  check.within(
    `${what}: delta below`,
    read(deltas[0], k),
    dX.map((value, i) => value * slope[i]),
    dXErrors.map((error, i) => timesError(dX[i], error, slope[i], 0)),
  );
  const written = [
    region(logits, classes),
    region(probabilities, classes),
    region(deltas[1], classes),
    region(deltas[0], k),
  ];
  kernel.checkUntouched(what, { activations: written, results: [[0, 4 * rows]] });
  return pass;
}

async function shapes(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(21);
  for (const [k, classes] of SHAPES) {
    const head = await openHead(lab, tuning, k, classes);
    for (const rows of BATCHES) {
      await checkBatch(head, `[${rows}, ${k}].[${k}, ${classes}]`, {
        x: draw.floats(rows * k),
        labels: draw.labels(rows, classes),
        weight: draw.floats(k * classes, Math.sqrt(12 / k)),
        bias: draw.floats(classes, 0.5),
        slope: draw.floats(rows * k),
      });
    }
  }
}

/** Logits given directly: K = classes and W the identity, so that row r of x is row r of the logits. */
async function extremes(lab: Lab): Promise<void> {
  const classes = 5;
  const logits = [
    [0, 0, 0, 0, 0],
    [88, -88, 88, -88, 0],
    [1e4, -1e4, 0, 1e4, -1e4],
    [-1e4, -1e4, -1e4, -1e4, -1e4],
    [1e4, 1e4, 1e4, 1e4, 1e4],
    [-1e-30, 1e-30, 0, -1e-38, 1e-38],
    [3e37, -3e37, 0, 1, 2],
    [-104, -103, -88, -87, 0],
  ];
  const weight = Float32Array.from({ length: classes ** 2 }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0));
  for (const tuning of VARIANTS.slice(0, 2)) {
    const head = await openHead(lab, tuning, classes, classes);
    for (let label = 0; label < classes; label++) {
      const pass = await checkBatch(head, `extreme rows, label ${label}, ${tuning.name}`, {
        x: Float32Array.from(logits.flat()),
        labels: new Uint8Array(logits.length).fill(label),
        weight,
        bias: new Float32Array(classes),
        slope: new Float32Array(logits.length * classes).fill(1),
      });
      lab.check.that("the reference itself is finite", pass.backward.losses.every(Number.isFinite));
    }
  }
}

export const headCases: readonly Case[] = [
  ...VARIANTS.map((tuning): Case => ({ name: `head, ${tuning.name}`, run: (lab) => shapes(lab, tuning) })),
  { name: "head: logits of +-88 and +-10,000, equal rows", run: extremes },
];
