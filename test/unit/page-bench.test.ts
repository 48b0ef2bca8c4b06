/** The benchmark page asks for no more than the suite takes, and the command beside it is one that can be run. */
import { describe, expect, it } from "vitest";
import {
  defaults,
  isTaken,
  problemsOf,
  readBenchLink,
  requestOf,
} from "../../src/app/bench/state/options.ts";
import { SUITES } from "../../src/bench/result.ts";
import { checkSuiteRequest } from "../../src/bench/suite-options.ts";

describe("what the benchmark page asks for", () => {
  it.each(SUITES)("is what the suite %s takes, with everything chosen", (suite) => {
    const text = { ...defaults, suite, input: "mnist,dense", optimizer: "adam", hidden: "64", batch: "32" };
    expect(problemsOf(text)).toEqual({});
    const { narrowing, peers } = requestOf(text);
    expect(() => checkSuiteRequest({ suite, ...narrowing, peers })).not.toThrow();
  });

  it("leaves out of request and command what the suite has no use for, and what is wrong with it", () => {
    const text = {
      ...defaults,
      suite: "overhead",
      hidden: "64",
      batch: "none",
      "loss-steps": "7",
      seed: "2",
    };
    expect(problemsOf(text)).toEqual({});
    const { narrowing, peers, protocol, command } = requestOf(text);
    expect(protocol).toEqual({ quick: true });
    expect(peers).toEqual([]);
    expect(Object.values(narrowing).filter((value) => value !== undefined)).toEqual([]);
    expect(command).toBe("npm run -s backlit -- bench --suite overhead --quick");
    expect(isTaken("data", text)).toBe(false);
    expect(isTaken("data", { ...text, suite: "accuracy" })).toBe(true);
  });

  it("says in the command which digits, wherever some are trained on", () => {
    const command = (change: Partial<typeof defaults>): string =>
      requestOf({ ...defaults, ...change }).command;
    expect(command({})).toContain(" --data synthetic");
    expect(command({ data: "mnist", suite: "accuracy" })).toContain(" --data mnist");
    expect(command({ input: "dense" })).not.toContain("--data");
    expect(command({ suite: "matmul" })).not.toContain("--data");
  });

  it("is what the link says, as far as it is valid; the rest is named", () => {
    const { texts, problems } = readBenchLink("suite=overhead&quick=perhaps&batch=32,64&depth=3");
    expect(texts).toEqual({ ...defaults, suite: "overhead", batch: "32,64" });
    expect(problems).toEqual(["How long must be one of yes, no, not “perhaps”", "“depth” is not an option"]);
  });

  it("is one batch and one optimizer for a suite of one network", () => {
    const text = { ...defaults, suite: "accuracy", batch: "32, 64", optimizer: "sgd,adam" };
    expect(problemsOf(text)).toEqual({
      batch: "Batch sizes must be one for this suite.",
      optimizer: "Optimizer must be one for this suite.",
    });
    expect(problemsOf({ ...text, suite: "step" })).toEqual({});
  });
});
