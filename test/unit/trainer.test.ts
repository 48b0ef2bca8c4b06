import { describe, expect, it } from "vitest";
import type { Evaluation, Parameters, StepRecord } from "../../src/core/engine.ts";
import { SpecError } from "../../src/core/errors.ts";
import { learningRateAt } from "../../src/core/schedule.ts";
import type { DoneReason } from "../../src/train/events.ts";
import { PauseGate } from "../../src/train/pause.ts";
import type { TrainOptions } from "../../src/train/options.ts";
import { FakeEngine, World, type FakeOptions } from "../support/fake-engine.ts";
import { checkpointOf, collect, epochs, ofType, resume, throughFile } from "../support/training.ts";

// 23 rows in batches of 4: 6 steps per epoch, the last of 3 rows; 3 epochs, 2 steps per submit.
const STEPS = 18;

describe("train", () => {
  it("gives start, epochs, checkpoints, done", async () => {
    const engine = new FakeEngine();
    const { events, result } = await collect(engine, { stepInterval: Infinity });
    const told = events.map((event) =>
      event.type === "checkpoint" ? `checkpoint ${event.reason}` : event.type,
    );
    const epoch = ["step", "epoch", "checkpoint epoch"];
    expect(told).toEqual(["start", ...epoch, ...epoch, "step", "epoch", "checkpoint final", "done"]);
    expect(events[0]).toMatchObject({
      engine: "gpu",
      network: { input: 1, layers: [{ units: 2 }] },
      rows: { train: 23, validation: 5, test: 3 },
      stepsPerEpoch: 6,
      totalSteps: STEPS,
      step: 0,
    });
    expect(events.at(-1)).toEqual({ type: "done", ...result });
    expect(result).toMatchObject({ reason: "completed", steps: STEPS, epochs: 3, keptEpoch: null });
    expect(result?.test?.confusion).toEqual([
      [3, 0],
      [0, 0],
    ]);
    expect(result?.test?.loss).toBe((await engine.evaluate("test")).loss);
    const last = ofType(events, "epoch")[2];
    expect(result?.train).toEqual(last.train);
    expect(result?.validation).toEqual(last.validation);
    expect(result?.validation?.loss).toBe((await engine.evaluate("validation")).loss);
    expect(result?.stepsPerSecond).toBeCloseTo(STEPS / result!.seconds, 6);
    expect(result?.samplesPerSecond).toBeCloseTo((3 * 23) / result!.seconds, 6);
  });

  it("means an epoch's train scores over its rows, the short last batch by its 3", async () => {
    const world = new World();
    const engine = new FakeEngine({ training: { schedule: "cosine", warmup: 4 } }, world);
    const { events } = await collect(engine);
    for (const { epoch, step, train, learningRate } of epochs(events)) {
      const steps = world.taken.slice((epoch - 1) * 6, epoch * 6);
      expect(steps.map(({ rows }) => rows)).toEqual([4, 4, 4, 4, 4, 3]);
      let [loss, correct] = [0, 0];
      for (const record of steps) {
        loss += record.loss * record.rows;
        correct += record.correct;
      }
      expect(train).toEqual({ loss: loss / 23, accuracy: correct / 23 });
      expect(step).toBe(epoch * 6);
      expect(learningRate).toBe(learningRateAt(engine.training, step - 1, STEPS, 6));
    }
  });

  it("hands over a submit at a time, cut at the epoch's end, and reads back only then", async () => {
    const world = new World();
    await collect(new FakeEngine({ stepsPerSubmit: 4, validationRows: 0 }, world), {
      stepInterval: Infinity,
    });
    const epoch = ["run 4", "run 2", "records", "state"];
    expect(world.calls).toEqual(["state", ...epoch, ...epoch, ...epoch, "evaluate test"]);
  });

  it("splits an epoch's rows over its step events without loss or overlap", async () => {
    const { events } = await collect(new FakeEngine(), { stepInterval: 0 });
    const steps = ofType(events, "step");
    expect(steps.map(({ step }) => step)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18]);
    for (const { epoch, train } of epochs(events)) {
      const own = steps.filter((event) => event.epoch === epoch);
      expect(own.map(({ rows }) => rows)).toEqual([8, 8, 7]);
      expect(own.reduce((sum, { loss, rows }) => sum + loss * rows, 0) / 23).toBeCloseTo(train.loss, 12);
      expect(own.reduce((sum, { accuracy, rows }) => sum + accuracy * rows, 0) / 23).toBeCloseTo(
        train.accuracy,
        12,
      );
    }
    for (const { samplesPerSecond } of steps) expect(samplesPerSecond).toBeGreaterThan(0);
  });

  it("leaves out what the dataset does not have or was not asked for", async () => {
    const plain = await collect(new FakeEngine({ validationRows: 0 }), { evaluateTest: false });
    expect(epochs(plain.events).map(({ validation }) => validation)).toEqual([null, null, null]);
    expect(plain.result).toMatchObject({ validation: null, test: null });
    const untested = await collect(new FakeEngine({ testRows: 0 }));
    expect(untested.result?.test).toBeNull();
  });

  it("gives arrays that the receiver may keep, change or transfer", async () => {
    const options = { keepBest: "loss", checkpointInterval: 0 } as const;
    const untouched = new FakeEngine();
    const expected = await collect(untouched, options);
    const engine = new FakeEngine();
    const { events, result } = await collect(engine, options, (event) => {
      if (event.type !== "checkpoint") return;
      for (const values of Object.values(event.state.parameters)) values.fill(9);
      for (const values of Object.values(event.trainer.best?.parameters ?? {})) values.fill(9);
      event.trainer.history.length = 0;
    });
    expect(epochs(events)).toEqual(epochs(expected.events));
    expect(result?.validation).toEqual(expected.result?.validation);
    expect(await engine.parameters()).toEqual(await untouched.parameters());
    expect(ofType(events, "checkpoint").filter(({ reason }) => reason === "interval")).toHaveLength(6);
  });

  it("refuses what it cannot do", async () => {
    const cases: [TrainOptions, FakeOptions, string][] = [
      [{ maxSteps: 0 }, {}, "maxSteps"],
      [{ maxSteps: 1.5 }, {}, "maxSteps"],
      [{ earlyStopping: -1 }, {}, "earlyStopping"],
      [{ earlyStopping: 2 }, { validationRows: 0 }, "earlyStopping"],
      [{ keepBest: "loss" }, { validationRows: 0 }, "keepBest"],
      [{}, { rows: 0 }, "dataset"],
    ];
    for (const [options, fake, path] of cases) {
      const { error, events } = await collect(new FakeEngine(fake), options);
      expect(error).toBeInstanceOf(SpecError);
      expect((error as SpecError).path).toBe(path);
      expect(events).toEqual([]);
    }
  });

  it("goes on from where the engine stands, with its sums", async () => {
    const whole = await collect(new FakeEngine());
    const engine = new FakeEngine();
    await engine.step();
    const { events } = await collect(engine, { stepInterval: Infinity });
    expect(events[0]).toMatchObject({ type: "start", step: 1, epoch: 0 });
    expect(epochs(events)).toEqual(epochs(whole.events));
    expect(ofType(events, "step")[0].rows).toBe(19);
  });

  it("tells of the first steps at once, however many a submit would take", async () => {
    const world = new World();
    const engine = new FakeEngine({ rows: 400, stepsPerSubmit: 100, training: { epochs: 1 } }, world);
    const { events } = await collect(engine, { stepInterval: 1000 });
    expect(ofType(events, "step")[0]).toMatchObject({ step: 4, rows: 16 });
    expect(world.calls.filter((call) => call.startsWith("run"))[0]).toBe("run 4");
  });

  it("notices when somebody else takes steps", async () => {
    const engine = new FakeEngine();
    const { error } = await collect(engine, {}, async (event) => {
      if (event.type === "epoch") await engine.step();
    });
    expect(error).toMatchObject({ code: "training/out-of-step" });
  });

  it("lets the event loop turn even where the engine never waits", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    const engine = new FakeEngine({ training: { epochs: 1_000_000 }, rows: 4 });
    const { result } = await collect(engine, { signal: controller.signal });
    expect(result?.reason).toBe("aborted");
  });
});

describe("a run that is stopped and resumed", () => {
  const whole = async (fake: FakeOptions = {}) => {
    const engine = new FakeEngine(fake);
    const outcome = await collect(engine);
    return { parameters: await engine.parameters(), epochs: epochs(outcome.events), result: outcome.result };
  };

  it("by an abort after any submit ends in the same parameters and metrics", async () => {
    const expected = await whole();
    for (const stop of [0, 1, 2, 4, 6, 7, 10, 17]) {
      const controller = new AbortController();
      const first = new FakeEngine({ stepsPerSubmit: 1 });
      if (stop === 0) controller.abort();
      const stopped = await collect(first, { signal: controller.signal, stepInterval: 0 }, (event) => {
        if (event.type === "step" && event.step === stop) controller.abort();
      });
      expect(stopped.result).toMatchObject({ reason: "aborted", steps: stop, test: null });
      expect(stopped.events.slice(-2).map(({ type }) => type)).toEqual(["checkpoint", "done"]);
      const second = new FakeEngine();
      const resumed = await resume(second, throughFile(first, checkpointOf(stopped.events, "aborted")));
      expect(resumed.events[0]).toMatchObject({ type: "start", step: stop, epoch: Math.floor(stop / 6) });
      expect([...epochs(stopped.events), ...epochs(resumed.events)]).toEqual(expected.epochs);
      expect(await second.parameters()).toEqual(expected.parameters);
      expect(resumed.result).toMatchObject({ steps: STEPS, train: expected.result?.train });
      expect(resumed.result?.seconds).toBeGreaterThan(stopped.result!.seconds);
    }
  });

  it("by maxSteps at any step does, with the schedule left as it is", async () => {
    const training = { schedule: "cosine" } as const;
    const expected = await whole({ training });
    for (let stop = 1; stop <= STEPS; stop++) {
      const first = new FakeEngine({ training, stepsPerSubmit: 5 });
      const stopped = await collect(first, { maxSteps: stop });
      const reason: DoneReason = stop === STEPS ? "completed" : "max-steps";
      expect(stopped.result).toMatchObject({ reason, steps: stop });
      expect(stopped.result?.test).not.toBeNull();
      expect(stopped.result?.validation?.loss).toBe((await first.evaluate("validation")).loss);
      if (stop === STEPS) continue;
      const second = new FakeEngine({ training });
      const resumed = await resume(second, throughFile(first, checkpointOf(stopped.events, "max-steps")));
      expect([...epochs(stopped.events), ...epochs(resumed.events)]).toEqual(expected.epochs);
      expect(await second.parameters()).toEqual(expected.parameters);
    }
  });

  it("from any checkpoint on the way does, those between epochs and within", async () => {
    const expected = await whole();
    const first = new FakeEngine();
    const { events } = await collect(first, { checkpointInterval: 0 });
    const checkpoints = ofType(events, "checkpoint");
    expect(checkpoints.map(({ reason, state }) => `${reason} ${state.step}`)).toEqual([
      "interval 2",
      "interval 4",
      "epoch 6",
      "interval 8",
      "interval 10",
      "epoch 12",
      "interval 14",
      "interval 16",
      "final 18",
    ]);
    for (const checkpoint of checkpoints) {
      const second = new FakeEngine();
      const resumed = await resume(second, throughFile(first, checkpoint));
      expect(epochs(resumed.events)).toEqual(expected.epochs.slice(checkpoint.state.epoch));
      expect(await second.parameters()).toEqual(expected.parameters);
    }
  });

  it("goes on after its end when epochs are raised on a constant schedule", async () => {
    const expected = await whole({ training: { epochs: 5 } });
    const first = new FakeEngine();
    const finished = await collect(first);
    const second = new FakeEngine({ training: { epochs: 5 } });
    const resumed = await resume(second, throughFile(first, checkpointOf(finished.events, "final")));
    expect([...epochs(finished.events), ...epochs(resumed.events)]).toEqual(expected.epochs);
    expect(await second.parameters()).toEqual(expected.parameters);
  });

  it("is refused when the engine is not where the trainer state is", async () => {
    const { events } = await collect(new FakeEngine());
    const { trainer } = checkpointOf(events, "final");
    const { error } = await collect(new FakeEngine(), { resumeFrom: trainer });
    expect(error).toBeInstanceOf(SpecError);
    expect((error as SpecError).message).toMatch(/3 finished epochs.*state has 0/);
  });

  it("counts rates from where this call began", async () => {
    const engine = new FakeEngine();
    const { events } = await collect(engine, { maxSteps: 16 });
    const { state } = checkpointOf(events, "max-steps");
    const rest = new FakeEngine();
    await rest.setState(state);
    const { result } = await collect(rest);
    expect(result?.steps).toBe(STEPS);
    expect(result?.stepsPerSecond).toBeCloseTo(2 / result!.seconds, 6);
    expect(result?.samplesPerSecond).toBeCloseTo(7 / result!.seconds, 6);
  });
});

describe("what a watcher is told", () => {
  it("has every step's own figures, and every epoch's evaluation with its parameters", async () => {
    const world = new World();
    const records: StepRecord[] = [];
    const validations: [Evaluation, Parameters][] = [];
    const engine = new FakeEngine({}, world);
    const { events } = await collect(engine, {
      onRecords: (some) => records.push(...some),
      onValidation: (...both) => validations.push(both),
    });
    expect(records).toEqual(world.taken);
    expect(validations.map(([{ loss, accuracy }]) => ({ loss, accuracy }))).toEqual(
      ofType(events, "epoch").map(({ validation }) => validation),
    );
    expect(validations.at(-1)![1]).toEqual(await engine.parameters());
  });
});

describe("a run that ends within an epoch", () => {
  /** Stops it after its eighth step, of which an epoch has six. */
  async function stopped(options: TrainOptions) {
    const stop = new AbortController();
    const validations: [Evaluation, Parameters][] = [];
    const engine = new FakeEngine();
    const onValidation = (...both: [Evaluation, Parameters]): void => void validations.push(both);
    const { events, result } = await collect(
      engine,
      { signal: stop.signal, stepInterval: 0, onValidation, ...options },
      (event) => {
        if (event.type === "step" && event.step === 8) stop.abort();
      },
    );
    return { engine, events, result: result!, validations };
  }

  it("is evaluated with its last parameters, which its watcher is told", async () => {
    const { engine, events, result, validations } = await stopped({ maxSteps: 8 });
    expect(result.reason).toBe("max-steps");
    expect(ofType(events, "epoch")).toHaveLength(1);
    const [evaluation, parameters] = validations[1];
    expect(result.validation).toEqual({ loss: evaluation.loss, accuracy: evaluation.accuracy });
    expect(parameters).toEqual(await engine.parameters());
    expect(result.test).not.toBeNull();
  });

  it("is so when it is stopped, if that is asked for", async () => {
    const plain = await stopped({});
    expect(plain.result).toMatchObject({ reason: "aborted", steps: 8, validation: null, test: null });
    expect(plain.validations).toHaveLength(1);
    const asked = await stopped({ evaluateAborted: true });
    const { result } = await stopped({ maxSteps: 8 });
    expect(asked.result).toMatchObject({ reason: "aborted", steps: 8 });
    expect(asked.result.validation).toEqual(result.validation);
    expect(asked.result.test).toEqual(result.test);
  });

  it("has nothing to be evaluated before its first step", async () => {
    const { result } = await collect(new FakeEngine(), {
      signal: AbortSignal.abort(),
      evaluateAborted: true,
    });
    expect(result).toMatchObject({ reason: "aborted", steps: 0, validation: null, test: null });
  });
});

describe("pausing", () => {
  it("holds the run after the steps in flight until it is resumed", async () => {
    const expected = await collect(new FakeEngine());
    const gate = new PauseGate();
    const world = new World();
    let held = 0;
    const { events, result } = await collect(
      new FakeEngine({}, world),
      { pause: gate, stepInterval: 0 },
      (event) => {
        if (event.type !== "step" || event.step !== 8) return;
        gate.pause();
        setTimeout(() => {
          held = world.taken.length;
          gate.resume();
        }, 40);
      },
    );
    expect(held).toBe(8);
    expect(result?.seconds).toBeLessThan(0.04);
    expect(epochs(events)).toEqual(epochs(expected.events));
  });

  it("lets single steps through, one at a time, also before the first", async () => {
    const expected = await collect(new FakeEngine());
    const gate = new PauseGate();
    const world = new World();
    const held: number[] = [];
    gate.step();
    const { events } = await collect(
      new FakeEngine({}, world),
      { pause: gate, stepInterval: 0 },
      ({ type }) => {
        if (type !== "step" || held.length === 8) return;
        setTimeout(() => {
          held.push(world.taken.length);
          if (held.length < 8) gate.step();
          else gate.resume();
        }, 5);
      },
    );
    // The sixth step ends an epoch, which is no reason to go on.
    expect(held).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(epochs(events)).toEqual(epochs(expected.events));
  });

  it("is said to stand still when every step until then has been told", async () => {
    const gate = new PauseGate();
    const world = new World();
    let told = 0;
    const stands: [told: number, taken: number][] = [];
    const note = (): unknown => stands.push([told, world.taken.length]);
    await gate.still();
    await collect(new FakeEngine({}, world), { pause: gate, stepInterval: 0 }, (event) => {
      if (event.type !== "step") return;
      told = event.step;
      if (told !== 8) return;
      gate.pause();
      void gate
        .still()
        .then(note)
        .then(() => gate.still())
        .then(note)
        .then(() => gate.step())
        .then(() => gate.still())
        .then(note)
        .then(() => gate.resume());
    });
    expect(stands).toHaveLength(3);
    const [first, again, stepped] = stands;
    expect(first[0]).toBe(first[1]);
    expect(again).toEqual(first);
    expect(stepped).toEqual([first[0] + 1, first[1] + 1]);
  });

  it("leaves nobody waiting for a standstill that is not to be", async () => {
    const gate = new PauseGate();
    gate.pause();
    const still = gate.still();
    gate.resume();
    await still;
  });

  it("ends at once when the paused run is aborted", async () => {
    const gate = new PauseGate();
    gate.pause();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 10);
    const { result } = await collect(new FakeEngine(), { pause: gate, signal: controller.signal });
    expect(result).toMatchObject({ reason: "aborted", steps: 0 });
  });

  it("keeps waiting when paused again before the run noticed", async () => {
    const gate = new PauseGate();
    await gate.wait();
    gate.pause();
    gate.pause();
    const waited = gate.wait().then(() => gate.paused);
    gate.resume();
    gate.resume();
    gate.pause();
    expect(await waited).toBe(true);
    gate.resume();
    expect(gate.paused).toBe(false);
  });
});
