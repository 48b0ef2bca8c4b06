import { describe, expect, it } from "vitest";
import { AdapterError, DeviceLostError, DivergedError } from "../../src/core/errors.ts";
import type { TrainOptions } from "../../src/train/options.ts";
import { FakeEngine, World, type FakeOptions } from "../support/fake-engine.ts";
import {
  checkpointOf,
  collect,
  epochs,
  ofType,
  resume,
  throughFile,
  type Outcome,
} from "../support/training.ts";

/** Trains in a world whose device is lost at these calls; the engine that the run ended on comes with it. */
async function trainThroughLoss(
  loseAtCalls: number[],
  options: TrainOptions = {},
  fake: FakeOptions = {},
): Promise<Outcome & { world: World; engine: FakeEngine }> {
  const world = new World();
  world.loseAtCalls.push(...loseAtCalls);
  let engine = new FakeEngine(fake, world);
  const reopen = async (): Promise<FakeEngine> => (engine = new FakeEngine(fake, world));
  const outcome = await collect(engine, { reopen, ...options });
  return { ...outcome, world, engine };
}

describe("a lost device", () => {
  const options: TrainOptions = { stepInterval: 0, snapshotInterval: { steps: 4 }, keepBest: "loss" };

  it("at any call changes neither parameters nor metrics, and counts no row twice", async () => {
    const whole = await trainThroughLoss([], options);
    const parameters = await whole.engine.parameters();
    const calls = whole.world.calls.length - 1;
    expect(calls).toBeGreaterThan(25);
    // Call 0 is the state at the start: before it there is nothing to go back to.
    for (let call = 1; call < calls; call++) {
      const { events, result, world, engine } = await trainThroughLoss([call], options);
      expect(world.opened).toBe(2);
      expect(ofType(events, "warning")).toMatchObject([{ code: "gpu/device-lost" }]);
      expect(epochs(events)).toEqual(epochs(whole.events));
      expect(await engine.parameters()).toEqual(parameters);
      expect(result).toMatchObject({ reason: "completed", keptEpoch: whole.result?.keptEpoch });
      expect(result?.test).toEqual(whole.result?.test);
      const steps = ofType(events, "step");
      let counted = 0;
      for (const { step, rows } of steps) {
        counted += rows;
        expect(counted).toBe(Math.floor(step / 6) * 23 + (step % 6) * 4);
      }
      expect(counted).toBe(3 * 23);
      expect(ofType(events, "checkpoint").filter(({ reason }) => reason === "final")).toHaveLength(1);
    }
  });

  it("goes back no further than to the last snapshot", async () => {
    const fake = { training: { epochs: 1 }, rows: 400, stepsPerSubmit: 1 };
    const clean = await trainThroughLoss(
      [],
      { snapshotInterval: { steps: 10 }, stepInterval: Infinity },
      fake,
    );
    const call = clean.world.calls.lastIndexOf("run 1");
    const { events } = await trainThroughLoss(
      [call],
      { snapshotInterval: { steps: 10 }, stepInterval: Infinity },
      fake,
    );
    expect(ofType(events, "warning")[0].message).toMatch(/going on from step 90 of 99/);
  });

  it("again within 100 steps saves the last snapshot and ends", async () => {
    const fake = { training: { epochs: 1 }, rows: 2000, stepsPerSubmit: 1 };
    const quiet = { snapshotInterval: { steps: 10 }, stepInterval: Infinity };
    const clean = await trainThroughLoss([], quiet, fake);
    /** Number of the call that takes the step with this number, in a run without a loss. */
    const callOf = (step: number): number => {
      const runs = clean.world.calls.flatMap((what, i) => (what === "run 1" ? [i] : []));
      return runs[step];
    };
    const first = callOf(205);
    const once = await trainThroughLoss([first], quiet, fake);
    const runs = once.world.calls.flatMap((what, i) => (what === "run 1" && i > first ? [i] : []));
    // After the loss at 205 the run goes on from 200: the n-th run takes step 200 + n.
    const near = await trainThroughLoss([first, runs[104]], quiet, fake);
    expect(near.error).toBeInstanceOf(DeviceLostError);
    expect((near.error as DeviceLostError).exitCode).toBe(5);
    expect(near.world.opened).toBe(2);
    const saved = checkpointOf(near.events, "device-lost");
    expect(near.events.at(-1)).toEqual(saved);
    expect(saved.state.step).toBe(300);
    const far = await trainThroughLoss([first, runs[105]], quiet, fake);
    expect(far.result?.reason).toBe("completed");
    expect(far.world.opened).toBe(3);

    const engine = new FakeEngine(fake);
    await resume(engine, throughFile(engine, saved));
    expect(await engine.parameters()).toEqual(await clean.engine.parameters());
    expect(await far.engine.parameters()).toEqual(await clean.engine.parameters());
  });

  it("far back in the steps that are repeated ends the run too: it would not come further", async () => {
    const fake = { training: { epochs: 1 }, rows: 2000, stepsPerSubmit: 1 };
    const { error, events, world } = await trainThroughLoss(
      [206, 206 + 62],
      { stepInterval: Infinity },
      fake,
    );
    expect(ofType(events, "warning")[0].message).toMatch(/going on from step 0 of 205/);
    expect(error).toBeInstanceOf(DeviceLostError);
    expect(world.opened).toBe(2);
  });

  it("while the new one is being set up ends the run", async () => {
    const clean = await trainThroughLoss([], options);
    const call = clean.world.calls.indexOf("run 2", 12);
    const { error, events } = await trainThroughLoss([call, call + 1], options);
    expect(error).toBeInstanceOf(DeviceLostError);
    expect(ofType(events, "warning")).toHaveLength(2);
    expect(checkpointOf(events, "device-lost").state.step).toBeGreaterThan(0);
  });

  it("that cannot be had back ends the run with the reason in a warning", async () => {
    const reopen = () => Promise.reject(new AdapterError("adapter/none", "no adapter is left"));
    const { error, events } = await trainThroughLoss([9], { ...options, reopen });
    expect(error).toBeInstanceOf(DeviceLostError);
    expect(ofType(events, "warning").map(({ code }) => code)).toEqual(["gpu/device-lost", "adapter/none"]);
    checkpointOf(events, "device-lost");
    const without = await trainThroughLoss([9], { ...options, reopen: undefined });
    expect(without.error).toBeInstanceOf(DeviceLostError);
    expect(without.events.at(-1)).toMatchObject({ type: "checkpoint", reason: "device-lost" });
  });

  it("does not keep an abort from saving", async () => {
    const controller = new AbortController();
    const world = new World();
    let engine = new FakeEngine({}, world);
    const { events, result } = await collect(
      engine,
      {
        signal: controller.signal,
        stepInterval: 0,
        reopen: async () => (engine = new FakeEngine({}, world)),
      },
      (event) => {
        if (event.type !== "step" || event.step !== 8) return;
        controller.abort();
        world.loseAtCalls.push(world.calls.length);
      },
    );
    expect(result).toMatchObject({ reason: "aborted", steps: 6 });
    expect(checkpointOf(events, "aborted").state.step).toBe(6);
  });
});

describe("divergence", () => {
  it.each([0, 3, 9, 17])("in step %i saves the last good state, then throws", async (divergeAt) => {
    const whole = await collect(new FakeEngine());
    const engine = new FakeEngine({ divergeAt });
    const { events, error } = await collect(engine, { stepInterval: Infinity });
    expect(error).toBeInstanceOf(DivergedError);
    expect(error).toMatchObject({ exitCode: 4, fault: { step: divergeAt, layer: 0, tensor: "dW" } });
    const saved = checkpointOf(events, "diverged");
    expect(events.at(-1)).toEqual(saved);
    expect(saved.state.step).toBe(divergeAt - (divergeAt % 2));
    expect(saved.state).toEqual(await engine.state());

    const healed = new FakeEngine();
    const resumed = await resume(healed, throughFile(engine, saved));
    expect([...epochs(events), ...epochs(resumed.events)]).toEqual(epochs(whole.events));
  });

  it("on a device that is lost too saves the last snapshot", async () => {
    const world = new World();
    const engine = new FakeEngine({ divergeAt: 9 }, world);
    const clean = await collect(engine, { stepInterval: Infinity });
    checkpointOf(clean.events, "diverged");
    const again = new World();
    again.loseAtCalls.push(world.calls.lastIndexOf("state"));
    const { error, events } = await collect(new FakeEngine({ divergeAt: 9 }, again), {
      stepInterval: Infinity,
    });
    expect(error).toBeInstanceOf(DivergedError);
    expect(checkpointOf(events, "diverged").state.step).toBe(6);
  });
});
