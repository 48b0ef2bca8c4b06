/**
 * Products of small whole numbers, every partial sum below 2^24, are exact in float32 at any length and in any order:
 * 60,000 terms show an index that goes wrong late as well as one that goes wrong at once.
 */
import { DEFAULT_LIMITS } from "../../src/gpu/plan-types.ts";
import type { Tuning } from "../../src/gpu/tuning.ts";
import { Draw } from "../../src/lens/conformance/draw.ts";
import {
  openForward,
  openForwardOfBytes,
  openInputGradient,
  openWeightGradient,
} from "../../src/lens/conformance/products.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";

const LONG = 60_000;
const rows = 7;
/** Of a product of so many rows. */
const whole = (tuning: Tuning, k: number, n: number, capacity: number) => ({
  k,
  n,
  tuning,
  capacity,
  integers: true,
});

/** The grid that the product was dispatched with. */
async function forward(
  lab: Lab,
  setting: Parameters<typeof openForward>[1],
): Promise<readonly [number, number]> {
  const { dispatches, batch } = await openForward(lab, setting);
  await batch(setting.capacity, new Draw(41));
  return dispatches[0].grid;
}

/** Small tiles of one invocation each, so that counts of workgroups grow past the limits quickly. */
const TINY: Tuning = { ...VARIANTS[2], workgroupSize: 1, name: "one invocation per workgroup" };

export const integerCases: readonly Case[] = [
  ...VARIANTS.filter((_, index) => index !== 2).flatMap((tuning): Case[] => [
    {
      name: `integers: X.W of 60,000 inputs, ${tuning.name}`,
      run: async (lab) => void (await forward(lab, whole(tuning, LONG, 9, rows))),
    },
    {
      name: `integers: X.W of 60,000 bytes, ${tuning.name}`,
      run: async (lab) => {
        const setting = { ...whole(tuning, LONG, 9, rows), trainRows: rows };
        await (await openForwardOfBytes(lab, setting)).batch(rows, new Draw(44));
      },
    },
    {
      name: `integers: dZ.Wt of 60,000 units, ${tuning.name}`,
      run: async (lab) =>
        (await openInputGradient(lab, whole(tuning, LONG, 5, rows))).batch(rows, new Draw(42)),
    },
    {
      name: `integers: Xt.dZ of 60,000 rows, ${tuning.name}`,
      run: async (lab) =>
        (await openWeightGradient(lab, whole(tuning, 7, 5, LONG))).batch(LONG, new Draw(43)),
    },
  ]),
  {
    name: "integers: workgroups fold past a limit of 19",
    run: async (lab) => {
      const limits = { ...DEFAULT_LIMITS, maxComputeWorkgroupsPerDimension: 19 };
      const [x, y] = await forward(lab, { ...whole(TINY, 7, 9, 33), limits });
      lab.check.that("the grid is folded", x === 19 && y > 1, `${x} x ${y}`);
    },
  },
  {
    name: "integers: workgroups fold past 65,535",
    run: async (lab) => {
      const [x, y] = await forward(lab, whole(TINY, 3, 2, 300_000));
      lab.check.that("the grid is folded", x === 65_535 && y === 2, `${x} x ${y}`);
    },
  },
];
