/** Activations and slopes over the whole range of float32. */
import { ACTIVATIONS } from "../../src/core/spec.ts";
import { checkActivation } from "../../src/lens/conformance/activations.ts";
import type { Case } from "../support/gpu-lab.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";

export const activationCases: readonly Case[] = ACTIVATIONS.map((activation) => ({
  name: `activation ${activation} at extremes`,
  run: (lab) => checkActivation(lab, activation, VARIANTS[0]),
}));
