/** The kernels that move and count: gather, snapshot, confusion matrix. */
import { checkConfusion, checkGather, checkSnapshot } from "../../src/lens/conformance/copies.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";
import type { Case } from "../support/gpu-lab.ts";

const [tuning] = VARIANTS;

export const copyCases: readonly Case[] = [
  { name: "copies: gathered rows", run: (lab) => checkGather(lab, tuning) },
  { name: "copies: snapshot", run: (lab) => checkSnapshot(lab, tuning) },
  { name: "copies: confusion matrix", run: (lab) => checkConfusion(lab, tuning) },
];
