/** The page's curves follow from the steps alone, and several runs share one axis. */
import { describe, expect, it } from "vitest";
import { logLimits, logTicks } from "../../src/app/state/curve-axis.ts";
import { CurveBins, thinned } from "../../src/app/state/curve-bins.ts";
import { readings } from "../../src/app/state/curve-reading.ts";
import { curveSeries, smooth } from "../../src/app/state/curve-series.ts";
import { zoomedByKey } from "../../src/app/state/curve-zoom.ts";
import type { CurveData } from "../../src/app/state/curves.ts";
import { EpochMean } from "../../src/app/state/epoch-mean.ts";

describe("the means of a run's steps", () => {
  it("are the steps themselves while there is room", () => {
    const bins = new CurveBins(8);
    [4, 2, 1].forEach((loss, step) => bins.add(step, loss, step, 4));
    expect(bins.points()).toEqual({ steps: [1, 2, 3], loss: [4, 2, 1], accuracy: [0, 0.25, 0.5] });
  });

  it("are over two, four, eight steps as the run grows, weighted by their rows", () => {
    const bins = new CurveBins(4);
    for (let step = 0; step < 10; step++) bins.add(step, step, 1, step === 9 ? 1 : 3);
    // Widths went 1, 2, 4: steps 0 to 3, 4 to 7, and 8 and 9 of 3 rows and 1.
    expect(bins.points()).toEqual({
      steps: [4, 8, 10],
      loss: [1.5, 5.5, (8 * 3 + 9) / 4],
      accuracy: [1 / 3, 1 / 3, 1 / 2],
    });
    expect(bins.next).toBe(10);
  });

  it("count no step twice, and leave out what a resumed run did before", () => {
    const bins = new CurveBins(4);
    bins.add(6, 1, 1, 2);
    bins.add(7, 3, 1, 2);
    bins.add(6, 9, 0, 2);
    bins.add(7, 9, 0, 2);
    expect(bins.points()).toEqual({ steps: [8], loss: [2], accuracy: [0.5] });
  });
});

describe("a run that is gone on with", () => {
  it("has the curve that it would have had without a break", () => {
    const record = (bins: CurveBins, from: number, to: number) => {
      for (let step = from; step < to; step++) bins.add(step, step, step % 3, 4);
    };
    for (const broken of [3, 4, 6, 9, 13]) {
      const [whole, first, second] = [new CurveBins(4), new CurveBins(4), new CurveBins(4)];
      record(whole, 0, 23);
      record(first, 0, broken);
      second.restore(first.points(), broken, 4);
      expect(second.points()).toEqual(first.points());
      record(second, broken, 23);
      expect(second.next).toBe(23);
      const [expected, found] = [whole.points(), second.points()];
      expect(found.steps).toEqual(expected.steps);
      found.loss.forEach((loss, i) => expect(loss).toBeCloseTo(expected.loss[i], 12));
      found.accuracy.forEach((accuracy, i) => expect(accuracy).toBeCloseTo(expected.accuracy[i], 12));
    }
  });
});

describe("points that are too many", () => {
  const points = (steps: number[]) => ({ steps, loss: steps.map((step) => 1 / step), accuracy: steps });

  it("give way evenly, and never the last", () => {
    expect(thinned(points([1, 2, 3]), 3)).toEqual(points([1, 2, 3]));
    expect(thinned(points([1, 2, 3, 4, 5, 6, 7]), 3)).toEqual(points([1, 4, 7]));
    expect(thinned(points([1, 2, 3, 4]), 3)).toEqual(points([2, 4]));
    expect(thinned(points([]), 3)).toEqual(points([]));
  });
});

const run = (steps: number[], loss: number[], epochs: number[] = []): CurveData => ({
  train: { steps, loss, accuracy: loss.map((value) => 1 - value / 10) },
  validation: { steps: epochs, loss: epochs.map((step) => step / 100), accuracy: epochs.map(() => 0.5) },
});

describe("curves over one axis", () => {
  const plain = { smoothing: 0, log: false };

  it("have a column for training and one for validation of each run", () => {
    const all = curveSeries("loss", [run([1, 3], [5, 4], [3]), run([2, 3, 4], [0, 2, 1])], plain);
    expect(all).toEqual([
      [1, 2, 3, 4],
      [5, null, 4, null],
      [null, null, 0.03, null],
      [null, 0, 2, 1],
      [null, null, null, null],
    ]);
    expect(curveSeries("accuracy", [run([1], [5])], plain)[1]).toEqual([0.5]);
  });

  it("leave out what has no logarithm", () => {
    const [, train] = curveSeries("loss", [run([1, 2, 3], [2, 0, 1])], { ...plain, log: true });
    expect(train).toEqual([2, null, 1]);
  });

  it("are smoothed without a bias towards 0 at the start", () => {
    expect(smooth([3, 3, 3], 0.9).map((value) => value.toFixed(12))).toEqual(Array(3).fill("3.000000000000"));
    expect(smooth([0, 4], 0.5)[1]).toBeCloseTo((0.5 * 4) / (0.25 + 0.5), 12);
    const [, train, validation] = curveSeries("loss", [run([1, 2], [0, 4], [1, 2])], {
      smoothing: 0.5,
      log: false,
    });
    expect(train[1]).toBeCloseTo(8 / 3, 12);
    expect(validation).toEqual([0.01, 0.02]);
  });
});

describe("the figures beside a curve", () => {
  const plain = { smoothing: 0, log: false };
  const short = run([10, 20], [5, 4], [20]);
  const long = run([20, 30, 40], [3, 2, 1], [30]);
  const both = curveSeries("loss", [short, long], plain);
  const none = { train: null, validation: null };

  it("are each run's own last ones while nothing is pointed at", () => {
    expect(readings(both, null, null)).toEqual([
      { step: 20, train: 4, validation: 0.2 },
      { step: 40, train: 1, validation: 0.3 },
    ]);
    expect(readings(both, null, [5, 35])).toEqual([
      { step: 20, train: 4, validation: 0.2 },
      { step: 30, train: 2, validation: 0.3 },
    ]);
  });

  it("are of every run's newest point at the pointer, and of nothing beyond its end or before its start", () => {
    const at = (place: number) => readings(both, place, null);
    expect(at(0)).toEqual([
      { step: 10, train: 5, validation: null },
      { step: 10, ...none },
    ]);
    expect(at(1)).toEqual([
      { step: 20, train: 4, validation: 0.2 },
      { step: 20, train: 3, validation: null },
    ]);
    expect(at(2)).toEqual([
      { step: 30, ...none },
      { step: 30, train: 2, validation: 0.3 },
    ]);
    const gaps = curveSeries("loss", [run([10, 30], [5, 4]), run([20], [3])], plain);
    expect(readings(gaps, 1, null)[0]).toEqual({ step: 20, train: 5, validation: null });
  });

  it("are never of what is out of view", () => {
    const unseen = { step: null, ...none };
    expect(readings(both, 3, [5, 35])[1].step).toBe(30);
    expect(readings(both, 9, null)[1].step).toBe(40);
    expect(readings(both, null, [35, 45])).toEqual([unseen, { step: 40, train: 1, validation: 0.3 }]);
    expect(readings(both, null, [21, 29])).toEqual([unseen, unseen]);
    expect(readings(curveSeries("loss", [run([], [])], plain), null, null)).toEqual([unseen]);
  });
});

describe("a logarithmic axis", () => {
  it("reaches a little beyond its values", () => {
    const [from, to] = logLimits(0.6, 1.3);
    expect([from, to].map((value) => value.toFixed(3))).toEqual(["0.577", "1.351"]);
    expect(logLimits(0.5, 0.5)).toEqual([0.5 / 1.02, 0.5 * 1.02]);
  });

  it.each([
    [0.577, 1.351, [0.6, 0.8, 1]],
    [0.54, 2.5, [0.6, 0.8, 1, 1.5, 2]],
    [0.045, 2.5, [0.05, 0.1, 0.2, 0.5, 1, 2]],
    [0.15, 22, [0.3, 1, 3, 10]],
    [0.00009, 2.5, [0.0001, 0.001, 0.01, 0.1, 1]],
    [8e-13, 2.5, [1e-12, 1e-9, 1e-6, 1e-3, 1]],
    [2.8, 9.3, [3, 4, 6, 8]],
    [0.83, 1.42, [0.9, 1, 1.1, 1.2, 1.3, 1.4]],
    [0.1231, 0.1242, [0.1232, 0.1234, 0.1236, 0.1238, 0.124, 0.1242]],
    [14_000, 31_000, [15_000, 20_000, 30_000]],
  ])("from %d to %d has few round ticks", (from, to, ticks) => {
    expect(logTicks(from, to)).toEqual(ticks);
  });
});

describe("keys in a curve", () => {
  it.each<[string, [number, number] | null, [number, number] | null]>([
    ["+", null, [200, 600]],
    ["=", [0, 100], [25, 75]],
    ["-", [300, 400], [250, 450]],
    ["-", [0, 100], [0, 200]],
    ["_", [100, 600], null],
    ["0", [100, 200], null],
    ["ArrowRight", [100, 200], [125, 225]],
    ["ArrowRight", [690, 790], [700, 800]],
    ["ArrowLeft", [10, 110], [0, 100]],
    ["Home", [300, 400], [0, 100]],
    ["End", [300, 400], [700, 800]],
  ])("%s leads from %j to %j", (key, range, next) => {
    expect(zoomedByKey(key, range, 800)).toEqual(next);
  });

  it("show two steps at least, and leave others alone", () => {
    expect(zoomedByKey("+", [4, 7], 800)).toEqual([4.5, 6.5]);
    expect(zoomedByKey("+", [4, 6], 800)).toEqual([4, 6]);
    expect(zoomedByKey("+", null, 1)).toBeNull();
    expect(zoomedByKey("ArrowLeft", null, 800)).toBeUndefined();
    expect(zoomedByKey("a", [0, 100], 800)).toBeUndefined();
  });
});

describe("the mean over an epoch", () => {
  const steps = (first: number, losses: number[], rows: number[]) =>
    ({
      type: "steps",
      first,
      losses: Float64Array.from(losses),
      correct: Uint32Array.from(rows.map((count) => count - 1)),
      rows: Uint32Array.from(rows),
    }) as const;

  it("is weighted by rows, begins anew with each epoch, and counts no step twice", () => {
    const mean = new EpochMean(2);
    expect(mean.means()).toBeNull();
    mean.add(steps(0, [4], [3]));
    expect(mean.means()).toEqual({ loss: 4, accuracy: 2 / 3 });
    mean.add(steps(0, [9, 1], [3, 1]));
    expect(mean.means()).toEqual({ loss: 13 / 4, accuracy: 2 / 4 });
    mean.add(steps(2, [2], [4]));
    expect(mean.means()).toEqual({ loss: 2, accuracy: 3 / 4 });
  });
});
