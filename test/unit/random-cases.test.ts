/** How random cases are drawn: by seed and number alone, in fair shares. */
import { describe, expect, it } from "vitest";
import { OPTIMIZERS } from "../../src/core/spec.ts";
import { HARDWARE_TUNING, SOFTWARE_TUNING, SUBGROUP_TUNING } from "../../src/gpu/tuning.ts";
import { dealt } from "../../src/lens/conformance/draw.ts";
import { fuzzSuite } from "../../src/lens/conformance/fuzz.ts";

const deal = (from: number, to: number, seed = 3, stream = 0) =>
  Array.from({ length: to - from }, (_, i) => dealt(OPTIMIZERS, seed, stream, from + i));

describe("a deck", () => {
  const size = OPTIMIZERS.length;

  it("is dealt whole, again and again, in another order each time", () => {
    const rounds = Array.from({ length: 6 }, (_, round) =>
      deal(round * size, (round + 1) * size).map(({ card }) => card),
    );
    for (const round of rounds) expect(round.toSorted()).toEqual([...OPTIMIZERS].sort());
    expect(new Set(rounds.map(String)).size).toBeGreaterThan(1);
  });

  it("has other orders for another seed, and for another stream", () => {
    const orders = [deal(0, 20), deal(0, 20, 4), deal(0, 20, 3, 1)].map((cards) => JSON.stringify(cards));
    expect(new Set(orders).size).toBe(3);
  });

  it("knows how often a card came up before, also one that it holds twice", () => {
    const deck = ["a", "b", "a"];
    const seen = new Map<string, number>();
    for (let index = 0; index < 11; index++) {
      const { card, before } = dealt(deck, 5, 0, index);
      expect(before).toBe(seen.get(card) ?? 0);
      seen.set(card, before + 1);
    }
  });
});

describe("random cases", () => {
  const tunings = [SOFTWARE_TUNING, SUBGROUP_TUNING, HARDWARE_TUNING];
  const cases = (first: number, end: number, seed = 3) =>
    [...fuzzSuite(seed, [first, end], tunings)].map((group) => ({ ...group, open: undefined }));

  it("depend on seed and number alone", () => {
    const all = cases(0, 40);
    expect(all).toHaveLength(20);
    expect(all.every((group) => group.cases === 2)).toBe(true);
    expect(cases(14, 16)).toEqual([all[7]]);
    expect(cases(14, 15)).toEqual([{ ...all[7], cases: 1 }]);
    expect(cases(0, 40, 4)).not.toEqual(all);
  });

  it("are of every kind in two dozen, and half of them have the engine's own table", () => {
    const all = cases(0, 240);
    for (let at = 0; at < all.length; at += 12) {
      const kinds = new Set(all.slice(at, at + 12).map(({ name }) => name));
      expect([...kinds].sort()).toEqual([
        "clipped update",
        "forward",
        "forward of bytes",
        "head",
        "input gradient",
        "training step",
        "weight gradient",
      ]);
    }
    const own = all.filter(({ tuning }) => tuning === SOFTWARE_TUNING).length;
    expect(own).toBeGreaterThan(50);
    expect(own).toBeLessThan(70);
  });

  it("that are training steps have a trace's flags, where a trace would run the same kernels", () => {
    for (const { name, tuning, trace } of cases(0, 480)) {
      expect(trace !== undefined).toBe(name === "training step" && tuning === SOFTWARE_TUNING);
    }
  });
});
