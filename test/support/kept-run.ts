/** A run as the page's list keeps it. */
import type { KeptRun } from "../../src/app/state/kept-run.ts";

/** Of one step, without curves or scores, where nothing else is given. */
export function keptRun(given: Partial<KeptRun>): KeptRun {
  return {
    id: "run",
    name: "",
    at: 1,
    options: {},
    dataset: "synthetic",
    sizes: [784, 10],
    adapter: "adapter",
    software: false,
    steps: 1,
    seconds: 1,
    ending: "completed",
    train: null,
    validation: null,
    test: null,
    curves: {
      train: { steps: [], loss: [], accuracy: [] },
      validation: { steps: [], loss: [], accuracy: [] },
    },
    ...given,
  };
}
