/** Dropout masks, unit by unit. */
import { checkDropout } from "../../src/lens/conformance/dropout.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";
import type { Case } from "../support/gpu-lab.ts";

export const dropoutCases: readonly Case[] = [
  {
    name: "dropout masks equal the CPU's exactly",
    run: async (lab) => {
      for (const [index, seed] of [0, 7, 2 ** 32 - 1].entries()) {
        await checkDropout(lab, VARIANTS[(VARIANTS.length - 1 - index) % VARIANTS.length], seed);
      }
    },
  },
];
