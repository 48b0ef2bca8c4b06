/** The command line that follows up on a training step which `check` found wrong. */
import { expect, it } from "vitest";
import { stack } from "../../src/lens/conformance/draw.ts";
import { traceFlags } from "../../src/lens/conformance/trace-flags.ts";

it("a trace has the network and the update of a step, and says nothing that is its default anyway", () => {
  const flags = (...given: Parameters<typeof traceFlags>): string => traceFlags(...given).join(" ");
  const recipe = { optimizer: "adamw", batchSize: 128, weightDecay: 0.02, labelSmoothing: 0.1 } as const;
  expect(flags(stack(784, [[512, "relu", 0.25]], 10), recipe)).toBe("");
  expect(flags(stack(49, [[65, "leaky-relu"]], 10), { ...recipe, clipNorm: 0.3, batchSize: 33 })).toBe(
    "--hidden 65 --activation leaky-relu --dropout 0 --batch 33 --clip-norm 0.3",
  );
  const two = stack(
    4,
    [
      [17, "relu", 0.25],
      [9, "gelu"],
    ],
    3,
  );
  expect(flags(two, { optimizer: "nesterov", seed: 5, epochs: 3, warmup: 5, schedule: "step" })).toBe(
    "--hidden 17,9 --activation relu,gelu --dropout 0.25,0 --optimizer nesterov --label-smoothing 0",
  );
  // adamw decays less in the library than in the command's recipe; a layer that is not there has no dropout.
  expect(flags(stack(4, [], 3), { optimizer: "adamw" })).toBe(
    "--hidden none --weight-decay 0.01 --label-smoothing 0",
  );
});
