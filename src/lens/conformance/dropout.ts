/**
 * Dropout masks, unit by unit and bit by bit: with weights 0, biases 1 and linear layers every activation is its own
 * dropout factor.
 */
import { dropoutKey, pcg4d } from "../../core/rng.ts";
import { dropoutFactors } from "../../cpu/dropout.ts";
import { writeEntry } from "../../gpu/epoch-schedule.ts";
import { packParameters, padImages, unpadRows } from "../../gpu/layout.ts";
import { plan as makePlan } from "../../gpu/plan.ts";
import { ENTRY_WORDS } from "../../gpu/plan-programs.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { parameterShapes } from "../../model/parameters.ts";
import { Draw, stack } from "./draw.ts";
import { Kernel, region, type CheckContext } from "./kernel.ts";
import { partsOf } from "./parts.ts";
import { dispatchesOf, limitsOf } from "./products.ts";

const SECOND_RATE = 0.9;
/** The smallest that drops anything: units whose word is 0. */
const SMALLEST_RATE = 2 ** -32;
const UNITS = [70, 33, 33] as const;
const TRAIN_ROWS = 65;
/** `[step, rows]`: the first, a short batch, and one far along, in which seed 7 has a word of 0 in the third layer. */
const STEPS = [
  [0, 65],
  [1, 7],
  [1_556_120, 65],
] as const;

/** A rate of the first layer at which the word of one unit is exactly the threshold: that unit is kept. */
function rateOfAWord(seed: number): number {
  const key = dropoutKey(seed, 0);
  const words = Array.from({ length: 8 }, (_, unit4) => pcg4d(key, 0, 0, unit4)).flat();
  return words.map((word) => word / 2 ** 32).find((rate) => rate > 0.2 && rate < 0.6)!;
}

export async function checkDropout(context: CheckContext, tuning: Tuning, seed: number): Promise<void> {
  const { check, shaders } = context;
  const pixels = 4;
  const rates = [rateOfAWord(seed), SECOND_RATE, SMALLEST_RATE];
  const network = stack(
    pixels,
    UNITS.map((units, layer) => [units, "linear", rates[layer]] as const),
    3,
  );
  const training = { batchSize: TRAIN_ROWS, optimizer: "sgd", seed } as const;
  const limits = limitsOf(context);
  const plan = makePlan(network, training, { tuning, trainRows: TRAIN_ROWS, limits, shaders });
  const hidden = UNITS.flatMap((_, layer) => dispatchesOf(plan, `forward ${layer}`));
  // A product that is summed in parts is finished by the head.
  const dispatches = partsOf(hidden).parts > 1 ? [...hidden, ...dispatchesOf(plan, "head")] : hidden;
  const kernel = await Kernel.open(context, dispatches, plan.buffers);
  const parameters = Object.fromEntries(
    parameterShapes(plan.network).map(({ name, kind, size }) => [
      name,
      new Float32Array(size).fill(kind === "bias" ? 1 : 0),
    ]),
  );
  const images = padImages(new Draw(61).bytes(TRAIN_ROWS * pixels), pixels);
  for (const [step, rows] of STEPS) {
    const entry = new Uint32Array(ENTRY_WORDS);
    writeEntry(entry, 0, { step, first: plan.scheduleRows, rows });
    await kernel.run(rows, {
      schedule: [{ data: entry }, { at: plan.scheduleRows, data: new Draw(step).rows(rows, TRAIN_ROWS) }],
      images: [{ data: images }],
      labels: [{ data: new Uint8Array(TRAIN_ROWS) }],
      parameters: [{ data: packParameters(plan.network, parameters) }],
    });
    for (const [layer, units] of UNITS.entries()) {
      const words = region(plan.train.activations.activations[layer], rows, units);
      const actual = unpadRows(kernel.floats("activations", words), rows, units);
      const expected = dropoutFactors("float32", { seed, step }, layer, rates[layer], [rows, units]);
      check.equal(`seed ${seed}, step ${step}, layer ${layer}, ${rows} rows`, actual, expected);
    }
  }
}
