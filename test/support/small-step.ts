/** The step that tests of the lens begin with: small enough to be checked number by number. */
import type { ExplainOptions } from "../../src/cli/explain/explained.ts";

export const SMALL_STEP: ExplainOptions = {
  sizes: [4, 3, 3],
  activation: "relu",
  rows: 2,
  learningRate: 0.1,
  labelSmoothing: 0,
  seed: 1,
  steps: 0,
  memory: 1e6,
};
