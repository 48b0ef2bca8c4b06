/** What report.html says of curves and of a profile: only what the run has. */
import { describe, expect, it } from "vitest";
import { resolveNetwork, resolveTraining } from "../../src/core/spec.ts";
import { profileReport } from "../../src/gpu/profile.ts";
import { plan } from "../../src/gpu/plan.ts";
import { profileSection } from "../../src/worker/run-directory/profile-section.ts";
import { curveNote } from "../../src/worker/run-directory/report.ts";
import { SOFTWARE } from "../support/bench-result.ts";

describe("the note below the curves", () => {
  const started = (dropout: number, labelSmoothing: number, validation: number) => ({
    network: resolveNetwork({ input: 4, layers: [{ units: 3, dropout }, { units: 2 }] }),
    training: resolveTraining({ labelSmoothing }),
    rows: { train: 10, validation, test: 5 },
  });

  it.each([
    [0.25, 0.1, 5, true, "while training, with dropout and label smoothing; validation without either."],
    [0, 0.1, 5, true, "while training, with label smoothing; validation without it."],
    [0, 0, 5, true, "while training; validation after each epoch."],
    [0.25, 0, 5, false, "with dropout. Validation comes at the end of an epoch, and none was finished."],
    [0.25, 0, 0, false, "while training, with dropout."],
  ])(
    "with dropout %s, smoothing %s, %s validation rows (curve: %s)",
    (dropout, smoothing, rows, held, end) => {
      expect(curveNote(started(dropout, smoothing, rows), held)).toContain(end);
    },
  );
});

it("shows of a profile every dispatch, the adapter and where the rest is", () => {
  const network = { input: 784, layers: [{ units: 12 }, { units: 10 }] };
  const made = plan(network, resolveTraining({ batchSize: 8 }), { trainRows: 64 });
  const html = profileSection(
    profileReport({
      plan: made,
      adapter: SOFTWARE,
      clock: { method: "timestamps", quantum: 1000 },
      roofline: { gflops: 10, gbps: 5, copyBytes: 1 },
      times: made.dispatches.map(() => [2, 2, 2]),
      trainRows: 64,
    }),
  );
  expect(made.dispatches.length).toBe(3);
  for (const { name } of made.dispatches)
    expect(html).toContain(`<th scope="row">${name}</th><td>2</td><td>33 %</td>`);
  expect(html).toContain("(software, not a GPU): 6 ms together");
  expect(html).toContain("smallest step is 1 µs");
  expect(html).toContain("profile.json");
});
