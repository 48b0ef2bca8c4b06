/** Numbers as the page writes them. */
import { describe, expect, it } from "vitest";
import {
  decimal,
  duration,
  figure,
  percent,
  power,
  sentence,
  significant,
  withMinus,
} from "../../src/app/format.ts";
import { describe as describeOption, runOptions, type RunOptionName } from "../../src/core/run-options.ts";

describe("a number for people", () => {
  it("has a minus sign, not a hyphen", () => {
    expect(decimal(-0.12345)).toBe("−0.1235");
    expect(decimal(-Infinity)).toBe("−Infinity");
    expect([9999.5, 20_865_954.4356].map((loss) => decimal(loss))).toEqual(["9999.5000", "2.09e+7"]);
    expect(figure(-1.5)).toBe("−1.5000");
    expect(figure(-Infinity)).toBe("−inf");
    expect([-3.4e-7, 0].map(power)).toEqual(["−3.4e−7", "0"]);
  });

  it("has three significant digits where it neither vanishes nor sprawls", () => {
    expect([0, 0.0012345, -12.345, 9999].map((value) => significant(value))).toEqual([
      "0",
      "0.00123",
      "−12.3",
      "10000",
    ]);
    expect(significant(0.1234, 4)).toBe("0.1234");
    expect([0.00012345, -12_345].map((value) => significant(value))).toEqual(["1.2e−4", "−1.2e+4"]);
  });

  it("stays on one line with its unit", () => {
    const spaced = (text: string): string => text.replaceAll("\u00a0", "_");
    expect(spaced(percent(0.84109))).toBe("84.11_%");
    expect([0.85, 12.34, 245, 3723, Infinity].map((seconds) => spaced(duration(seconds)))).toEqual([
      "850_ms",
      "12.3_s",
      "4_min_05_s",
      "1_h_02_min",
      "unknown",
    ]);
  });

  it("has it in a sum, too, where no hyphen of a word is one", () => {
    expect(withMinus("0.5 - 0.1 * (-2.0000) + 1.0e-3")).toBe("0.5 − 0.1 * (−2.0000) + 1.0e−3");
    expect(withMinus("-0.3 / 0.2")).toBe("−0.3 / 0.2");
    expect(withMinus("t10k-images, 4-3, re-3d, a - b")).toBe("t10k-images, 4-3, re-3d, a − b");
  });
});

describe("the tips of the options", () => {
  it("begin at a beginning", () => {
    for (const name of Object.keys(runOptions) as RunOptionName[]) {
      expect(sentence(describeOption(name))).toMatch(/^(?!Of |In |For |To |E )[A-Z].*\.$/);
    }
  });
});
