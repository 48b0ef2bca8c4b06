import { describe, expect, it } from "vitest";
import { SpecError } from "../../src/core/errors.ts";
import type { TrainOptions } from "../../src/train/options.ts";
import { FakeEngine, type FakeOptions } from "../support/fake-engine.ts";
import { checkpointOf, collect, epochs, ofType, resume, throughFile } from "../support/training.ts";

// By loss the best epoch is the 2nd (the 4th only ties), by accuracy the 3rd.
const validation = [
  { loss: 3, accuracy: 0.5 },
  { loss: 1, accuracy: 0.6 },
  { loss: 2, accuracy: 0.9 },
  { loss: 1, accuracy: 0.7 },
  { loss: 4, accuracy: 0.8 },
  { loss: 0.5, accuracy: 0.99 },
];
const fake: FakeOptions = { validation, training: { epochs: 6 } };

/** Parameters after so many epochs of the same run. */
async function parametersAfter(epochs: number) {
  const engine = new FakeEngine(fake);
  await collect(engine, { maxSteps: 6 * epochs });
  return engine.parameters();
}

describe("early stopping", () => {
  it.each([
    [{ earlyStopping: 1 }, 3, "early-stopping"],
    [{ earlyStopping: 2 }, 4, "early-stopping"],
    [{ earlyStopping: 3 }, 5, "early-stopping"],
    [{ earlyStopping: 4 }, 6, "completed"],
    [{ earlyStopping: 2, keepBest: "accuracy" }, 5, "early-stopping"],
    [{ earlyStopping: 0 }, 6, "completed"],
  ] satisfies [TrainOptions, number, string][])(
    "%j ends after epoch %i: %s",
    async (options, last, reason) => {
      const { events, result } = await collect(new FakeEngine(fake), options);
      expect(result).toMatchObject({ reason, epochs: last });
      expect(epochs(events).map(({ epoch }) => epoch)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
      expect(checkpointOf(events, "final").state.epoch).toBe(last);
      expect(result?.test).not.toBeNull();
    },
  );

  it("counts on over a resume, and stays stopped", async () => {
    for (const stop of [7, 12, 15, 18, 23]) {
      const first = new FakeEngine(fake);
      const stopped = await collect(first, { earlyStopping: 2, maxSteps: stop });
      expect(stopped.result?.reason).toBe("max-steps");
      const checkpoint = throughFile(first, checkpointOf(stopped.events, "max-steps"));
      const resumed = await resume(new FakeEngine(fake), checkpoint, { earlyStopping: 2 });
      expect(resumed.result).toMatchObject({ reason: "early-stopping", epochs: 4 });
      const again = await resume(new FakeEngine(fake), checkpointOf(resumed.events, "final"), {
        earlyStopping: 2,
      });
      expect(again.result).toMatchObject({ reason: "early-stopping", epochs: 4, steps: 24 });
    }
  });

  it("takes a NaN for worse than any number", async () => {
    const nan = { loss: Number.NaN, accuracy: Number.NaN };
    const engine = new FakeEngine({
      ...fake,
      validation: [nan, nan, validation[0], nan, validation[4], nan],
    });
    const { result } = await collect(engine, { keepBest: "loss", earlyStopping: 2 });
    expect(result).toMatchObject({ reason: "early-stopping", epochs: 5, keptEpoch: 3 });
  });
});

describe("keepBest", () => {
  it.each([
    ["loss", 5, 2],
    ["accuracy", 5, 3],
    ["loss", 6, 6],
  ] as const)("by %s of %i epochs ends with those of epoch %i", async (keepBest, total, kept) => {
    const options = { ...fake, training: { epochs: total } };
    const engine = new FakeEngine(options);
    const { events, result } = await collect(engine, { keepBest });
    expect(result?.keptEpoch).toBe(kept);
    expect(result?.validation).toEqual(validation[kept - 1]);
    const expected = await parametersAfter(kept);
    expect(await engine.parameters()).toEqual(expected);
    const weight = expected["layers.0.weight"];
    expect(result?.test?.loss).toBe(weight[0] + 2 * weight[1]);
    // What can be resumed is the run, not its best epoch.
    expect(checkpointOf(events, "final").state.parameters).toEqual(await parametersAfter(total));
  });

  it("of a run that is resumed still knows the best parameters", async () => {
    const first = new FakeEngine(fake);
    const stopped = await collect(first, { keepBest: "accuracy", maxSteps: 20 });
    expect(stopped.result?.keptEpoch).toBe(3);
    const options = { ...fake, validation: validation.with(5, { loss: 9, accuracy: 0 }) };
    const second = new FakeEngine(options);
    const checkpoint = throughFile(first, checkpointOf(stopped.events, "max-steps"));
    const { result } = await resume(second, checkpoint, { keepBest: "accuracy" });
    expect(result?.keptEpoch).toBe(3);
    expect(await second.parameters()).toEqual(await parametersAfter(3));
  });

  it("puts nothing back in a run that is aborted", async () => {
    const controller = new AbortController();
    const engine = new FakeEngine(fake);
    const { result, events } = await collect(
      engine,
      { keepBest: "loss", signal: controller.signal },
      (event) => {
        if (event.type === "epoch" && event.epoch === 3) controller.abort();
      },
    );
    expect(result).toMatchObject({ reason: "aborted", keptEpoch: null, validation: validation[2] });
    expect(await engine.parameters()).toEqual(checkpointOf(events, "aborted").state.parameters);
  });

  it("cannot be changed on resume", async () => {
    const first = new FakeEngine(fake);
    const { events } = await collect(first, { keepBest: "loss", maxSteps: 8 });
    const checkpoint = checkpointOf(events, "max-steps");
    const other = await resume(new FakeEngine(fake), checkpoint, { keepBest: "accuracy" });
    expect(other.error).toBeInstanceOf(SpecError);
    const watched = await collect(new FakeEngine(fake), { earlyStopping: 9, maxSteps: 8 });
    const unkept = checkpointOf(watched.events, "max-steps");
    const late = await resume(new FakeEngine(fake), unkept, { keepBest: "loss" });
    expect((late.error as SpecError).path).toBe("keepBest");
    expect(ofType(late.events, "start")).toEqual([]);
  });
});
