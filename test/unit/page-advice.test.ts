/** Every cause of a failure has its own words on the page, and something to do. */
import { describe, expect, it } from "vitest";
import { adviceFor, adviceForWarning } from "../../src/app/state/advice.ts";
import { brokenWorker } from "../../src/app/state/worker-task.ts";
import {
  DeviceLostError,
  DivergedError,
  LimitError,
  SpecError,
  toBacklitError,
} from "../../src/core/errors.ts";

const plain = (code: string, message = "what happened", hint = "") => ({ code, message, hint });

describe("what a failure is called", () => {
  it.each([
    [new DeviceLostError("unknown", "gone"), "The GPU was lost"],
    [new DivergedError({ step: 3, layer: 0, tensor: "dW" }, 2), "Training diverged"],
    [new LimitError("maxBufferSize", 2, 1, "the weights"), "Too large for this adapter"],
    [new SpecError("hidden", "it must be so"), "The settings do not fit"],
    [toBacklitError(new RangeError("Array buffer allocation failed")), "Out of memory"],
    [toBacklitError(new Error("something else")), "The run could not go on"],
    [plain("gpu/out-of-memory"), "Out of GPU memory"],
    [plain("download/failed"), "The download failed"],
    [plain("download/checksum"), "The download does not verify"],
    [plain("idx/magic"), "The data cannot be used"],
    [plain("worker"), "The training worker broke"],
  ])("is its own for %j", (failure, title) => {
    expect(adviceFor(failure).title).toBe(title);
  });

  it("comes with something to do on the page, or else with the error's own hint", () => {
    for (const code of ["gpu/device-lost", "gpu/out-of-memory", "gpu/limit", "training/diverged"]) {
      expect(adviceFor(plain(code)).todo).toMatch(/\w\.$/);
    }
    expect(adviceFor(plain("download/failed", "", "Get the four files.")).todo).toBe("Get the four files.");
    expect(adviceFor(plain("idx/magic", "", "Check it.")).todo).toBe("Check it.");
    expect(adviceFor(brokenWorker(new Error("gone"))).todo).toMatch(/^Reload the page .*\w\.$/);
  });
});

describe("what a warning means", () => {
  it("tells a full storage from any other, and says nothing twice", () => {
    const full = "mnist/a could not be cached: Quota exceeded.";
    expect(adviceForWarning(plain("cache/write", full))).toMatch(/^This browser’s storage is full/);
    expect(adviceForWarning(plain("cache/write", "not allowed"))).toMatch(/^The run goes on/);
    expect(adviceForWarning(new DeviceLostError("unknown", "gone"))).toBe("");
    expect(adviceForWarning(plain("adapter/none", "none", "Run `backlit doctor`."))).toMatch(
      /the CPU engine/,
    );
    expect(adviceForWarning(plain("data/small", "few rows", "So be it."))).toBe("So be it.");
  });
});
