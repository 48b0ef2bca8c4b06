/** Learning rates and Adam's corrections against their formulas, step by step. */
import { describe, expect, it } from "vitest";
import { learningRateAt, stepNumbers } from "../../src/core/schedule.ts";
import { resolveTraining, type TrainingSpec } from "../../src/core/spec.ts";

const TOTAL = 100;
const PER_EPOCH = 10;

function rates(spec: TrainingSpec, steps: number[]): number[] {
  const training = resolveTraining({ learningRate: 0.8, ...spec });
  return steps.map((step) => learningRateAt(training, step, TOTAL, PER_EPOCH));
}

function expectClose(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 14));
}

describe("learningRateAt", () => {
  it("constant", () => {
    expectClose(rates({}, [0, 50, 99, 500]), [0.8, 0.8, 0.8, 0.8]);
  });

  it("cosine falls from the peak to 0 at the end of the run and stays there", () => {
    expectClose(rates({ schedule: "cosine" }, [0, 25, 50, 75, 100, 150]), [
      0.8,
      0.4 * (1 + Math.SQRT1_2),
      0.4,
      0.4 * (1 - Math.SQRT1_2),
      0,
      0,
    ]);
  });

  it("step falls tenfold every third of the run unless told otherwise", () => {
    expectClose(rates({ schedule: "step" }, [0, 33, 34, 67, 68]), [0.8, 0.8, 0.08, 0.08, 0.008]);
    expectClose(rates({ schedule: "step", decayEvery: 5, decayFactor: 0.5 }, [4, 5, 10]), [0.8, 0.4, 0.2]);
  });

  it("exponential falls by 0.9 an epoch, smoothly", () => {
    expectClose(rates({ schedule: "exponential" }, [0, 5, 10, 20]), [0.8, 0.8 * 0.9 ** 0.5, 0.72, 0.648]);
    expectClose(rates({ schedule: "exponential", decayEvery: 2, decayFactor: 0.5 }, [2, 4]), [0.4, 0.2]);
  });

  it("warm-up rises linearly to the peak, and the schedule counts from its end", () => {
    expectClose(rates({ warmup: 4 }, [0, 1, 2, 3, 4]), [0.2, 0.4, 0.6, 0.8, 0.8]);
    expectClose(rates({ warmup: 20, schedule: "cosine" }, [19, 20, 60, 100]), [0.8, 0.8, 0.4, 0]);
  });

  it("survives a warm-up as long as the run", () => {
    expectClose(rates({ warmup: 100, schedule: "cosine" }, [99, 100, 101]), [0.8, 0.8, 0]);
  });
});

describe("stepNumbers", () => {
  it("corrects Adam's moments with t = step + 1", () => {
    const training = resolveTraining({ optimizer: "adamw", learningRate: 0.01, weightDecay: 0.5 });
    const first = stepNumbers(training, 0, TOTAL, PER_EPOCH);
    expect(first.stepSize).toBeCloseTo(0.1, 14);
    expect(first.secondMomentScale).toBeCloseTo(Math.sqrt(0.001), 14);
    expect(first.decay).toBe(1 - 0.01 * 0.5);
    const third = stepNumbers(training, 2, TOTAL, PER_EPOCH);
    expect(third.stepSize).toBeCloseTo(0.01 / (1 - 0.9 ** 3), 14);
    expect(third.secondMomentScale).toBeCloseTo(Math.sqrt(1 - 0.999 ** 3), 14);
  });

  it("decays by the step's own learning rate", () => {
    const training = resolveTraining({ optimizer: "adamw", learningRate: 0.1, weightDecay: 0.5, warmup: 10 });
    expect(stepNumbers(training, 0, TOTAL, PER_EPOCH).decay).toBeCloseTo(1 - 0.01 * 0.5, 15);
  });
});
