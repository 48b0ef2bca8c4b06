import { describe, expect, it } from "vitest";
import { SpecError } from "../../src/core/errors.ts";
import { resolveRunOptions, type RunOptions } from "../../src/core/run-options.ts";
import { checkResume, checkResumeDataset } from "../../src/train/resume.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { thrownBy } from "../support/errors.ts";

const run: RunOptions = {
  data: "mnist",
  hidden: [64, 32],
  epochs: 4,
  schedule: "constant",
  maxSteps: 50,
  seed: 3,
};
const config = { options: resolveRunOptions(run) };

describe("checkResume", () => {
  it("takes everything from the checkpoint but the step it was stopped at", () => {
    const { maxSteps: _reached, ...expected } = config.options;
    expect(checkResume(config, {})).toEqual(expected);
    expect(checkResume(config, { maxSteps: 80 })).toEqual({ ...expected, maxSteps: 80 });
  });

  it("accepts what agrees with it", () => {
    const asked = { hidden: [64, 32], seed: 3, learningRate: 3e-3, optimizer: "adamw", epochs: 4 } as const;
    expect(checkResume(config, { ...asked, hidden: [...asked.hidden] })).toMatchObject(asked);
  });

  it("raises epochs on a constant schedule only", () => {
    expect(checkResume(config, { epochs: 6 }).epochs).toBe(6);
    const lowered = thrownBy(SpecError, () => checkResume(config, { epochs: 3 }));
    expect(lowered.message).toBe("--epochs is 3, but the run that is resumed has 4");
    for (const schedule of ["cosine", "step", "exponential"] as const) {
      const other = { options: { ...config.options, schedule } };
      const error = thrownBy(SpecError, () => checkResume(other, { epochs: 6 }));
      expect(error.hint).toContain(schedule);
      expect(checkResume(other, { epochs: 4 }).epochs).toBe(4);
    }
  });

  it.each([
    ["hidden", { hidden: [64] }, /--hidden is 64, but .* has 64,32/],
    ["hidden", { hidden: [] }, /--hidden is none/],
    ["learningRate", { learningRate: 0.1 }, /--lr is 0.1, but .* has 0.003/],
    ["adapter", { adapter: "software" }, /--adapter is software, but .* has auto/],
    ["seed", { epochs: 9, seed: 4 }, /--seed is 4, but .* has 3/],
  ] satisfies [string, RunOptions, RegExp][])("names a conflict in %s", (path, requested, message) => {
    const error = thrownBy(SpecError, () => checkResume(config, requested));
    expect(error).toMatchObject({ path, exitCode: 2 });
    expect(error.message).toMatch(message);
  });

  it("refuses options that are none", () => {
    const unknown = { hiden: [1] } as RunOptions;
    expect(thrownBy(SpecError, () => checkResume(config, unknown)).message).toBe("hiden is not an option");
    thrownBy(SpecError, () => checkResume(config, { maxSteps: 0 }));
    thrownBy(SpecError, () => checkResume(config, { epochs: 4.5 }));
  });
});

it("data may have moved; what lies there is checked by itself", () => {
  expect(checkResume(config, { data: "/elsewhere" })).toEqual({
    ...checkResume(config, {}),
    data: "/elsewhere",
  });
});

describe("checkResumeDataset", () => {
  const { dataset: now } = new FakeEngine();
  const sha256 = "ab".repeat(32);
  const before = { name: "fake", height: 1, width: 1, classes: ["even", "odd"], sha256 };

  it("accepts the same bytes under any name, and where a hash is not known", () => {
    checkResumeDataset({ dataset: before }, { ...now, name: "other", sha256 });
    checkResumeDataset({ dataset: before }, now);
    checkResumeDataset({ dataset: { ...before, sha256: null } }, { ...now, sha256 });
  });

  it.each([
    ["hash", { sha256: "cd".repeat(32) }, /sha256 abab.*cdcd/],
    ["size", { width: 2 }, /1 x 1, but fake has 1 x 2/],
    ["classes", { classes: ["even", "uneven"] }, /even,odd, but fake has even,uneven/],
  ])("refuses another %s", (_what, change, message) => {
    const error = thrownBy(SpecError, () => checkResumeDataset({ dataset: before }, { ...now, ...change }));
    expect(error).toMatchObject({ path: "data", exitCode: 2 });
    expect(error.message).toMatch(message);
  });
});
