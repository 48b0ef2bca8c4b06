/**
 * Each product kernel alone, at any shape and in any form, against float64 within its derived bound and between
 * sentinels. A kernel is compiled once and then serves any batch up to its capacity. Which kernel file does the work
 * follows from the plan, so a new family of kernels is checked as soon as a tuning table chooses it.
 */
import { pixelToInput } from "../../core/dataset.ts";
import type { NetworkSpec, Activation } from "../../core/spec.ts";
import { columnSums, matmulTransposedA, matmulTransposedB } from "../../cpu/dense.ts";
import { writeEntry } from "../../gpu/epoch-schedule.ts";
import {
  packParameters,
  padImages,
  padRows,
  unpackParameters,
  unpadRows,
  vectors,
} from "../../gpu/layout.ts";
import { subgroupSizeOf } from "../../gpu/device.ts";
import { plan as makePlan } from "../../gpu/plan.ts";
import { ENTRY_WORDS, planFloats } from "../../gpu/plan-programs.ts";
import {
  DEFAULT_LIMITS,
  type DispatchPlan,
  type Plan,
  type PlanLimits,
  type ProgramPlan,
} from "../../gpu/plan-types.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { boundedForward } from "../pass-bounds.ts";
import {
  columnSumErrors,
  depths,
  depthsOf,
  exact,
  gamma,
  productErrors,
  timesError,
  UNIT,
} from "../rounding.ts";
import { firstLayer, stack, type Draw } from "./draw.ts";
import { Kernel, region, type CheckContext } from "./kernel.ts";
import { checkParts, partsOf } from "./parts.ts";

export interface ProductSetting {
  /** Length of the sums of X.W (dX: of dZ.Wt) and rows of W. */
  k: number;
  /** Units (dX: inputs of the layer). */
  n: number;
  tuning: Tuning;
  /** The largest batch. */
  capacity: number;
  limits?: PlanLimits;
  /** Small whole numbers, whose products have to be exact at any length; otherwise reals, within their bound. */
  integers?: boolean;
}

/** A compiled kernel at one shape. */
export interface KernelCheck {
  /** The kernel files that run. */
  kernel: string;
  dispatches: readonly DispatchPlan[];
  /** Compares one batch, drawn from `draw`. @param rows from 1 to the capacity */
  batch: (rows: number, draw: Draw) => Promise<void>;
}

interface Opened {
  plan: Plan;
  program: ProgramPlan;
  dispatches: DispatchPlan[];
  kernel: Kernel;
}

/** Dispatches that compute one thing: those of that name, and those that finish it. */
export function dispatchesOf(program: { dispatches: DispatchPlan[] }, name: string): DispatchPlan[] {
  return program.dispatches.filter((each) => each.name === name || each.name.startsWith(`${name} `));
}

export const kernelNames = (dispatches: readonly DispatchPlan[]): string =>
  [...new Set(dispatches.flatMap(({ jobs }) => jobs.map(({ kernel }) => kernel)))].join(" + ");

/** The limits that every device keeps, with this device's subgroups. */
export const limitsOf = ({ device }: CheckContext): PlanLimits => ({
  ...DEFAULT_LIMITS,
  subgroupSize: subgroupSizeOf(device),
});

/** One thing of a network's gradient program. */
export async function openFloats(
  context: CheckContext,
  network: NetworkSpec,
  { tuning, capacity, limits = limitsOf(context) }: Pick<ProductSetting, "tuning" | "capacity" | "limits">,
  name: string,
): Promise<Opened> {
  const plan = makePlan(network, {}, { tuning, limits, shaders: context.shaders });
  const program = planFloats(plan, limits, capacity, true);
  const dispatches = dispatchesOf(program, name);
  const kernel = await Kernel.open(context, dispatches, [...plan.buffers, ...program.buffers]);
  return { plan, program, dispatches, kernel };
}

const values = (draw: Draw, size: number, integers: boolean = false): Float32Array =>
  integers ? draw.integers(size, -8, 8) : draw.floats(size);

function parametersOf(draw: Draw, plan: Plan, integers: boolean = false): Record<string, Float32Array> {
  const drawn = draw.parameters(plan.network);
  if (!integers) return drawn;
  return Object.fromEntries(
    Object.entries(drawn).map(([name, { length }]) => [
      name,
      name.endsWith("bias") ? draw.integers(length, -99, 99) : draw.integers(length, -8, 8),
    ]),
  );
}

/** A = f(X.W + b) and its slope. */
export async function openForward(
  context: CheckContext,
  setting: ProductSetting & { activation?: Activation },
): Promise<KernelCheck> {
  const { k, n, integers = false, activation = "linear" } = setting;
  const network = stack(k, [[n, activation]], 2);
  const { plan, program, dispatches, kernel } = await openFloats(context, network, setting, "forward 0");
  const { input, activations, deltas } = program.activations;
  const { parts, part4 } = partsOf(dispatches);
  const batch = async (rows: number, draw: Draw): Promise<void> => {
    const { check } = context;
    const what = `[${rows}, ${k}].[${k}, ${n}] ${activation}`;
    const parameters = parametersOf(draw, plan, integers);
    const x = values(draw, rows * k, integers);
    const contents = {
      activations: [{ at: 4 * input, data: padRows(x, k) }],
      parameters: [{ data: packParameters(plan.network, parameters) }],
    };
    await kernel.run(rows, contents);
    if (parts > 1) {
      const wide = exact(Float64Array.from(x));
      const at = { at: program.activations.parts, parts, part4, capacity: program.rows };
      const weight = parameters["layers.0.weight"];
      const written = checkParts(context, what, kernel, at, { x: wide, weight, rows, k, n, integers });
      await kernel.checkAlone(what, rows, contents, written);
      return;
    }
    const output = region(activations[0], rows, n);
    const slopes = region(deltas[0], rows, n);
    const slope = unpadRows(kernel.floats("activations", slopes), rows, n);
    const reference = boundedForward(firstLayer(plan.network), parameters, x, {
      positive: [slope.map((s) => (s === 1 ? 1 : 0))],
    });
    const [layer] = reference.forward.layers;
    const [errors] = reference.layers;
    const actual = unpadRows(kernel.floats("activations", output), rows, n);
    if (integers) check.equal(`${what}: A`, actual, layer.a, [rows, n]);
    else check.within(`${what}: A`, actual, layer.a, errors.output, [rows, n]);
    check.within(`${what}: slope`, slope, layer.slope, errors.slope, [rows, n]);
    checkPadding(context, `${what}: padding`, kernel.floats("activations", output), n);
    await kernel.checkAlone(what, rows, contents, { activations: [output, slopes] });
  };
  return { kernel: kernelNames(dispatches), dispatches, batch };
}

/** Units that only fill up the last vector are 0. */
function checkPadding({ check }: CheckContext, what: string, padded: Float32Array, width: number): void {
  const stride = 4 * vectors(width);
  const padding = padded.filter((_, i) => i % stride >= width);
  check.equal(what, padding, new Float32Array(padding.length));
}

/** The first four pixels of every image become 1, 0, 0, 0: a word that is as small as one that is not 0 can be. */
function withLoneOnes(images: Uint8Array, pixels: number): Uint8Array {
  return images.map((byte, i) => (i % pixels < 4 ? Number(i % pixels === 0) : byte));
}

/** X.W + b with X from bytes, met in a shuffled order. */
export async function openForwardOfBytes(
  context: CheckContext,
  setting: ProductSetting & { trainRows: number },
): Promise<KernelCheck> {
  const { k, n, integers = false, tuning, capacity, trainRows, limits = limitsOf(context) } = setting;
  const { shaders } = context;
  const network = stack(k, [[n, "linear"]], 2);
  const plan = makePlan(network, { batchSize: capacity }, { tuning, trainRows, limits, shaders });
  const dispatches = dispatchesOf(plan, "forward 0");
  const kernel = await Kernel.open(context, dispatches, plan.buffers);
  const batch = async (rows: number, draw: Draw): Promise<void> => {
    const { check } = context;
    // Bytes of 0 and 255 are exactly 0 and 1: 255 * f32(1/255) rounds to 1 unless rounding goes up.
    const images = integers
      ? Uint8Array.from(draw.integers(trainRows * k, 0, 1), (bit) => 255 * bit)
      : rows < 10
        ? withLoneOnes(draw.specks(trainRows * k), k)
        : draw.bytes(trainRows * k);
    const parameters = parametersOf(draw, plan, integers);
    const chosen = draw.rows(rows, trainRows);
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step: 0, first: plan.scheduleRows, rows });
    const contents = {
      schedule: [{ data: entry }, { at: plan.scheduleRows, data: chosen }],
      images: [{ data: padImages(images, k) }],
      parameters: [{ data: packParameters(plan.network, parameters) }],
    };
    await kernel.run(rows, contents);
    const x = Float32Array.from({ length: rows * k }, (_, i) =>
      pixelToInput(images[chosen[Math.floor(i / k)] * k + (i % k)]),
    );
    const what = `bytes [${rows}, ${k}].[${k}, ${n}]`;
    const { parts, part4 } = partsOf(dispatches);
    if (parts > 1) {
      const read = { values: Float64Array.from(x), errors: Float64Array.from(x, (value) => value * UNIT) };
      const at = { at: plan.train.activations.parts, parts, part4, capacity: plan.train.rows };
      const weight = parameters["layers.0.weight"];
      const written = checkParts(context, what, kernel, at, { x: read, weight, rows, k, n, integers });
      await kernel.checkAlone(what, rows, contents, written);
      return;
    }
    const reference = boundedForward(firstLayer(plan.network), parameters, x, { inputError: UNIT });
    const output = region(plan.train.activations.activations[0], rows, n);
    const slopes = region(plan.train.activations.deltas[0], rows, n);
    const actual = unpadRows(kernel.floats("activations", output), rows, n);
    const [{ a }] = reference.forward.layers;
    if (integers) check.equal(`${what}: A`, actual, a, [rows, n]);
    else check.within(`${what}: A`, actual, a, reference.layers[0].output, [rows, n]);
    await kernel.checkAlone(what, rows, contents, { activations: [output, slopes] });
  };
  return { kernel: kernelNames(dispatches), dispatches, batch };
}

/** dX = dZ.Wt times the slope of the layer below: dZ `[rows, k]`, W `[n, k]`, dX `[rows, n]`. */
export async function openInputGradient(
  context: CheckContext,
  setting: ProductSetting,
): Promise<KernelCheck> {
  const { k, n, integers } = setting;
  const network = stack(1, [[n], [k]], 2);
  const opened = await openFloats(context, network, setting, "input gradient 1");
  const { plan, program, dispatches, kernel } = opened;
  const { deltas } = program.activations;
  const batch = async (rows: number, draw: Draw): Promise<void> => {
    const { check } = context;
    const what = `[${rows}, ${k}].[${n}, ${k}]t`;
    const parameters = parametersOf(draw, plan, integers);
    const weight = Float64Array.from(parameters["layers.1.weight"]);
    const dZ = Float64Array.from(values(draw, rows * k, integers));
    const slope = integers ? draw.integers(rows * n, -2, 2) : draw.floats(rows * n);
    const below = region(deltas[0], rows, n);
    const contents = {
      activations: [
        { at: 4 * deltas[1], data: padRows(Float32Array.from(dZ), k) },
        { at: below[0], data: padRows(slope, n) },
      ],
      parameters: [{ data: packParameters(plan.network, parameters) }],
    };
    await kernel.run(rows, contents);
    const dX = matmulTransposedB(dZ, [rows, k], weight, [n, k]);
    const expected = dX.map((value, i) => value * slope[i]);
    const actual = unpadRows(kernel.floats("activations", below), rows, n);
    if (integers) check.equal(`${what}: dX`, actual, expected, [rows, n]);
    else {
      const depth = depthsOf(setting.tuning).inputGradient(k);
      const errors = productErrors("A.Bt", exact(dZ), [rows, k], exact(weight), [n, k], depth);
      const bounds = errors.map((error, i) => timesError(dX[i], error, slope[i], 0));
      check.within(`${what}: dX`, actual, expected, bounds, [rows, n]);
    }
    await kernel.checkAlone(what, rows, contents, { activations: [below] });
  };
  return { kernel: kernelNames(dispatches), dispatches, batch };
}

/** dW = Xt.dZ and db, stored, with their sums of squares: X `[rows, k]`, dZ `[rows, n]`. */
export async function openWeightGradient(
  context: CheckContext,
  setting: ProductSetting,
): Promise<KernelCheck> {
  const { k, n, integers } = setting;
  const network = stack(k, [[n]], 2);
  const weights = await openFloats(context, network, setting, "weight gradient 0");
  const biases = await openFloats(context, network, setting, "bias gradient 0");
  const { plan, program } = weights;
  const { input, deltas } = program.activations;
  const layout = plan.parameters.layers[0];
  const normOffset = ({ dispatches }: Opened): number =>
    Number(
      dispatches
        .flatMap(({ jobs }) => jobs)
        .map(({ constants }) => constants["NORM_OFFSET"])
        .find((offset) => offset !== undefined),
    );
  // The sums of squares of the weight's tiles come right before those of the bias.
  const weightSquares = [normOffset(weights), normOffset(biases)] as const;
  const biasSquares = [normOffset(biases), normOffset(biases) + layout.units4] as const;
  const unpack = ({ kernel }: Opened): Record<string, Float32Array> =>
    unpackParameters(plan.network, kernel.floats("gradients", [0, 4 * plan.parameters.vectors]));
  const batch = async (rows: number, draw: Draw): Promise<void> => {
    const { check } = context;
    const what = `[${rows}, ${k}]t.[${rows}, ${n}]`;
    const x = Float64Array.from(values(draw, rows * k, integers));
    const dZ = Float64Array.from(values(draw, rows * n, integers));
    const contents = {
      activations: [
        { at: 4 * input, data: padRows(Float32Array.from(x), k) },
        { at: 4 * deltas[0], data: padRows(Float32Array.from(dZ), n) },
      ],
    };
    await weights.kernel.run(rows, contents);
    await biases.kernel.run(rows, contents);
    const dW = unpack(weights)["layers.0.weight"];
    const db = unpack(biases)["layers.0.bias"];
    const expectedW = matmulTransposedA(x, [rows, k], dZ, [rows, n]);
    const expectedB = columnSums(dZ, [rows, n]);
    if (integers) {
      check.equal(`${what}: dW`, dW, expectedW, [k, n]);
      check.equal(`${what}: db`, db, expectedB);
    } else {
      const depth = depths.weightGradient(rows);
      const errors = productErrors("At.B", exact(x), [rows, k], exact(dZ), [rows, n], depth);
      check.within(`${what}: dW`, dW, expectedW, errors, [k, n]);
      check.within(`${what}: db`, db, expectedB, columnSumErrors(exact(dZ), [rows, n]));
    }
    // The sums of squares per tile, added up, are the tensor's, whatever the tiles.
    const sum = weights.kernel.floats("squares", weightSquares).reduce((total, value) => total + value, 0);
    const squares = dW.reduce((total, value) => total + value * value, 0);
    check.within(
      `${what}: sum of squares of dW`,
      [sum],
      [squares],
      [gamma(layout.inputs4 * layout.units4 * 4 + 4) * squares],
    );
    await weights.kernel.checkAlone(what, rows, contents, {
      gradients: [[4 * layout.weight, 4 * (layout.weight + k * layout.units4)]],
      squares: [weightSquares],
    });
    await biases.kernel.checkAlone(`${what}, db`, rows, contents, {
      gradients: [[4 * layout.bias, 4 * (layout.bias + layout.units4)]],
      squares: [biasSquares],
    });
  };
  const dispatches = [...weights.dispatches, ...biases.dispatches];
  return { kernel: kernelNames(dispatches), dispatches, batch };
}
