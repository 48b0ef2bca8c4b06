/** The engine in this process, on the `webgpu` package (Dawn): one case of every kind. The browsers run all of them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadDawn } from "../../src/cli/runtimes/node.ts";
import { CaseRunner } from "../support/gpu-runner.ts";

const NAMES = [
  "product X.W + b, 4x4 tiles, unrolled",
  "product dZ.Wt, 4x4 tiles, unrolled",
  "product Xt.dZ and column sums, 4x4 tiles, unrolled",
  "gradients of the long form and the short form",
  "head: logits of +-88 and +-10,000, equal rows",
  "integers: X.W of 60,000 inputs, 8x8 tiles, unrolled",
  "activation gelu at extremes",
  "fused step: 40 gelu; adamw, clipNorm 0.3, weightDecay 0.1; step 3; hardware tiles",
  "steps on chosen rows leave the epoch alone",
  "guard: a gradient norm that overflows",
  "profile: every bit stays",
  "trace: every wrong kernel is named by its own result",
  "device lost: every pending and later call says so",
];

describe("cases in Node", () => {
  let runner: CaseRunner;

  beforeAll(async () => {
    runner = new CaseRunner(await loadDawn({ adapter: "software", say: () => {} }));
    console.log("cases in Node:", await runner.answer({ adapter: true }));
  });

  afterAll(() => runner.close());

  for (const name of NAMES) {
    test(name, async () => {
      expect(await runner.answer({ case: name })).toMatchObject({ failure: "" });
    });
  }
});
