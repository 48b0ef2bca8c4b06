/** What a signal does to the work of a verb. */
import { describe, expect, it } from "vitest";
import type { Context } from "../../src/cli/context.ts";
import { inTurns, interruptible } from "../../src/cli/interrupt.ts";
import { Output } from "../../src/cli/output.ts";
import { DataError, DownloadError } from "../../src/core/errors.ts";
import { Sink } from "../support/sink.ts";

function contextWith(err: Sink): Context {
  return {
    output: new Output({ json: false, out: new Sink(), err, env: {} }),
    obtainChrome: undefined,
    exitCode: 0,
  };
}

/** As the system would deliver it. */
const hangUp = (): boolean => process.emit("SIGHUP");

describe("a signal", () => {
  it("asks the work to end and decides the exit code", async () => {
    const err = new Sink();
    const context = contextWith(err);
    let asked = false;
    const work = async (signal: AbortSignal): Promise<void> => {
      hangUp();
      asked = signal.aborted;
    };
    expect(await interruptible(context, work, "saving")).toBe(true);
    expect([asked, context.exitCode]).toEqual([true, 130]);
    expect(err.text).toBe("Interrupted; saving. Once more to quit at once.\n");
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });

  it("makes no failure of the download that it ends, but of everything else that fails", async () => {
    const aborted = new DownloadError("download/aborted", "given up");
    const fail = (error: Error, signal: boolean) => async (): Promise<void> => {
      if (signal) hangUp();
      throw error;
    };
    const context = contextWith(new Sink());
    expect(await interruptible(context, fail(aborted, true))).toBe(true);
    expect(context.exitCode).toBe(130);
    await expect(interruptible(context, fail(aborted, false))).rejects.toBe(aborted);
    const other = new DataError("data/label", "wrong");
    await expect(interruptible(context, fail(other, true))).rejects.toBe(other);
  });

  it("makes no failure of work that ends with the signal's reason", async () => {
    const context = contextWith(new Sink());
    const work = async (signal: AbortSignal): Promise<void> => {
      hangUp();
      signal.throwIfAborted();
    };
    expect(await interruptible(context, work)).toBe(true);
    expect(context.exitCode).toBe(130);
  });

  it("is heard by work that keeps the thread busy", async () => {
    const context = contextWith(new Sink());
    let pauses = 0;
    function* work(): Generator<void, never> {
      process.kill(process.pid, "SIGHUP");
      for (;;) {
        pauses++;
        yield;
      }
    }
    expect(await interruptible(context, (signal) => inTurns(work(), signal))).toBe(true);
    expect(pauses).toBeGreaterThan(0);
    expect(context.exitCode).toBe(130);
  });

  it("is none where the work ends by itself", async () => {
    const context = contextWith(new Sink());
    expect(await interruptible(context, () => Promise.resolve())).toBe(false);
    expect(context.exitCode).toBe(0);
  });
});
