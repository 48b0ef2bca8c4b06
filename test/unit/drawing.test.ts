/** A drawing on its way to the network: strokes to ink, ink to the model's image, and what the network makes of it. */
import { describe, expect, it } from "vitest";
import { BRUSH } from "../../src/app/draw/drawing.ts";
import { DIGITS, recordedDigit } from "../../src/app/draw/recorded.ts";
import { centreDigit } from "../../src/data/images/centre-digit.ts";
import { lightOnDark } from "../../src/data/images/grey-image.ts";
import { luma, onContrast } from "../../src/data/images/luma.ts";
import { unlikeDigits } from "../../src/data/images/unlike-digits.ts";
import { prepareImage, readsDigits } from "../../src/data/images/prepare.ts";
import { drawStrokes } from "../../src/data/images/strokes.ts";

const ink = ({ pixels }: { pixels: Uint8Array }) => pixels.reduce((sum, value) => sum + value, 0) / 255;

describe("drawStrokes", () => {
  it("draws a point as a disc of the pen's width, whatever the size of the picture", () => {
    for (const side of [50, 200]) {
      const image = drawStrokes([{ width: 0.4, points: [0.5, 0.5] }], side, side);
      expect(ink(image) / side ** 2).toBeCloseTo(Math.PI * 0.2 ** 2, 2);
      expect(image.pixels[(side / 2) * side + side / 2]).toBe(255);
      expect(image.pixels[0]).toBe(0);
    }
  });

  it("draws a line as a band with round ends and soft edges", () => {
    const image = drawStrokes([{ width: 0.1, points: [0.25, 0.5, 0.75, 0.5] }], 100, 100);
    expect(ink(image)).toBeCloseTo(10 * 50 + Math.PI * 25, -1);
    const column = Array.from({ length: 100 }, (_, row) => image.pixels[row * 100 + 50]);
    expect(column.filter((value) => value === 255)).toHaveLength(10);
  });

  it("does not darken where strokes meet, and keeps to the frame", () => {
    const stroke = { width: 0.2, points: [-0.5, 0.5, 1.5, 0.5] };
    const once = drawStrokes([stroke], 40, 40);
    expect(drawStrokes([stroke, stroke], 40, 40)).toEqual(once);
    expect(ink(once)).toBeCloseTo(8 * 40, 5);
  });

  it("takes its coordinates as parts of the longer side", () => {
    const { pixels } = drawStrokes([{ width: 0.2, points: [0.25, 0.5] }], 40, 20);
    expect(pixels[20 * 20 + 10]).toBe(255);
    expect(pixels[20 * 20 + 1]).toBe(0);
  });
});

describe("prepareImage", () => {
  const strokes = [{ width: 0.08, points: [0.1, 0.1, 0.3, 0.1, 0.2, 0.4] }];
  const picture = drawStrokes(strokes, 224, 224);

  it("fits a digit into 20 of 28 pixels, the centre of mass in the middle", () => {
    const { image, centred } = prepareImage(picture, 28, 28, true);
    expect(centred).toBe(true);
    const rows = new Set<number>();
    let [mass, x, y] = [0, 0, 0];
    image.pixels.forEach((value, i) => {
      if (value > 0) rows.add(Math.floor(i / 28));
      mass += value;
      x += value * (i % 28);
      y += value * Math.floor(i / 28);
    });
    expect(rows.size).toBe(20);
    expect(Math.abs(x / mass - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y / mass - 14)).toBeLessThanOrEqual(0.5);
  });

  it("gives the same for a drawing elsewhere on the paper, but for a pixel's rounding", () => {
    const moved = strokes.map(({ width, points }) => ({ width, points: points.map((at) => at + 0.5) }));
    expect(prepareImage(drawStrokes(moved, 224, 224), 28, 28, true)).toEqual(
      prepareImage(picture, 28, 28, true),
    );
  });

  it("only scales what is no digit, and paper without ink", () => {
    expect(readsDigits({ name: "mnist" })).toBe(true);
    expect(readsDigits({ name: "fashion-mnist" })).toBe(false);
    const { image, centred } = prepareImage(picture, 28, 28, false);
    expect(centred).toBe(false);
    expect(ink(image) * 64).toBeCloseTo(ink(picture), -1.3);
    expect(prepareImage(drawStrokes([], 224, 224), 28, 28, true).centred).toBe(false);
  });
});

describe("unlikeDigits", () => {
  const frame = (lit: (x: number, y: number) => number) => ({
    width: 28,
    height: 28,
    pixels: Uint8Array.from({ length: 784 }, (_, i) => lit(i % 28, Math.floor(i / 28))),
  });

  it.each(DIGITS.flatMap((digit) => [BRUSH.least, BRUSH.usual, BRUSH.most].map((width) => [digit, width])))(
    "has nothing to say of a %d drawn with a brush of %d",
    (digit, width) => {
      const { image } = prepareImage(drawStrokes(recordedDigit(digit, width), 224, 224), 28, 28, true);
      expect(unlikeDigits(image)).toBeUndefined();
    },
  );

  it("tells ink apart that no digit has", () => {
    const bar = (level: number, width: number) => frame((x) => (x >= 4 && x < 4 + width ? level : 0));
    expect(unlikeDigits(bar(255, 2))).toBeUndefined();
    expect(unlikeDigits(bar(120, 2))).toBe("its ink is much fainter");
    expect(unlikeDigits(bar(255, 12))).toBe("it has more ink");
    expect(unlikeDigits(frame((x, y) => (x < 2 && y < 9 ? 255 : 0)))).toBe("it has less ink");
  });

  it("counts pieces: what touches at a corner is one, a single pixel none", () => {
    const bars = (count: number) => (x: number, y: number) =>
      x % 4 === 0 && x < 4 * count && y < 20 ? 255 : 0;
    expect(unlikeDigits(frame(bars(4)))).toBeUndefined();
    expect(unlikeDigits(frame(bars(5)))).toBe("it is in 5 pieces");
    const bridged = (x: number, y: number) => (y === 20 && x % 4 !== 0 && x < 16 ? 255 : bars(6)(x, y));
    expect(unlikeDigits(frame(bridged))).toBeUndefined();
    const speck = (x: number, y: number) => (x === 26 && y === 26 ? 255 : bars(4)(x, y));
    expect(unlikeDigits(frame(speck))).toBeUndefined();
  });
});

it("fills no row with the mean of the border where proportions do not come out even", () => {
  // An arch of 31 x 100, open at the bottom: scaled evenly to six columns it would have 19 rows, not 20.
  const pixels = new Uint8Array(60 * 120);
  for (let y = 10; y < 110; y++) {
    for (let x = 10; x < 41; x++) if (x < 14 || x > 36 || y < 14) pixels[y * 60 + x] = 255;
  }
  const digit = centreDigit({ width: 60, height: 120, pixels }, 28, 28)!;
  const rows = Array.from({ length: 28 }, (_, y) => [...digit.pixels.subarray(y * 28, y * 28 + 28)]);
  const inked = rows.filter((row) => row.some((value) => value > 0));
  expect(inked).toHaveLength(20);
  const [first, last] = [inked[0], inked[19]].map((row) => row.filter((value) => value > 0).length);
  expect([first, last]).toEqual([6, 2]);
});

describe("a picture from a file", () => {
  it("is light on dark, whichever it was", () => {
    const pixels = Uint8Array.of(250, 250, 250, 250, 10, 250, 250, 250, 250);
    const dark = { width: 3, height: 3, pixels };
    const light = { ...dark, pixels: pixels.map((grey) => 255 - grey) };
    expect(lightOnDark(dark)).toEqual(light);
    expect(lightOnDark(light)).toBe(light);
  });

  it("has what is transparent as ground, bright or dark as the drawing is not", () => {
    const alphas = Float64Array.of(0, 1, 0.5);
    expect([...onContrast(Float64Array.of(0, 0, 0), alphas)]).toEqual([255, 0, 128]);
    expect([...onContrast(Float64Array.of(0, 1, 1), alphas)]).toEqual([0, 255, 128]);
    expect(luma(1, 1, 1)).toBeCloseTo(1, 12);
  });
});
