/** The head alone, within its bounds: logits, softmax, cross-entropy, ranks, its own delta and the one below. */
import { matmulTransposedB } from "../../cpu/dense.ts";
import { rowArgmax, trueClassRanks } from "../../cpu/softmax.ts";
import { packParameters, padRows, unpadRows } from "../../gpu/layout.ts";
import { boundedPass, type BoundedPass } from "../pass-bounds.ts";
import { depths, exact, productErrors, timesError } from "../rounding.ts";
import { stack, type Draw } from "./draw.ts";
import { region, type CheckContext } from "./kernel.ts";
import { kernelNames, openFloats, type KernelCheck, type ProductSetting } from "./products.ts";

/** What the head is given. */
export interface HeadInputs {
  /** `[rows, k]` */
  x: Float32Array;
  labels: Uint8Array;
  /** `[k, classes]` */
  weight: Float32Array;
  /** `[classes]` */
  bias: Float32Array;
  /** Of the layer below, `[rows, k]`. */
  slope: Float32Array;
}

export interface HeadCheck extends KernelCheck {
  /** One batch; everything the head gives is held against the reference. */
  given: (what: string, inputs: HeadInputs) => Promise<BoundedPass>;
}

/** Logits of every size that matters: equal rows, exponentials at both ends of float32, differences that vanish. */
export const EXTREME_LOGITS: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 0],
  [88, -88, 88, -88, 0],
  [1e4, -1e4, 0, 1e4, -1e4],
  [-1e4, -1e4, -1e4, -1e4, -1e4],
  [1e4, 1e4, 1e4, 1e4, 1e4],
  [-1e-30, 1e-30, 0, -1e-38, 1e-38],
  [3e37, -3e37, 0, 1, 2],
  [-104, -103, -88, -87, 0],
  [-3.3e38, -3.3e38, -3.3e38, -3.3e38, -3.3e38],
];

/** @param setting with `n` classes over `k` inputs */
export async function openHead(context: CheckContext, setting: ProductSetting): Promise<HeadCheck> {
  const { k, n: classes } = setting;
  const { plan, program, dispatches, kernel } = await openFloats(
    context,
    stack(1, [[k, "linear"]], classes),
    setting,
    "head",
  );
  const { activations, deltas, logits, probabilities } = program.activations;
  const network = { input: k, classes, layers: [plan.network.layers[1]] };

  const given = async (what: string, inputs: HeadInputs): Promise<BoundedPass> => {
    const { check } = context;
    const { x, labels, slope, weight, bias } = inputs;
    const rows = labels.length;
    const contents = {
      activations: [
        { at: 4 * activations[0], data: padRows(x, k) },
        { at: 4 * deltas[0], data: padRows(slope, k) },
      ],
      labels: [{ data: labels }],
      parameters: [
        {
          data: packParameters(plan.network, {
            "layers.0.weight": new Float32Array(k),
            "layers.0.bias": new Float32Array(k),
            "layers.1.weight": weight,
            "layers.1.bias": bias,
          }),
        },
      ],
    };
    await kernel.run(rows, contents);
    const read = (vector: number, width: number): Float32Array =>
      unpadRows(kernel.floats("activations", region(vector, rows, width)), rows, width);
    const own = { "layers.0.weight": weight, "layers.0.bias": bias };
    const pass = boundedPass(network, own, x, labels);
    const { forward, backward, errors } = pass;
    const actualLogits = read(logits, classes);
    check.within(`${what}: logits`, actualLogits, forward.logits, errors.layers[0].z, [rows, classes]);
    const actual = read(probabilities, classes);
    check.within(`${what}: probabilities`, actual, forward.probabilities, errors.head.probabilities, [
      rows,
      classes,
    ]);
    const delta = { values: backward.deltas[0], errors: errors.head.deltas };
    check.within(`${what}: delta`, read(deltas[1], classes), delta.values, delta.errors, [rows, classes]);

    const results = kernel.words("results", [0, 4 * rows]);
    const field = (at: number): Uint32Array => results.filter((_, i) => i % 4 === at);
    const losses = new Float32Array(Uint32Array.from(field(0)).buffer);
    check.within(`${what}: loss`, losses, backward.losses, errors.head.losses);
    // What follows from the logits by comparison alone must follow from the device's own logits exactly.
    const predicted = rowArgmax(actualLogits, [rows, classes]);
    check.equal(`${what}: predicted class`, field(1), predicted);
    check.equal(`${what}: rank`, field(2), trueClassRanks(actualLogits, labels, [rows, classes]));
    const correct = labels.map((label, row) => (label === predicted[row] ? 1 : 0));
    check.equal(`${what}: correct`, field(3), correct);

    const wide = exact(Float64Array.from(weight));
    const dX = matmulTransposedB(delta.values, [rows, classes], wide.values, [k, classes]);
    const depth = depths.inputGradient(classes);
    const dXErrors = productErrors("A.Bt", delta, [rows, classes], wide, [k, classes], depth);
    check.within(
      `${what}: delta below`,
      read(deltas[0], k),
      dX.map((value, i) => value * slope[i]),
      dXErrors.map((error, i) => timesError(dX[i], error, slope[i], 0)),
      [rows, k],
    );
    const written = [
      region(logits, rows, classes),
      region(probabilities, rows, classes),
      region(deltas[1], rows, classes),
      region(deltas[0], rows, k),
    ];
    await kernel.checkAlone(what, rows, contents, { activations: written, results: [[0, 4 * rows]] });
    return pass;
  };

  const batch = async (rows: number, draw: Draw): Promise<void> => {
    await given(`[${rows}, ${k}].[${k}, ${classes}]`, {
      x: draw.floats(rows * k),
      labels: draw.labels(rows, classes),
      weight: draw.floats(k * classes, Math.sqrt(12 / k)),
      bias: draw.floats(classes, 0.5),
      slope: draw.floats(rows * k),
    });
  };
  return { kernel: kernelNames(dispatches), dispatches, batch, given };
}

/** Extreme rows under every label: K = classes and W the identity, so that row r of x is row r of the logits. */
export async function checkExtremeLogits(
  context: CheckContext,
  tuning: ProductSetting["tuning"],
): Promise<void> {
  const classes = EXTREME_LOGITS[0].length;
  const rows = EXTREME_LOGITS.length;
  const head = await openHead(context, { k: classes, n: classes, tuning, capacity: rows });
  for (let label = 0; label < classes; label++) {
    const pass = await head.given(`extreme rows, label ${label}, ${tuning.name}`, {
      x: Float32Array.from(EXTREME_LOGITS.flat()),
      labels: new Uint8Array(rows).fill(label),
      weight: Float32Array.from({ length: classes ** 2 }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0)),
      bias: new Float32Array(classes),
      slope: new Float32Array(rows * classes).fill(1),
    });
    context.check.that("the reference itself is finite", pass.backward.losses.every(Number.isFinite));
  }
}
