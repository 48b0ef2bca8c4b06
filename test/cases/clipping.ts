/** Clipping by global norm, and the update behind it. */
import { checkClipping } from "../../src/lens/conformance/clipping.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";
import type { Case } from "../support/gpu-lab.ts";

export const clippingCases: readonly Case[] = [VARIANTS[0], VARIANTS[5]].map((tuning) => ({
  name: `clipping, ${tuning.name}`,
  run: (lab) => checkClipping(lab, tuning),
}));
