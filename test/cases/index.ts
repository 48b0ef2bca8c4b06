/** Every case: device in, report out. The same list runs on a page and in a worker. */
import type { Case } from "../support/gpu-lab.ts";
import { activationCases } from "./activations.ts";
import { budgetCases } from "./budget.ts";
import { clippingCases } from "./clipping.ts";
import { conformanceCases } from "./conformance.ts";
import { copyCases } from "./copies.ts";
import { derivationCases } from "./derivation.ts";
import { deviceErrorCases } from "./device-errors.ts";
import { deviceLostCases } from "./device-lost.ts";
import { dropoutCases } from "./dropout.ts";
import { evaluationCases } from "./evaluation.ts";
import { fusedStepCases } from "./fused-steps.ts";
import { guardCases } from "./guard.ts";
import { headCases } from "./head.ts";
import { integerCases } from "./integers.ts";
import { limitCases } from "./limits.ts";
import { predictionCases } from "./predictions.ts";
import { productCases } from "./products.ts";
import { profileCases } from "./profile.ts";
import { stateCases } from "./state.ts";
import { tuningCases } from "./tuning.ts";
import { everyFault, traceCases } from "./trace.ts";

export const CASES: readonly Case[] = [
  ...productCases,
  ...headCases,
  ...predictionCases,
  ...derivationCases,
  ...activationCases,
  ...integerCases,
  ...copyCases,
  ...clippingCases,
  ...fusedStepCases,
  ...dropoutCases,
  ...evaluationCases,
  ...stateCases,
  ...guardCases,
  ...limitCases,
  ...budgetCases,
  ...profileCases,
  ...tuningCases,
  ...deviceLostCases,
  ...deviceErrorCases,
  ...conformanceCases,
  ...traceCases,
];

/** Further ones, which run in Node alone. */
export const NODE_CASES: readonly Case[] = [everyFault];
