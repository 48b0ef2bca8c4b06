/**
 * Clipping and update alone, from gradients and sums of squares that are given: norms beyond the threshold, below it, and
 * so small that what keeps the quotient from overflowing counts.
 */
import { writeEntry } from "../../gpu/epoch-schedule.ts";
import { packParameters, unpackParameters } from "../../gpu/layout.ts";
import { plan as makePlan } from "../../gpu/plan.ts";
import { ENTRY_WORDS } from "../../gpu/plan-programs.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { parameterShapes } from "../../model/parameters.ts";
import { gamma } from "../rounding.ts";
import { boundedUpdate, tiledNormDepth } from "../update-bounds.ts";
import { Draw, stack } from "./draw.ts";
import { Kernel, type CheckContext } from "./kernel.ts";
import { dispatchesOf, limitsOf } from "./products.ts";
import { numbersOf } from "./step.ts";

/** `[clipNorm, size of a gradient's elements]`, for a norm of about 60 times the size. */
const SETTINGS = [
  [0.5, 1],
  [1e6, 1],
  [1e-6, 1e-8],
] as const;

/** A first layer whose 5 x 256 vectors fill whole workgroups of 16, and a second that does not. */
const NETWORK = stack(4, [[1024]], 5);

export async function checkClipping(context: CheckContext, tuning: Tuning): Promise<void> {
  const { check, shaders } = context;
  const limits = limitsOf(context);
  const draw = new Draw(134);
  for (const [clipNorm, size] of SETTINGS) {
    const spec = { batchSize: 64, optimizer: "sgd", learningRate: 1, weightDecay: 0.1, clipNorm } as const;
    const plan = makePlan(NETWORK, spec, { tuning, trainRows: 64, limits, shaders });
    const kernel = await Kernel.open(context, dispatchesOf(plan, "clipped update"), plan.buffers);
    const { network, training } = plan;
    const shapes = parameterShapes(network);
    const tensors = (scale: number): Record<string, Float32Array> =>
      Object.fromEntries(shapes.map(({ name, size: count }) => [name, draw.floats(count, scale)]));
    // As small as the gradients, so that a rounding of theirs does not hide what is wrong.
    const parameters = tensors(size);
    const gradients = tensors(size);
    const total = Object.values(gradients).reduce(
      (sum, values) => values.reduce((inner, g) => inner + g * g, sum),
      0,
    );
    // Any shares that add up to the whole will do.
    const tiles = plan.buffers.find(({ name }) => name === "squares")!.bytes / 4;
    const shares = draw.floats(tiles).map((share) => 1.5 + share);
    const all = shares.reduce((sum, share) => sum + share, 0);
    const rows = 50;
    const numbers = numbersOf(plan, 2);
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step: 2, first: plan.scheduleRows, rows }, numbers);
    const words = 4 * plan.parameters.vectors;
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
    });
    const what = `clipping at ${clipNorm} of gradients of ${size}`;
    const exact = Object.fromEntries(shapes.map(({ name, size: count }) => [name, new Float64Array(count)]));
    const depth = tiledNormDepth(0, tiles, tuning.workgroupSize);
    const expected = boundedUpdate(
      training,
      numbers,
      shapes,
      parameters,
      {},
      gradients,
      exact,
      // Each share was rounded, too.
      depth + 2,
    );
    const packed = kernel.floats("parameters", [0, words]);
    const actual = unpackParameters(network, packed);
    for (const { name } of shapes) {
      check.within(
        `${what}: ${name}`,
        actual[name],
        expected.parameters[name],
        expected.parameterErrors[name],
      );
    }
    check.equal(`${what}: padding`, packed, packParameters(network, actual));
    const record = 4 * plan.firstRecord;
    const [meanBits, ...counts] = kernel.words("results", [record, record + 4]);
    const sum = losses.reduce((total, loss) => total + loss, 0);
    const absolute = losses.reduce((total, loss) => total + Math.abs(loss), 0);
    check.within(
      `${what}: mean loss`,
      [new Float32Array(Uint32Array.of(meanBits).buffer)[0]],
      [sum / rows],
      [gamma(rows + 3) * (absolute / rows)],
    );
    const right = correct.reduce((total, one) => total + one, 0);
    check.equal(`${what}: record`, counts, [right, rows, 2]);
    kernel.checkUntouched(what, { parameters: [[0, words]], results: [[record, record + 4]] });
  }
}
