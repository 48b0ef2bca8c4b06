/** The embedded digits: reproducible to the byte, prepared like MNIST, varied, and separable. */
import { describe, expect, it } from "vitest";
import { SpecError } from "../../src/core/errors.ts";
import type { Split } from "../../src/core/dataset.ts";
import { drawDigits, syntheticDataset, TEST_START } from "../../src/data/synthetic/dataset.ts";

const SIDE = 28;
const PIXELS = SIDE * SIDE;

async function sha256(...parts: Uint8Array[]): Promise<string> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const image = ({ images }: Split, i: number): Uint8Array => images.subarray(i * PIXELS, (i + 1) * PIXELS);

/** Whether two arrays are equal; far quicker on large ones than a matcher. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Root of the sum of squared differences, with ink from 0 to 1. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let p = 0; p < PIXELS; p++) sum += ((a[p] - b[p]) / 255) ** 2;
  return Math.sqrt(sum);
}

function indicesOf(split: Split, label: number): number[] {
  return [...split.labels.keys()].filter((i) => split.labels[i] === label);
}

function centroids(split: Split): Float64Array[] {
  return Array.from({ length: 10 }, (_, label) => {
    const mean = new Float64Array(PIXELS);
    const rows = indicesOf(split, label);
    for (const i of rows) image(split, i).forEach((ink, p) => (mean[p] += ink / rows.length));
    return mean;
  });
}

const sample = drawDigits({ seed: 1, start: 0, count: 4000 });

describe("the order of the digits", () => {
  it("gives the same bytes for a seed, everywhere", async () => {
    const { images, labels } = drawDigits({ seed: 1, start: 0, count: 1000 });
    expect([...labels.subarray(0, 20)]).toEqual([2, 2, 4, 1, 1, 1, 4, 4, 5, 6, 4, 7, 8, 9, 2, 8, 2, 7, 0, 0]);
    expect(await sha256(images, labels)).toBe(
      "6eff623b5d80dae37d1e59a5c120f8fe4bd5c77c5fbd35674ca7e869af086d3f",
    );
  });

  it("draws any range as part of the whole", () => {
    const part = drawDigits({ seed: 1, start: 137, count: 60 });
    expect(part.labels).toEqual(sample.labels.slice(137, 197));
    expect(same(part.images, sample.images.subarray(137 * PIXELS, 197 * PIXELS))).toBe(true);
    expect(drawDigits({ seed: 1, start: 5, count: 0 }).images.length).toBe(0);
  });

  it("depends on the seed", () => {
    const other = drawDigits({ seed: 2, start: 0, count: 200 });
    expect(other.labels).not.toEqual(sample.labels.slice(0, 200));
    for (let i = 0; i < 200; i++) expect(distance(image(other, i), image(sample, i))).toBeGreaterThan(0);
  });

  it("has roughly equal, shuffled classes", () => {
    const { labels } = drawDigits({ seed: 3, start: 0, count: 10_000 });
    const counts = Array.from({ length: 10 }, () => 0);
    let repeats = 0;
    labels.forEach((label, i) => {
      counts[label]++;
      if (i > 0 && labels[i - 1] === label) repeats++;
    });
    // Five standard deviations of a binomial with p = 1/10.
    for (const count of [...counts, repeats]) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("refuses what is no whole number or out of range", () => {
    expect(() => drawDigits({ seed: 0.5, start: 0, count: 1 })).toThrow(SpecError);
    expect(() => drawDigits({ seed: 1, start: -1, count: 1 })).toThrow(/start .* but is -1/);
    expect(() => drawDigits({ seed: 1, start: 2 ** 32 - 1, count: 2 })).toThrow(SpecError);
    expect(() => syntheticDataset({ train: 0 })).toThrow(/train .* but is 0/);
    expect(() => syntheticDataset({ test: NaN })).toThrow(/test .* but is NaN/);
    expect(() => syntheticDataset({ train: 1e9 })).toThrow(SpecError);
  });
});

describe("the dataset", () => {
  it("is 60,000 + 10,000 digits, named synthetic", { timeout: 120_000 }, () => {
    const dataset = syntheticDataset();
    expect(dataset).toMatchObject({ name: "synthetic", height: SIDE, width: SIDE });
    expect(dataset.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(dataset.train.images.length).toBe(60_000 * PIXELS);
    expect(dataset.train.labels.length).toBe(60_000);
    expect(dataset.test.images.length).toBe(10_000 * PIXELS);
    expect(dataset.test.labels.length).toBe(10_000);
    expect(same(dataset.train.labels.subarray(0, 4000), sample.labels)).toBe(true);
    expect(image(dataset.train, 3999)).toEqual(image(sample, 3999));
  });

  it("shares no image between train and test, and no size changes the test split", () => {
    const dataset = syntheticDataset({ seed: 1, train: 3000, test: 1000 });
    const decoder = new TextDecoder("latin1");
    const keys = (split: Split): string[] =>
      Array.from(split.labels, (_, i) => decoder.decode(image(split, i)));
    const seen = new Set(keys(dataset.train));
    expect(seen.size).toBe(3000);
    expect(keys(dataset.test).filter((key) => seen.has(key))).toEqual([]);
    const smaller = syntheticDataset({ seed: 1, train: 10, test: 500 });
    expect(same(smaller.test.images, dataset.test.images.subarray(0, 500 * PIXELS))).toBe(true);
    const drawn = drawDigits({ seed: 1, start: TEST_START, count: 500 });
    expect(same(drawn.images, smaller.test.images)).toBe(true);
    expect(drawn.labels).toEqual(smaller.test.labels);
  });

  it("reports progress up to the total", () => {
    const calls: [number, number][] = [];
    syntheticDataset({ train: 2500, test: 300, onProgress: (drawn, total) => calls.push([drawn, total]) });
    expect(calls).toEqual([
      [1000, 2800],
      [2000, 2800],
      [2500, 2800],
      [2800, 2800],
    ]);
  });
});

describe("the ink", () => {
  it("lies in a 20 x 20 box that it fills one way, with its centre of mass at (14, 14)", () => {
    for (let i = 0; i < 4000; i++) {
      const ink = image(sample, i);
      let mass = 0;
      let massX = 0;
      let massY = 0;
      let [left, right, top, bottom] = [SIDE, 0, SIDE, 0];
      ink.forEach((value, p) => {
        if (value === 0) return;
        const [x, y] = [p % SIDE, Math.floor(p / SIDE)];
        mass += value;
        massX += value * x;
        massY += value * y;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      });
      const [width, height] = [right - left + 1, bottom - top + 1];
      expect(Math.max(width, height), `digit ${i}`).toBeLessThanOrEqual(20);
      expect(Math.max(width, height), `digit ${i}`).toBeGreaterThanOrEqual(19);
      expect(Math.abs(massX / mass - 14), `digit ${i}`).toBeLessThan(1);
      expect(Math.abs(massY / mass - 14), `digit ${i}`).toBeLessThan(1);
    }
  });

  it("is dark at its core, soft at its edge, and leaves most of the paper white", () => {
    let grey = 0;
    let inked = 0;
    let black = 0;
    for (let i = 0; i < 4000; i++) {
      const ink = image(sample, i);
      const mean = ink.reduce((sum, value) => sum + value, 0) / (255 * PIXELS);
      expect(mean, `digit ${i}`).toBeGreaterThan(0.02);
      expect(mean, `digit ${i}`).toBeLessThan(0.45);
      if (ink.includes(255)) black++;
      for (const value of ink) {
        if (value > 0) inked++;
        if (value > 0 && value < 255) grey++;
      }
    }
    expect(black / 4000).toBeGreaterThan(0.95);
    expect(grey / inked).toBeGreaterThan(0.2);
    expect(grey / inked).toBeLessThan(0.75);
  });
});

describe("the handwriting", () => {
  it("varies within every class", () => {
    for (let label = 0; label < 10; label++) {
      const rows = indicesOf(sample, label).slice(0, 60);
      let apart = 0;
      let nearest = 0;
      for (const i of rows) {
        const others = rows.filter((j) => j !== i).map((j) => distance(image(sample, i), image(sample, j)));
        apart += others.reduce((a, b) => a + b, 0) / others.length / rows.length;
        nearest += Math.min(...others) / rows.length;
      }
      // A distance of 6 is 36 pixels from white to black; a plain stroke, the 1, has fewer to differ in.
      expect(apart, `digit ${label}`).toBeGreaterThan(label === 1 ? 6 : 8);
      expect(nearest, `digit ${label}`).toBeGreaterThan(label === 1 ? 3 : 5);
    }
  });

  it("keeps the classes apart: most digits are nearest to their own class's mean", () => {
    const means = centroids(sample);
    const unseen = drawDigits({ seed: 1, start: TEST_START, count: 1000 });
    let right = 0;
    unseen.labels.forEach((label, i) => {
      const distances = means.map((mean) => distance(image(unseen, i), mean));
      if (distances.indexOf(Math.min(...distances)) === label) right++;
    });
    // Guessing gets 0.1.
    expect(right / 1000).toBeGreaterThan(0.6);
  });
});
