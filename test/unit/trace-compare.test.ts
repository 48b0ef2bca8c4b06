/** How far a traced element is from its reference, in bounds. */
import { describe, expect, test } from "vitest";
import { ratioOf } from "../../src/lens/trace/compare.ts";

describe("error over bound", () => {
  test.each([
    ["half a bound", 1.5, 1, 1, 0.5],
    ["nothing", 2, 2, 0, 0],
    ["beyond a bound of 0", 2, 1, 0, Number.MAX_VALUE],
    ["NaN instead of a number", NaN, 1, 1, Number.MAX_VALUE],
    ["infinity instead of a number", Infinity, 1, 1, Number.MAX_VALUE],
    ["NaN where nothing bounds", NaN, 1, Infinity, Number.MAX_VALUE],
    ["a number where nothing bounds", 9, 1, Infinity, 0],
    ["a number where the bound is 0 times infinity", 9, 1, NaN, 0],
  ])("of %s", (_, value, reference, bound, ratio) => {
    expect(ratioOf(value, reference, bound)).toBe(ratio);
  });
});
