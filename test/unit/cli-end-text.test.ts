/** The last words of a training run: why it stopped, whose parameters were kept, how to go on. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reportFromConfusion } from "../../src/core/report.ts";
import { endText } from "../../src/cli/end-text.ts";

const adapter = { vendor: "v", architecture: "a", device: "", description: "", software: true };
const start = {
  step: 0,
  totalSteps: 100,
  options: { earlyStopping: 3, keepBest: "loss" as const },
  adapter,
};
const done = {
  reason: "completed" as const,
  epochs: 10,
  steps: 100,
  seconds: 2,
  samplesPerSecond: 6400,
  keptEpoch: null,
  train: { loss: 2e7, accuracy: 0.1 },
};
const directory = join(process.cwd(), "runs", "a");
const words = (from: object, how: object): string =>
  endText({ ...start, ...from }, { ...done, ...how }, undefined, directory);

describe("endText", () => {
  it("gives the figures and the folder", () => {
    expect(words({}, {})).toBe(
      `after 100 steps in 2.0 s (6,400 samples/s) on v, a (software, not a GPU)\nkept in ${directory} (report.html, model.safetensors, …)`,
    );
  });

  it("says that it stopped early, and whose parameters were kept", () => {
    const text = words({}, { reason: "early-stopping", epochs: 6, steps: 60, keptEpoch: 3 });
    expect(text).toContain("stopped early after epoch 6: no better on the validation rows for 3 epochs");
    expect(text).toContain("the parameters are those of epoch 3, best in validation loss");
    expect(text).not.toContain("--resume");
  });

  it.each(["aborted", "max-steps"])("says how to go on after %s", (reason) => {
    const path = join("runs", "a");
    expect(words({}, { reason, steps: 60 })).toContain(`go on with: npm run train -- --resume ${path}`);
    expect(words({}, { reason, steps: 100 })).not.toContain("go on with");
  });

  it("says that an accuracy is no better than guessing", () => {
    const text = (right: number) => {
      const report = reportFromConfusion(
        [
          [right, 500 - right],
          [500 - right, right],
        ],
        ["a", "b"],
      );
      return endText(start, done, { loss: 1, report }, directory);
    };
    expect(text(250)).toMatch(/\nno better than guessing: .* 50\.00 % right\. .* Lower it\.\n/);
    expect(text(400)).not.toContain("guessing");
  });

  it("gives no speed where no step was taken", () => {
    expect(words({ step: 100 }, { samplesPerSecond: 0 })).toMatch(
      /after 100 steps: the run was complete already/,
    );
    const early = words({}, { reason: "aborted", steps: 0, samplesPerSecond: 0 });
    expect(early).toContain("interrupted before the first step");
    expect(early).not.toContain("samples/s");
  });
});
