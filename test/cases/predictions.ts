/** The forward pass alone, between sentinels. */
import { checkPredictions } from "../../src/lens/conformance/predictions.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";
import type { Case } from "../support/gpu-lab.ts";

export const predictionCases: readonly Case[] = [VARIANTS[0], VARIANTS[4]].map((tuning) => ({
  name: `predictions, ${tuning.name}`,
  run: (lab) => checkPredictions(lab, tuning),
}));
