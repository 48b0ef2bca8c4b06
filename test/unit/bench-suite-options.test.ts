/** A suite measures what was asked for, or says that it cannot. */
import { describe, expect, it } from "vitest";
import { SUITES } from "../../src/bench/result.ts";
import {
  checkSuiteRequest,
  suiteOptionsText,
  takesDigits,
  TAKEN_BY,
  type SuiteRequest,
} from "../../src/bench/suite-options.ts";
import { versionsOf } from "../../src/bench/versions.ts";
import { SpecError } from "../../src/core/errors.ts";
import { thrownBy } from "../support/errors.ts";

describe("what narrows a suite", () => {
  it.each<[SuiteRequest, string, RegExp, RegExp]>([
    [
      { suite: "overhead", hidden: [64], optimizer: ["adam"] },
      "spec/hidden",
      /overhead has no use for --hidden, --optimizer$/,
      /^It takes none of the options/,
    ],
    [
      { suite: "matmul", hidden: [64], optimizer: ["sgd"] },
      "spec/optimizer",
      /matmul has no use for --optimizer$/,
      /^It takes --hidden, --batch, --backend, --peers\.$/,
    ],
    [
      { suite: "kernels", peers: ["tfjs"] },
      "spec/peers",
      /kernels has no use for --peers$/,
      /^It takes --hidden/,
    ],
    [{ suite: "kernels", tune: "fast" }, "spec/tune", /kernels has no use for --tune$/, /^It takes --hidden/],
    [{ suite: "accuracy", batch: [32, 64] }, "spec/batch", /takes one --batch, but was given 32,64$/, /^$/],
    [{ suite: "step", backend: ["wasm"] }, "spec/backend", /measures peers only/, /--peers tfjs,jax/],
    [{ suite: "matmul", backend: ["cpu"] }, "spec/backend", /no plain loop/, /^$/],
  ])("is refused where the suite has no use for it: %j", (request, code, message, hint) => {
    const error = thrownBy(SpecError, () => checkSuiteRequest(request));
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it.each<SuiteRequest>([
    { suite: "overhead", peers: [], tune: "off" },
    { suite: "step", hidden: [64], batch: [8, 16], backend: ["wasm", "cpu"], peers: ["jax"], tune: "full" },
    { suite: "accuracy", batch: [32], optimizer: ["sgd"] },
    { suite: "matmul", hidden: [64], batch: [128] },
  ])("is taken where it has: %j", (request) => {
    expect(() => checkSuiteRequest(request)).not.toThrow();
  });

  it("is listed for every suite", () => {
    const lines = suiteOptionsText().split("\n");
    expect(lines).toHaveLength(SUITES.length);
    expect(lines[SUITES.indexOf("accuracy")]).toContain("--hidden, one --batch, one --optimizer, --backend");
    expect(lines[SUITES.indexOf("overhead")]).toContain("none of these");
    for (const suite of SUITES)
      for (const name of TAKEN_BY[suite]) expect(suiteOptionsText()).toContain(`--${name}`);
  });
});

it("looks for MNIST only where digits are trained on", () => {
  expect(takesDigits({ suite: "overhead" })).toBe(false);
  expect(takesDigits({ suite: "matmul" })).toBe(false);
  expect(takesDigits({ suite: "accuracy" })).toBe(true);
  expect(takesDigits({ suite: "step" })).toBe(true);
  expect(takesDigits({ suite: "step", input: ["dense"] })).toBe(false);
});

it("names versions of the peers that are measured, and of no others", () => {
  const installed = {
    backlit: "0.1.0",
    "@tensorflow/tfjs-core": "4.22.0",
    "@tensorflow/tfjs-backend-wasm": "4.22.0",
    "@jax-js/jax": "0.1.25",
  };
  expect(versionsOf([], installed)).toEqual({ backlit: "0.1.0" });
  expect(versionsOf(["jax"], installed)).toEqual({ backlit: "0.1.0", "@jax-js/jax": "0.1.25" });
  expect(versionsOf(["jax", "tfjs"], installed)).toEqual(installed);
});
