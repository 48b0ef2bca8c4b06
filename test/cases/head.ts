/** The head alone: logits, softmax, cross-entropy, ranks and deltas, from ordinary rows to extreme ones. */
import type { Tuning } from "../../src/gpu/tuning.ts";
import { Draw } from "../../src/lens/conformance/draw.ts";
import { checkExtremeLogits, openHead } from "../../src/lens/conformance/head.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";

/** `[K, classes]` */
const SHAPES = [
  [1, 2],
  [7, 31],
  [513, 10],
  [31, 13],
  [33, 256],
] as const;
const BATCHES = [33, 1, 7] as const;

async function shapes(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(21);
  for (const [k, n] of SHAPES) {
    const head = await openHead(lab, { k, n, tuning, capacity: BATCHES[0] });
    for (const rows of BATCHES) await head.batch(rows, draw);
  }
}

/** One invocation, which takes all vectors of a group; and groups with more vectors than a subgroup has lanes. */
async function groups(lab: Lab): Promise<void> {
  const alone = { ...VARIANTS[4], workgroupSize: 1 };
  const wide = { ...VARIANTS[4], head: { ...VARIANTS[4].head, group4: 6 } };
  for (const tuning of [alone, wide]) {
    const head = await openHead(lab, { k: 7, n: 31, tuning, capacity: 7 });
    for (const rows of [7, 1]) await head.batch(rows, new Draw(22));
    // A bias of a later group that would overflow if it were added to a logit of the first.
    const class0 = new Float32Array(7 * 31);
    class0[0] = 3.3e38;
    const bias = new Float32Array(31);
    bias[24] = 3e37;
    await head.given("logits at the end of float32", {
      x: Float32Array.of(1, 0, 0, 0, 0, 0, 0),
      labels: Uint8Array.of(0),
      weight: class0,
      bias,
      slope: new Float32Array(7).fill(1),
    });
  }
}

async function extremes(lab: Lab): Promise<void> {
  for (const tuning of [VARIANTS[0], VARIANTS[4]]) await checkExtremeLogits(lab, tuning);
}

export const headCases: readonly Case[] = [
  ...VARIANTS.map((tuning): Case => ({ name: `head, ${tuning.name}`, run: (lab) => shapes(lab, tuning) })),
  { name: "head, one invocation and sixteen for a row of 31 classes", run: groups },
  { name: "head: logits of +-88 and +-10,000, equal rows", run: extremes },
];
