/** The kernels that move and count: gather, snapshot, confusion matrix; with the first table, and with the device's own. */
import { describeAdapter, subgroupSizeOf } from "../../src/gpu/device.ts";
import { defaultTuning, type Tuning } from "../../src/gpu/tuning.ts";
import {
  checkConfusion,
  checkGather,
  checkSnapshot,
  checkTracedInputs,
} from "../../src/lens/conformance/copies.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";

/** Moving and counting need no tiles, but the plan around them has some. */
function withTables(check: (lab: Lab, tuning: Tuning) => Promise<void>): Case["run"] {
  return async (lab) => {
    const { software } = describeAdapter(lab.device.adapterInfo);
    await check(lab, VARIANTS[0]);
    await check(lab, defaultTuning(software, subgroupSizeOf(lab.device)));
  };
}

export const copyCases: readonly Case[] = [
  { name: "copies: gathered rows", run: withTables(checkGather) },
  { name: "copies: traced inputs", run: withTables(checkTracedInputs) },
  { name: "copies: snapshot", run: withTables(checkSnapshot) },
  { name: "copies: confusion matrix", run: withTables(checkConfusion) },
];
