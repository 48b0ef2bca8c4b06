/** What report.html says of how a run ended. */
import { expect, it } from "vitest";
import { ending } from "../../src/worker/run-directory/ending.ts";

it.each([
  ["completed", null, ""],
  ["completed", 3, "The parameters are those of epoch 3, the best on the validation rows."],
  [
    "early-stopping",
    7,
    "The run stopped early, after 4,300 of 8,600 steps: validation no longer improved. " +
      "The parameters are those of epoch 7, the best on the validation rows.",
  ],
  [
    "max-steps",
    null,
    "The run was stopped after 4,300 of 8,600 steps, at its step limit. The parameters are those of its last step.",
  ],
  [
    "aborted",
    null,
    "The run was interrupted after 4,300 of 8,600 steps. The parameters are those of its last step.",
  ],
] as const)("a run that is %s with epoch %s kept says so", (reason, keptEpoch, text) => {
  expect(ending({ reason, keptEpoch, steps: 4300 }, 8600)).toBe(text);
});
