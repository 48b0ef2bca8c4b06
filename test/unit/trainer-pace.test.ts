import { describe, expect, it } from "vitest";
import { Pace } from "../../src/train/pace.ts";

describe("Pace", () => {
  it("begins with a few steps, then takes what fits the interval", () => {
    const pace = new Pace(250);
    expect([pace.unknown, pace.steps(100), pace.steps(2)]).toEqual([true, 4, 2]);
    pace.measure(4, 0.1);
    expect([pace.unknown, pace.steps(100)]).toEqual([false, 10]);
    pace.measure(10, 0.05);
    expect([pace.steps(100), pace.steps(30)]).toEqual([50, 30]);
    pace.measure(1, 10);
    expect(pace.steps(100)).toBe(1);
  });

  it("learns nothing from no steps, no time, or steps taken back", () => {
    const pace = new Pace(250);
    pace.measure(0, 1);
    pace.measure(5, 0);
    pace.measure(-3, 1);
    expect(pace.unknown).toBe(true);
  });

  it.each([0, Infinity])("leaves submits whole where events come every %d ms", (interval) => {
    const pace = new Pace(interval);
    expect([pace.unknown, pace.steps(100)]).toEqual([false, 100]);
    pace.measure(1, 10);
    expect(pace.steps(100)).toBe(100);
  });
});
