/** Whether a network reads better than one that always gives the same answer. */
import { describe, expect, it } from "vitest";
import { guessingCauses, guessingShare } from "../../src/core/guessing.ts";
import { reportFromConfusion } from "../../src/core/report.ts";

/** Of two classes, of which the first is `share` of the rows. */
function report(rows: number, share: number, accuracy: number) {
  const [a, b] = [Math.round(rows * share), Math.round(rows * (1 - share))];
  const wrong = Math.round(rows * (1 - accuracy));
  const wrongB = Math.min(b, wrong);
  return reportFromConfusion(
    [
      [a - (wrong - wrongB), wrong - wrongB],
      [wrongB, b - wrongB],
    ],
    ["a", "b"],
  );
}

describe("an accuracy", () => {
  it("is no better than guessing up to three standard deviations above the most frequent class’s share", () => {
    // The standard deviation of 10,000 rows at 0.8 is 0.004.
    expect(guessingShare(report(10_000, 0.8, 0.8))).toBe(0.8);
    expect(guessingShare(report(10_000, 0.8, 0.812))).toBe(0.8);
    expect(guessingShare(report(10_000, 0.8, 0.8121))).toBeUndefined();
    expect(guessingShare(report(10_000, 0.8, 0.1))).toBe(0.8);
  });

  it("of ten classes at a tenth is guessing, at a fifth it is not", () => {
    const classes = Array.from({ length: 10 }, (_, i) => String(i));
    const withHits = (hits: number) =>
      reportFromConfusion(
        classes.map((_, truth) =>
          classes.map((_, guess) => (guess === truth ? hits : guess === (truth + 1) % 10 ? 100 - hits : 0)),
        ),
        classes,
      );
    expect(guessingShare(withHits(10))).toBe(0.1);
    expect(guessingShare(withHits(20))).toBeUndefined();
  });

  it("of a few rows, or of one class, says nothing", () => {
    expect(guessingShare(report(4, 0.5, 0.5))).toBeUndefined();
    expect(guessingShare(report(100, 1, 1))).toBeUndefined();
  });
});

describe("the likely cause of guessing", () => {
  it("is the learning rate where the loss has grown, or is no number", () => {
    for (const loss of [20_865_954, Number.NaN, Infinity]) {
      expect(guessingCauses(10, { loss, steps: 5000 })).toMatch(/learning rate is probably too high/);
    }
  });

  it("is the number of steps where there were few", () => {
    expect(guessingCauses(10, { loss: 2.3, steps: 10 })).toMatch(/so few steps/);
    expect(guessingCauses(10, { loss: null, steps: 0 })).toMatch(/so few steps/);
  });

  it("may be either where there were many", () => {
    expect(guessingCauses(10, { loss: 2.3, steps: 5000 })).toMatch(/too high, or so low/);
  });
});
