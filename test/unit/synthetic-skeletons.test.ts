/** The stroke tables fit together, the pen stays within its buffers, and the digits' random numbers are sound. */
import { describe, expect, it } from "vitest";
import { HANDWRITINGS } from "../../src/data/synthetic/dataset.ts";
import type { Stroke } from "../../src/data/synthetic/handwriting.ts";
import { MOST_CONTROL_POINTS, MOST_POINTS, PenPath } from "../../src/data/synthetic/path.ts";
import { SampleRandom } from "../../src/data/synthetic/sample-random.ts";

const each = HANDWRITINGS.flatMap((handwritings, label) =>
  handwritings.map((handwriting, index) => ({ label, index, handwriting })),
);

/** Which points repeat the one before them. */
function corners(stroke: Stroke): number[] {
  const found: number[] = [];
  for (let p = 2; p < stroke.length; p += 2) {
    if (stroke[p] === stroke[p - 2] && stroke[p + 1] === stroke[p - 1]) found.push(p / 2);
  }
  return found;
}

describe("the stroke tables", () => {
  it("have several handwritings of each of the ten digits", () => {
    expect(HANDWRITINGS.length).toBe(10);
    for (const handwritings of HANDWRITINGS) expect(handwritings.length).toBeGreaterThanOrEqual(3);
  });

  it.each(each)("digit $label, handwriting $index: all shapes have the same structure", ({ handwriting }) => {
    expect(handwriting.share).toBeGreaterThan(0);
    expect(handwriting.shapes.length).toBeGreaterThanOrEqual(2);
    const structure = (strokes: readonly Stroke[]): unknown =>
      strokes.map((stroke) => ({ numbers: stroke.length, corners: corners(stroke) }));
    for (const shape of handwriting.shapes) {
      expect(structure(shape)).toEqual(structure(handwriting.shapes[0]));
      for (const stroke of shape) {
        expect(stroke.length % 2).toBe(0);
        expect(stroke.length / 2).toBeGreaterThanOrEqual(2);
        expect(stroke.length / 2).toBeLessThanOrEqual(MOST_CONTROL_POINTS);
      }
      const heights = shape.flatMap((stroke) => stroke.filter((_, i) => i % 2 === 1));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(-5);
      expect(Math.max(...heights)).toBeLessThanOrEqual(100);
      expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThanOrEqual(75);
    }
  });

  it.each(each)("digit $label, handwriting $index: the pen's path is finite", ({ handwriting, label }) => {
    const path = new PenPath();
    const random = new SampleRandom();
    for (let i = 0; i < 50; i++) {
      random.restart(label, i);
      path.draw(handwriting, random);
      expect(path.count).toBeGreaterThan(2);
      expect(path.count).toBeLessThanOrEqual(MOST_POINTS);
      for (const values of [path.x, path.y, path.pressure]) {
        expect(values.subarray(0, path.count).every((value) => Number.isFinite(value))).toBe(true);
      }
      // A pen set down is followed by a line.
      const starts = path.starts.subarray(0, path.count);
      expect(starts[0]).toBe(1);
      expect(starts[path.count - 1]).toBe(0);
      expect(starts.reduce((sum, start) => sum + start, 0)).toBe(handwriting.shapes[0].length);
    }
  });
});

describe("random numbers of a digit", () => {
  const random = new SampleRandom();

  it("start over from the seed and the index", () => {
    const first = (seed: number, index: number): number[] => {
      random.restart(seed, index);
      return [random.uint32(), random.uint32(), random.uint32()];
    };
    expect(first(1, 7)).toEqual(first(1, 7));
    expect(first(1, 7)).not.toEqual(first(1, 8));
    expect(first(1, 7)).not.toEqual(first(2, 7));
    expect(first(1, 7)).not.toEqual(first(7, 1));
    expect(first(1, 2 ** 31)).not.toEqual(first(1, 0));
  });

  it("are uniform and normal, within a stream and across indices", () => {
    const n = 20_000;
    for (const across of [false, true]) {
      let [uniform, normal, squared, least, most] = [0, 0, 0, 1, 0];
      random.restart(5, 0);
      for (let i = 0; i < n; i++) {
        if (across) random.restart(5, i);
        const u = random.uniform();
        least = Math.min(least, u);
        most = Math.max(most, u);
        uniform += u / n;
        const z = random.normal();
        normal += z / n;
        squared += (z * z) / n;
      }
      expect(least).toBeGreaterThanOrEqual(0);
      expect(least).toBeLessThan(0.01);
      expect(most).toBeLessThan(1);
      expect(most).toBeGreaterThan(0.99);
      // Five standard errors.
      expect(Math.abs(uniform - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
      expect(Math.abs(normal)).toBeLessThan(5 * Math.sqrt(1 / n));
      expect(Math.abs(squared - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    }
  });
});
