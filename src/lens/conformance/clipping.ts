/**
 * Clipping and update alone, from gradients and sums of squares that are given: norms beyond the threshold, below it, and
 * so small that what keeps the quotient from overflowing counts.
 */
import type { NetworkSpec, TrainingSpec } from "../../core/spec.ts";
import { writeEntry } from "../../gpu/epoch-schedule.ts";
import { packParameters, unpackParameters } from "../../gpu/layout.ts";
import { plan as makePlan, stateBuffers } from "../../gpu/plan.ts";
import { ENTRY_WORDS } from "../../gpu/plan-programs.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { momentNames, momentShapes, parameterShapes } from "../../model/parameters.ts";
import { gamma } from "../rounding.ts";
import { boundedUpdate, tiledNormDepth } from "../update-bounds.ts";
import { Draw, stack } from "./draw.ts";
import { Kernel, type CheckContext } from "./kernel.ts";
import { dispatchesOf, kernelNames, limitsOf, type KernelCheck } from "./products.ts";
import { numbersOf } from "./step.ts";

export interface ClippingSetting {
  network: NetworkSpec;
  /** With `clipNorm` above 0; batches of no more rows than its `batchSize`. */
  training: TrainingSpec & { batchSize: number };
  /** Of the largest gradient, and of the largest parameter. */
  size: number;
  tuning: Tuning;
}

/** The dispatch behind the gradients: clips them, updates, and sums up what the step is told by. */
export async function openClipping(
  context: CheckContext,
  { network: spec, training: given, size, tuning }: ClippingSetting,
): Promise<KernelCheck> {
  const { shaders } = context;
  const limits = limitsOf(context);
  const plan = makePlan(spec, given, { tuning, trainRows: given.batchSize, limits, shaders });
  const dispatches = dispatchesOf(plan, "clipped update");
  const kernel = await Kernel.open(context, dispatches, plan.buffers);
  const { network, training } = plan;
  const shapes = parameterShapes(network);
  const suffixes = momentNames(training.optimizer);
  const names = stateBuffers(training);
  // Any shares that add up to the whole will do.
  const tiles = plan.buffers.find(({ name }) => name === "squares")!.bytes / 4;
  const words = 4 * plan.parameters.vectors;

  const batch = async (rows: number, draw: Draw): Promise<void> => {
    const { check } = context;
    const tensors = (scale: number): Record<string, Float32Array> =>
      Object.fromEntries(shapes.map(({ name, size: count }) => [name, draw.floats(count, scale)]));
    // As small as the gradients, so that a rounding of theirs does not hide what is wrong.
    const parameters = tensors(size);
    const gradients = tensors(size);
    const total = Object.values(gradients).reduce(
      (sum, values) => values.reduce((inner, g) => inner + g * g, sum),
      0,
    );
    const shares = draw.floats(tiles).map((share) => 1.5 + share);
    const all = shares.reduce((sum, share) => sum + share, 0);
    const moments = Object.fromEntries(
      momentShapes(network, training.optimizer).map(({ name, size: count }) => [
        name,
        name.endsWith(".v") ? draw.floats(count, size).map((x) => x * x) : draw.floats(count, size),
      ]),
    );
    const step = 2;
    const numbers = numbersOf(plan, step);
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step, first: plan.scheduleRows, rows }, numbers);
    const losses = draw.floats(rows, 3);
    const lossBits = new Uint32Array(losses.buffer);
    const correct = draw.labels(rows, 2);
    const results = Uint32Array.from({ length: 4 * rows }, (_, i) => {
      const row = Math.floor(i / 4);
      return [lossBits[row], 7, 5, correct[row]][i % 4];
    });
    await kernel.run(rows, {
      schedule: [{ data: entry }],
      parameters: [{ data: packParameters(network, parameters) }],
      gradients: [{ data: packParameters(network, gradients) }],
      squares: [{ data: shares.map((share) => (share / all) * total) }],
      results: [{ data: results }],
      ...Object.fromEntries(
        suffixes.map((suffix, i) => [
          names[i + 1],
          [{ data: packParameters(network, moments, `.${suffix}`) }],
        ]),
      ),
    });
    const what = `clipping at ${training.clipNorm} of gradients of ${size}`;
    const exact = Object.fromEntries(shapes.map(({ name, size: count }) => [name, new Float64Array(count)]));
    const depth = tiledNormDepth(0, tiles, tuning.workgroupSize);
    const expected = boundedUpdate(
      training,
      numbers,
      shapes,
      parameters,
      moments,
      gradients,
      exact,
      // Each share was rounded, too.
      depth + 2,
    );
    const packed = names.map((name) => kernel.floats(name, [0, words]));
    const actual = unpackParameters(network, packed[0]);
    const { parameterErrors, momentErrors } = expected;
    for (const { name, shape } of shapes) {
      check.within(`${what}: ${name}`, actual[name], expected.parameters[name], parameterErrors[name], shape);
    }
    check.equal(`${what}: padding`, packed[0], packParameters(network, actual));
    for (const [i, suffix] of suffixes.entries()) {
      const after = unpackParameters(network, packed[i + 1], `.${suffix}`);
      for (const { name, shape } of shapes) {
        const moment = `${name}.${suffix}`;
        check.within(
          `${what}: ${moment}`,
          after[moment],
          expected.moments[moment],
          momentErrors[moment],
          shape,
        );
      }
    }
    const record = 4 * plan.firstRecord;
    const [meanBits, ...counts] = kernel.words("results", [record, record + 4]);
    const sum = losses.reduce((all, loss) => all + loss, 0);
    const absolute = losses.reduce((all, loss) => all + Math.abs(loss), 0);
    check.within(
      `${what}: mean loss`,
      [new Float32Array(Uint32Array.of(meanBits).buffer)[0]],
      [sum / rows],
      [gamma(rows + 3) * (absolute / rows)],
    );
    const right = correct.reduce((all, one) => all + one, 0);
    check.equal(`${what}: record`, counts, [right, rows, step]);
    kernel.checkUntouched(what, {
      ...Object.fromEntries(names.map((name) => [name, [[0, words] as const]])),
      results: [[record, record + 4]],
    });
  };
  return { kernel: kernelNames(dispatches), dispatches, batch };
}

/** A first layer whose 5 x 256 vectors fill whole workgroups of 16, and a second that does not. */
const NETWORK = stack(4, [[1024]], 5);

/** `[clipNorm, size of a gradient's elements]`, for a norm of about 60 times the size. */
const SIZES = [
  [0.5, 1],
  [1e6, 1],
  [1e-6, 1e-8],
] as const;

export const CLIPPING_SETTINGS: readonly Omit<ClippingSetting, "tuning">[] = SIZES.map(
  ([clipNorm, size]) => ({
    network: NETWORK,
    training: { batchSize: 64, optimizer: "sgd", learningRate: 1, weightDecay: 0.1, clipNorm },
    size,
  }),
);

export async function checkClipping(context: CheckContext, tuning: Tuning): Promise<void> {
  const draw = new Draw(134);
  for (const setting of CLIPPING_SETTINGS) {
    const { batch } = await openClipping(context, { ...setting, tuning });
    await batch(50, draw);
  }
}
