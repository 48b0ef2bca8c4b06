/** Every product kernel alone, at awkward shapes, in every form, against float64 within its derived bound. */
import { pixelToInput } from "../../src/core/dataset.ts";
import type { Activation } from "../../src/core/spec.ts";
import { columnSums, matmulTransposedA, matmulTransposedB } from "../../src/cpu/dense.ts";
import { writeEntry } from "../../src/gpu/epoch-schedule.ts";
import {
  packParameters,
  padImages,
  padRows,
  unpackParameters,
  unpadRows,
  vectors,
} from "../../src/gpu/layout.ts";
import { plan as makePlan } from "../../src/gpu/plan.ts";
import { planFloats } from "../../src/gpu/plan-programs.ts";
import { DEFAULT_LIMITS, type Plan, type ProgramPlan } from "../../src/gpu/plan-types.ts";
import type { Tuning } from "../../src/gpu/tuning.ts";
import { boundedForward } from "../../src/lens/pass-bounds.ts";
import {
  columnSumErrors,
  depths,
  exact,
  gamma,
  productErrors,
  timesError,
  UNIT,
} from "../../src/lens/rounding.ts";
import { Kernel } from "../support/gpu-kernel.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, firstLayer, stack } from "../support/gpu-random.ts";
import { VARIANTS } from "../support/gpu-variants.ts";

/** `[K, N]`: ones, primes, one less and one more than a tile, far from square. */
const SHAPES: readonly (readonly [k: number, n: number])[] = [
  [1, 1],
  [7, 33],
  [31, 513],
  [65, 7],
  [1021, 31],
];
const ACTIVATIONS: readonly Activation[] = ["linear", "sigmoid", "gelu", "relu", "tanh"];
/** Batches that one kernel serves, one after another. */
const BATCHES = [65, 1, 7, 33] as const;
const CAPACITY = BATCHES[0];

interface Setting {
  plan: Plan;
  program: ProgramPlan;
}

/** The gradient program of a network, whose dispatches are run one at a time. */
function setting(
  lab: Lab,
  network: Parameters<typeof makePlan>[0],
  tuning: Tuning,
  rows = CAPACITY,
): Setting {
  const plan = makePlan(network, {}, { tuning, shaders: lab.shaders });
  return { plan, program: planFloats(plan, DEFAULT_LIMITS, rows, true) };
}

function open(lab: Lab, { plan, program }: Setting, name: string): Promise<Kernel> {
  const dispatches = program.dispatches.filter((dispatch) => dispatch.name === name);
  return Kernel.open(lab, dispatches, [...plan.buffers, ...program.buffers]);
}

/** Words of `rows` rows of `width` values from a vector on. */
const region = (vector: number, rows: number, width: number) =>
  [4 * vector, 4 * (vector + rows * vectors(width))] as const;

async function forward(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(11);
  for (const [index, [k, n]] of SHAPES.entries()) {
    const activation = ACTIVATIONS[index];
    const at = setting(lab, stack(k, [[n, activation]], 2), tuning);
    const kernel = await open(lab, at, "forward 0");
    const { activations } = at.program;
    const parameters = draw.parameters(at.plan.network);
    for (const rows of BATCHES) {
      const what = `[${rows}, ${k}].[${k}, ${n}] ${activation}`;
      const x = draw.floats(rows * k);
      await kernel.run(rows, {
        activations: [{ at: 4 * activations.input, data: padRows(x, k) }],
        parameters: [{ data: packParameters(at.plan.network, parameters) }],
      });
      const output = region(activations.activations[0], rows, n);
      const slopes = region(activations.deltas[0], rows, n);
      const slope = unpadRows(kernel.floats("activations", slopes), rows, n);
      const { network } = at.plan;
      const reference = boundedForward(firstLayer(network), parameters, x, {
        positive: [slope.map((s) => (s === 1 ? 1 : 0))],
      });
      const [layer] = reference.forward.layers;
      const [errors] = reference.layers;
      lab.check.within(
        `${what}: A`,
        unpadRows(kernel.floats("activations", output), rows, n),
        layer.a,
        errors.output,
      );
      lab.check.within(`${what}: slope`, slope, layer.slope, errors.slope);
      checkPadding(lab, `${what}: padding`, kernel.floats("activations", output), n);
      kernel.checkUntouched(what, { activations: [output, slopes] });
    }
  }
}

/** Units that only fill up the last vector are 0. */
function checkPadding(lab: Lab, what: string, padded: Float32Array, width: number): void {
  const stride = 4 * vectors(width);
  const padding = padded.filter((_, i) => i % stride >= width);
  lab.check.equal(what, padding, new Float32Array(padding.length));
}

async function inputGradient(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(12);
  for (const [k, n] of SHAPES) {
    // dZ [rows, k] of the second layer, W [n, k], dX [rows, n]
    const at = setting(lab, stack(1, [[n], [k]], 2), tuning);
    const kernel = await open(lab, at, "input gradient 1");
    const { deltas } = at.program.activations;
    const parameters = draw.parameters(at.plan.network);
    const weight = Float64Array.from(parameters["layers.1.weight"]);
    for (const rows of BATCHES) {
      const what = `dX [${rows}, ${k}].[${n}, ${k}]t`;
      const dZ = Float64Array.from(draw.floats(rows * k));
      const slope = draw.floats(rows * n);
      const below = region(deltas[0], rows, n);
      await kernel.run(rows, {
        activations: [
          { at: 4 * deltas[1], data: padRows(Float32Array.from(dZ), k) },
          { at: below[0], data: padRows(slope, n) },
        ],
        parameters: [{ data: packParameters(at.plan.network, parameters) }],
      });
      const dX = matmulTransposedB(dZ, [rows, k], weight, [n, k]);
      const depth = depths.inputGradient(k);
      const errors = productErrors("A.Bt", exact(dZ), [rows, k], exact(weight), [n, k], depth);
      lab.check.within(
        what,
        unpadRows(kernel.floats("activations", below), rows, n),
        dX.map((value, i) => value * slope[i]),
        errors.map((error, i) => timesError(dX[i], error, slope[i], 0)),
      );
      kernel.checkUntouched(what, { activations: [below] });
    }
  }
}

async function weightGradient(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(13);
  for (const [k, n] of SHAPES) {
    // X [rows, k], dZ [rows, n], dW [k, n], db [n]
    const at = setting(lab, stack(k, [[n]], 2), tuning);
    const weights = await open(lab, at, "weight gradient 0");
    const biases = await open(lab, at, "bias gradient 0");
    const { input, deltas } = at.program.activations;
    const layout = at.plan.parameters.layers[0];
    for (const rows of BATCHES) {
      const what = `dW [${rows}, ${k}]t.[${rows}, ${n}]`;
      const x = Float64Array.from(draw.floats(rows * k));
      const dZ = Float64Array.from(draw.floats(rows * n));
      const contents = {
        activations: [
          { at: 4 * input, data: padRows(Float32Array.from(x), k) },
          { at: 4 * deltas[0], data: padRows(Float32Array.from(dZ), n) },
        ],
      };
      await weights.run(rows, contents);
      await biases.run(rows, contents);
      const unpack = (kernel: Kernel) =>
        unpackParameters(at.plan.network, kernel.floats("gradients", [0, 4 * at.plan.parameters.vectors]));
      const dW = unpack(weights)["layers.0.weight"];
      lab.check.within(
        what,
        dW,
        matmulTransposedA(x, [rows, k], dZ, [rows, n]),
        productErrors("At.B", exact(x), [rows, k], exact(dZ), [rows, n], depths.weightGradient(rows)),
      );
      lab.check.within(
        `db of ${rows} rows, ${n} units`,
        unpack(biases)["layers.0.bias"],
        columnSums(dZ, [rows, n]),
        columnSumErrors(exact(dZ), [rows, n]),
      );
      // The sums of squares per tile, added up, are the tensor's.
      const tileSize = (tuning.weightGradient.rows * tuning.weightGradient.columns) / 4;
      const tiles =
        Math.ceil(vectors(k) / (tuning.weightGradient.rows / 4)) *
        Math.ceil(vectors(n) / (tuning.weightGradient.columns / 4));
      const first = Number(
        at.program.dispatches.find(({ name }) => name === "weight gradient 0")!.jobs[0].constants[
          "NORM_OFFSET"
        ],
      );
      const squares = [first, first + tiles] as const;
      const sum = weights.floats("squares", squares).reduce((total, value) => total + value, 0);
      const expected = dW.reduce((total, value) => total + value * value, 0);
      lab.check.within(`${what}: sum of squares`, [sum], [expected], [gamma(tileSize + 4) * expected]);
      weights.checkUntouched(what, {
        gradients: [[4 * layout.weight, 4 * (layout.weight + k * layout.units4)]],
        squares: [squares],
      });
      const biasFirst = Number(
        at.program.dispatches.find(({ name }) => name === "bias gradient 0")!.jobs[0].constants[
          "NORM_OFFSET"
        ],
      );
      biases.checkUntouched(`db of ${what}`, {
        gradients: [[4 * layout.bias, 4 * (layout.bias + layout.units4)]],
        squares: [[biasFirst, biasFirst + layout.units4]],
      });
    }
  }
}

/** Rows of bytes met in a shuffled order, of images that do not fill whole words. */
async function bytes(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(14);
  for (const [k, n] of [
    [1, 7],
    [31, 33],
    [65, 9],
  ] as const) {
    const trainRows = 101;
    const plan = makePlan(
      stack(k, [[n, "linear"]], 2),
      { batchSize: CAPACITY },
      { tuning, trainRows, shaders: lab.shaders },
    );
    const dispatches = plan.dispatches.filter(({ name }) => name === "forward 0");
    const kernel = await Kernel.open(lab, dispatches, plan.buffers);
    const images = draw.bytes(trainRows * k);
    const parameters = draw.parameters(plan.network);
    for (const rows of BATCHES) await bytesBatch(lab, kernel, plan, { draw, images, parameters, k, n, rows });
  }
}

async function bytesBatch(
  lab: Lab,
  kernel: Kernel,
  plan: Plan,
  given: {
    draw: Draw;
    images: Uint8Array;
    parameters: Record<string, Float32Array>;
    k: number;
    n: number;
    rows: number;
  },
): Promise<void> {
  const { draw, images, parameters, k, n, rows } = given;
  const chosen = draw.rows(rows, images.length / k);
  const entry = new Uint32Array(8);
  writeEntry(entry, 0, { step: 0, first: plan.scheduleRows, rows });
  await kernel.run(rows, {
    schedule: [{ data: entry }, { at: plan.scheduleRows, data: chosen }],
    images: [{ data: padImages(images, k) }],
    parameters: [{ data: packParameters(plan.network, parameters) }],
  });
  const x = Float32Array.from({ length: rows * k }, (_, i) =>
    pixelToInput(images[chosen[Math.floor(i / k)] * k + (i % k)]),
  );
  const reference = boundedForward(firstLayer(plan.network), parameters, x, {
    inputError: UNIT,
  });
  const output = region(plan.train.activations.activations[0], rows, n);
  const slopes = region(plan.train.activations.deltas[0], rows, n);
  const what = `bytes [${rows}, ${k}].[${k}, ${n}]`;
  const actual = unpadRows(kernel.floats("activations", output), rows, n);
  lab.check.within(what, actual, reference.forward.layers[0].a, reference.layers[0].output);
  kernel.checkUntouched(what, { activations: [output, slopes] });
}

export const productCases: readonly Case[] = VARIANTS.flatMap((tuning): Case[] => [
  { name: `product X.W + b, ${tuning.name}`, run: (lab) => forward(lab, tuning) },
  { name: `product X.W + b of shuffled bytes, ${tuning.name}`, run: (lab) => bytes(lab, tuning) },
  { name: `product dZ.Wt, ${tuning.name}`, run: (lab) => inputGradient(lab, tuning) },
  { name: `product Xt.dZ and column sums, ${tuning.name}`, run: (lab) => weightGradient(lab, tuning) },
]);
