/** How contenders are measured, on a clock that stands still between their steps. */
import { describe, expect, it } from "vitest";
import type { Contender } from "../../src/bench/contender.ts";
import { engineContender } from "../../src/bench/engine-contender.ts";
import { openInput } from "../../src/bench/inputs.ts";
import { measureWorkload, type Outcome, type Progress } from "../../src/bench/protocol.ts";
import type { InputKind, Protocol } from "../../src/bench/result.ts";
import { createWorkload, type Workload } from "../../src/bench/workload.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import {
  FAKE_PROTOCOL,
  FakeClock,
  fakeContender,
  fakeWorkload,
  type FakeContender,
} from "../support/fake-contender.ts";

async function measure(
  contenders: FakeContender[],
  clock: FakeClock,
  protocol: Partial<Protocol> = {},
  onProgress?: (event: Progress, stop: AbortController) => void,
): Promise<Outcome> {
  const stop = new AbortController();
  const rules = { ...FAKE_PROTOCOL, ...protocol };
  const measuring = measureWorkload(fakeWorkload(), contenders, rules, clock, stop.signal);
  for (;;) {
    const next = await measuring.next();
    if (next.done) return next.value;
    onProgress?.(next.value, stop);
  }
}

const runs = ({ log }: FakeContender): number[] =>
  log.filter((entry) => entry.startsWith("run ")).map((entry) => Number(entry.slice(4)));

describe("measureWorkload", () => {
  it("gives the time of a step, and the first step's apart with all that comes before it", async () => {
    const clock = new FakeClock();
    const ours = fakeContender("backlit", clock, {
      ms: (step) => (step === 0 ? 50 : 4),
      openMs: 900,
      readMs: 8,
    });
    const { rows, skipped } = await measure([ours], clock);
    expect(skipped).toEqual([]);
    expect(rows).toHaveLength(1);
    const [row] = rows;
    expect(row.firstStepMs).toBe(958);
    // The read that closes a round counts.
    expect(row.rounds).toHaveLength(5);
    const steps = runs(ours).at(-1)!;
    expect(row.msPerStep).toBeCloseTo(4 + 8 / steps, 9);
    expect(steps * row.msPerStep).toBeGreaterThanOrEqual(400);
    expect(row.stepsPerSecond).toBeCloseTo(1000 / row.msPerStep, 9);
    expect(row.spread).toBeLessThan(0.001);
    // X.W and Xt.dZ of 4 x 5, and all three products of 5 x 3, 8 rows, two operations each.
    expect(row.gflops).toBeCloseTo((2 * 8 * (2 * 20 + 3 * 15)) / row.msPerStep / 1e6, 12);
    expect(row.notes).toEqual(["a note of backlit"]);
    expect(ours.disposed).toBe(1);
  });

  it("compares losses before anything is timed, and makes data resident between the two", async () => {
    const clock = new FakeClock();
    const ours = fakeContender("backlit", clock);
    await measure([ours], clock, { lossSteps: 10 });
    expect(ours.log.slice(0, 5)).toEqual(["open", "first", "losses 1", "losses 9", "prepare"]);
    expect(ours.log.slice(5).filter((entry) => entry.startsWith("losses"))).toEqual([]);
  });

  it("interleaves contenders, whoever begins a round coming last in the next one", async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    const contenders = [
      fakeContender("backlit", clock),
      fakeContender("tfjs", clock, { ms: () => 30 }),
      fakeContender("jax", clock, { ms: () => 7 }),
    ];
    const { rows } = await measure(contenders, clock, {}, ({ phase, contender }) => {
      if (phase === "round") order.push(contender.split(" ")[0]);
    });
    expect(order.slice(0, 9).join(" ")).toBe("backlit tfjs jax tfjs jax backlit jax backlit tfjs");
    for (const { steps, msPerStep, rounds } of rows) {
      expect(rounds.length).toBeGreaterThanOrEqual(5);
      expect(steps * msPerStep).toBeGreaterThanOrEqual(2000);
    }
  });

  it("gives a slow contender single steps, and everyone the rounds and the seconds that were promised", async () => {
    const clock = new FakeClock();
    const slow = fakeContender("tfjs", clock, { ms: () => 1500 });
    const fast = fakeContender("backlit", clock, { ms: () => 0.5 });
    const { rows } = await measure([fast, slow], clock);
    expect(new Set(runs(slow))).toEqual(new Set([1]));
    expect(rows.map(({ rounds }) => rounds.length)).toEqual([5, 5]);
    expect(rows[0].steps).toBeGreaterThanOrEqual(4400);
  });

  it("adds rounds for a contender that became faster than it was in its warm-up", async () => {
    const clock = new FakeClock();
    const changing = fakeContender("backlit", clock, { ms: (step) => (step < 40 ? 10 : 1) });
    const { rows } = await measure([changing], clock);
    expect(rows[0].rounds).toHaveLength(6);
    expect(rows[0].msPerStep).toBe(1);
  });

  it("reports a contender whose losses differ, and ranks it nowhere", async () => {
    const clock = new FakeClock();
    const ours = fakeContender("backlit", clock);
    const wrong = fakeContender("tfjs", clock, {
      loss: (step) => (2 / (1 + step)) * (step === 7 ? 1.02 : 1),
    });
    const right = fakeContender("jax", clock, { loss: (step) => (2 / (1 + step)) * 1.0099 });
    const { rows, ratios } = await measure([ours, wrong, right], clock);
    expect(rows.map(({ contender, lossAgrees }) => [contender, lossAgrees])).toEqual([
      ["backlit", true],
      ["tfjs", false],
      ["jax", true],
    ]);
    expect(rows[1].lossWorst).toBeCloseTo(0.02, 6);
    expect(ratios.map(({ against }) => against)).toEqual(["jax"]);
  });

  it("takes the plain loop's losses as reference, so that ours can be wrong, too", async () => {
    const clock = new FakeClock();
    const ours = fakeContender("backlit", clock, { loss: () => 3 });
    const cpu = fakeContender("backlit", clock, { backend: "cpu" });
    const peer = fakeContender("jax", clock);
    const { rows, ratios, reference } = await measure([ours, cpu, peer], clock);
    expect(reference).toMatchObject({ contender: "backlit", backend: "cpu" });
    expect(rows.map(({ lossAgrees }) => lossAgrees)).toEqual([false, true, true]);
    expect(ratios).toEqual([]);
  });

  it.each(["open", "first", "losses", "prepare", "run"] as const)(
    "goes on without a contender that fails in %s, and says why",
    async (failIn) => {
      const clock = new FakeClock();
      const broken = fakeContender("tfjs", clock, { failIn });
      const ours = fakeContender("backlit", clock);
      const { rows, skipped } = await measure([broken, ours], clock);
      expect(rows.map(({ contender }) => contender)).toEqual(["backlit"]);
      expect(skipped).toMatchObject([{ contender: "tfjs", reason: `${failIn} failed`, network: "4-5-3" }]);
      expect(broken.disposed).toBe(failIn === "open" ? 0 : 1);
      expect(ours.disposed).toBe(1);
    },
  );

  it("skips a contender that would take longer than the patience", async () => {
    const clock = new FakeClock();
    const slow = fakeContender("tfjs", clock, { ms: () => 5000 });
    const { rows, skipped } = await measure([slow, fakeContender("backlit", clock)], clock, { patience: 60 });
    expect(rows).toHaveLength(1);
    expect(skipped[0].reason).toBe(
      "a step takes 5.0 s, and all that is needed 75 s, more than the patience of 60 s",
    );
    expect(slow.log).toEqual(["open", "first", "losses 1"]);
    expect(slow.disposed).toBe(1);
  });

  it("does not rank what ended in parameters that are not finite", async () => {
    const clock = new FakeClock();
    const broken = fakeContender("jax", clock, { checksum: Number.NaN });
    const { rows, skipped } = await measure([fakeContender("backlit", clock), broken], clock);
    expect(rows.map(({ contender }) => contender)).toEqual(["backlit"]);
    expect(skipped[0]).toMatchObject({ contender: "jax", reason: expect.stringContaining("diverged") });
  });

  it("ends with what it has when it is stopped between rounds", async () => {
    const clock = new FakeClock();
    const contenders = [fakeContender("backlit", clock), fakeContender("jax", clock)];
    const { rows } = await measure(contenders, clock, {}, ({ phase, done }, stop) => {
      if (phase === "round" && done === 2) stop.abort();
    });
    expect(rows.map(({ rounds }) => rounds.length)).toEqual([3, 2]);
    expect(contenders.map(({ disposed }) => disposed)).toEqual([1, 1]);
  });
});

/** The plain loop under another name, so that there is somebody to compare it with. */
function cpuContender(change: (workload: Workload) => Workload = (workload) => workload): Contender {
  const own = engineContender("cpu", async (_, options) => ({ engine: await createCpuEngine(options) }));
  return { contender: "jax", backend: "wasm", open: (workload) => own.open(change(workload)) };
}

describe("the comparison of losses, on real engines", () => {
  const protocol = { ...FAKE_PROTOCOL, lossSteps: 20, rounds: 1, seconds: 0.001 };
  const clock = { now: () => performance.now() };
  const verdict = async (
    input: InputKind,
    optimizer: "sgd" | "adam",
    change?: (workload: Workload) => Workload,
  ): Promise<boolean> => {
    const { dataset } = openInput(input, 256, 1, undefined);
    const workload = createWorkload({ hidden: [24], batch: 16, optimizer, input }, dataset, 1);
    const reference = engineContender("cpu", async (_, options) => ({
      engine: await createCpuEngine(options),
    }));
    const measuring = measureWorkload(workload, [reference, cpuContender(change)], protocol, clock);
    for (;;) {
      const next = await measuring.next();
      if (next.done) return next.value.rows[1].lossAgrees;
    }
  };
  const each = [
    ["mnist", "sgd"],
    ["mnist", "adam"],
    ["dense", "sgd"],
    ["dense", "adam"],
  ] as const;

  it.each(each)("accepts the same training on %s with %s", async (input, optimizer) => {
    expect(await verdict(input, optimizer)).toBe(true);
  });

  it.each(each)("notices another learning rate on %s with %s", async (input, optimizer) => {
    const wrong = await verdict(input, optimizer, (workload) => {
      const { training } = workload;
      return { ...workload, training: { ...training, learningRate: 1.5 * training.learningRate } };
    });
    expect(wrong).toBe(false);
  });

  it.each(each)("notices other rows on %s with %s", async (input, optimizer) => {
    const wrong = await verdict(input, optimizer, (workload) => {
      const { dataset } = workload;
      const labels = dataset.train.labels.map((label) => (label + 1) % 10);
      return { ...workload, dataset: { ...dataset, train: { ...dataset.train, labels } } };
    });
    expect(wrong).toBe(false);
  });
});
