/** The seeded generators: repeatable, resumable, uniform, and with streams that have nothing to do with each other. */
import { describe, expect, it } from "vitest";
import { dropoutKeeps, dropoutThreshold, pcg4d, Random, type Stream } from "../../src/core/rng.ts";

const STREAMS: Stream[] = ["initialisation", "shuffle", "split", "data", "cases"];
const take = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.uint32());

describe("Random", () => {
  it("gives the same numbers for the same seed and stream, others for others", () => {
    const firsts = [1, 2].flatMap((seed) =>
      STREAMS.map((stream) => {
        const numbers = take(Random.fromSeed(seed, stream), 8);
        expect(take(Random.fromSeed(seed, stream), 8)).toEqual(numbers);
        return numbers.join();
      }),
    );
    expect(new Set(firsts).size).toBe(10);
  });

  it("does not change from version to version: files and seeds rely on it", () => {
    expect(take(Random.fromSeed(1, "shuffle"), 3)).toMatchInlineSnapshot(`
      [
        1879647175,
        565262675,
        1669453325,
      ]
    `);
  });

  it("goes on from a saved state", () => {
    const random = Random.fromSeed(3, "shuffle");
    take(random, 5);
    const state = random.state();
    const expected = take(random, 5);
    expect(take(Random.fromState(JSON.parse(JSON.stringify(state)) as number[]), 5)).toEqual(expected);
  });

  it("uniform lies in [0, 1), is exact in float32 and has the right mean and variance", () => {
    const random = Random.fromSeed(4, "cases");
    const n = 100_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const value = random.uniform();
      if (!(value >= 0 && value < 1) || Math.fround(value) !== value)
        throw new Error(`uniform gave ${value}`);
      sum += value;
      squares += value * value;
    }
    // Standard deviations of the two means: sqrt(1/12 / n) and sqrt(4/45 / n).
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan(4.5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(squares / n - 1 / 3)).toBeLessThan(4.5 * Math.sqrt(4 / 45 / n));
  });

  it.each([1, 2, 3, 7, 10])("below(%d) is uniform", (count) => {
    const random = Random.fromSeed(5, "cases");
    const n = 20_000;
    const counts = Array.from({ length: count }, () => 0);
    for (let i = 0; i < n; i++) counts[random.below(count)]++;
    const p = 1 / count;
    for (const observed of counts) {
      expect(Math.abs(observed - n * p)).toBeLessThanOrEqual(4.5 * Math.sqrt(n * p * (1 - p)));
    }
  });

  it("below(2^32) and below(2^31 + 1) stay in range", () => {
    const random = Random.fromSeed(6, "cases");
    for (const limit of [2 ** 32, 2 ** 31 + 1]) {
      for (let i = 0; i < 200; i++) {
        const value = random.below(limit);
        expect(Number.isInteger(value) && value >= 0 && value < limit).toBe(true);
      }
    }
  });

  it("normal has mean 0 and variance 1", () => {
    const random = Random.fromSeed(7, "cases");
    const n = 50_000;
    const values = Array.from({ length: n }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(4.5 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4.5 * Math.sqrt(2 / n));
  });

  it("shuffle gives every order of three equally often", () => {
    const random = Random.fromSeed(8, "shuffle");
    const counts = new Map<string, number>();
    const n = 12_000;
    for (let i = 0; i < n; i++) {
      const order = random.shuffle(Uint32Array.of(0, 1, 2)).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) {
      expect(Math.abs(count - n / 6)).toBeLessThan(4.5 * Math.sqrt((n * 5) / 36));
    }
  });
});

describe("pcg4d", () => {
  it("equals the published recurrence in big integers", () => {
    const mask = 0xffffffffn;
    const reference = (input: number[]): number[] => {
      const v = input.map((x) => (BigInt(x) * 1664525n + 1013904223n) & mask);
      const mix = (): void => {
        v[0] = (v[0] + v[1] * v[3]) & mask;
        v[1] = (v[1] + v[2] * v[0]) & mask;
        v[2] = (v[2] + v[0] * v[1]) & mask;
        v[3] = (v[3] + v[1] * v[2]) & mask;
      };
      mix();
      for (let i = 0; i < 4; i++) v[i] ^= v[i] >> 16n;
      mix();
      return v.map(Number);
    };
    const random = Random.fromSeed(9, "cases");
    for (const input of [[0, 0, 0, 0], [1, 2, 3, 4], ...Array.from({ length: 50 }, () => take(random, 4))]) {
      const [x, y, z, w] = input;
      expect(pcg4d(x, y, z, w)).toEqual(reference(input));
    }
  });
});

describe("dropoutKeeps", () => {
  it("takes the word of the unit from the hash of its group of four", () => {
    const threshold = dropoutThreshold(0.5);
    for (let unit = 0; unit < 12; unit++) {
      const word = pcg4d(77 ^ Math.imul(3, 0x9e3779b9), 5, 9, unit >> 2)[unit % 4];
      expect(dropoutKeeps(77, 5, 2, 9, unit, threshold)).toBe(word >= 2 ** 31);
    }
  });

  it("the threshold is floor(rate 2^32)", () => {
    expect([0, 0.25, 0.5].map((rate) => dropoutThreshold(rate))).toEqual([0, 2 ** 30, 2 ** 31]);
    expect(dropoutThreshold(1 - 2 ** -53)).toBe(2 ** 32 - 1);
  });
});
