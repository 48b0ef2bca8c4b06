/** Pictures on their way to the network: any PNG to grey levels, scaled by area, digits centred by mass. */
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { decodeGreyPng } from "../../src/cli/images/grey-png.ts";
import { centreDigit } from "../../src/data/images/centre-digit.ts";
import { drawDigits } from "../../src/data/synthetic/dataset.ts";
import { borderMean, fitInto } from "../../src/data/images/grey-image.ts";

const grey = (width: number, height: number, ...pixels: number[]) => ({
  width,
  height,
  pixels: Uint8Array.from(pixels),
});

describe("decodeGreyPng", () => {
  it("weighs colours by their luma", () => {
    const data = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255]);
    const png = encode({ width: 3, height: 1, data, channels: 3, depth: 8 });
    expect([...decodeGreyPng(png, "rgb").pixels]).toEqual([76, 150, 29]);
  });

  it("unpacks single bits, row by row", () => {
    // Nine pixels take two bytes per row.
    const data = Uint8Array.from([0b10100000, 0b10000000, 0b00000001, 0]);
    const png = encode({ width: 9, height: 2, data, channels: 1, depth: 1 });
    const { pixels } = decodeGreyPng(png, "bits");
    expect([...pixels].map((value) => (value ? 1 : 0)).join("")).toBe("101000001000000010");
  });

  it("puts dark drawings on white and light ones on black where a PNG is transparent", () => {
    const onePixel = (value: number) =>
      encode({ width: 2, height: 1, data: Uint8Array.from([value, 255, 0, 0]), channels: 2, depth: 8 });
    expect([...decodeGreyPng(onePixel(0), "dark").pixels]).toEqual([0, 255]);
    expect([...decodeGreyPng(onePixel(255), "light").pixels]).toEqual([255, 0]);
  });

  it("reads 16 bits", () => {
    const png = encode({
      width: 2,
      height: 1,
      data: Uint16Array.from([65535, 32768]),
      channels: 1,
      depth: 16,
    });
    expect([...decodeGreyPng(png, "deep").pixels]).toEqual([255, 128]);
  });

  it("names the file that is no PNG", () => {
    expect(() => decodeGreyPng(new Uint8Array(20), "some.png")).toThrow(/some\.png is not a readable PNG/);
  });
});

it("says what is wrong with a PNG that was cut off, and names it", () => {
  const png = encode({
    width: 9,
    height: 9,
    data: new Uint8Array(81).map((_, i) => 3 * i),
    channels: 1,
    depth: 8,
  });
  for (let length = 8; length < png.length; length += 7) {
    expect(() => decodeGreyPng(png.slice(0, length), "cut.png")).toThrow(
      /^cut\.png is not a readable PNG: \S+/,
    );
  }
});

describe("fitInto", () => {
  it("averages the area each pixel covers, fractions included", () => {
    expect([...fitInto(grey(3, 1, 0, 90, 180), 1, 2).pixels]).toEqual([30, 150]);
  });

  it("keeps the proportions and fills the rest with the border", () => {
    const fitted = fitInto(grey(4, 2, 8, 8, 8, 8, 8, 8, 8, 8), 4, 4);
    expect([fitted.width, fitted.height]).toEqual([4, 4]);
    expect([...fitted.pixels]).toEqual(Array.from({ length: 16 }, () => 8));
  });

  it("leaves an image of the right size alone", () => {
    const image = grey(2, 1, 1, 2);
    expect(fitInto(image, 1, 2)).toBe(image);
  });
});

it("borderMean counts every outer pixel once", () => {
  expect(borderMean(grey(3, 3, 9, 9, 9, 9, 100, 9, 9, 9, 9))).toBe(9);
  expect(borderMean(grey(1, 2, 10, 20))).toBe(15);
});

describe("centreDigit", () => {
  /** A bar of ink somewhere in a large picture with grey paper. */
  function bar(left: number, top: number) {
    const image = { width: 100, height: 80, pixels: new Uint8Array(8000).fill(40) };
    for (let y = top; y < top + 30; y++) image.pixels.fill(240, y * 100 + left, y * 100 + left + 6);
    return image;
  }

  it("gives the same wherever the digit was drawn", () => {
    const first = centreDigit(bar(10, 5), 28, 28);
    expect(first).toEqual(centreDigit(bar(60, 45), 28, 28));
    const { pixels } = first!;
    const rows = Array.from({ length: 28 }, (_, y) =>
      pixels.subarray(y * 28, y * 28 + 28).some((p) => p > 0),
    );
    expect(rows.filter(Boolean)).toHaveLength(20);
    // Twenty rows cannot be centred on one pixel: of rows 4 and 5, MNIST's rounding takes the later.
    expect(rows.indexOf(true)).toBe(5);
    expect(pixels.reduce((most, p) => Math.max(most, p))).toBe(255);
  });

  it("puts digits back where MNIST's convention has them", () => {
    const { images } = drawDigits({ seed: 5, start: 0, count: 40 });
    for (let i = 0; i < 40; i++) {
      const digit = images.subarray(i * 784, (i + 1) * 784);
      const pixels = Uint8Array.from({ length: 112 * 112 }, (_, at) => {
        const [x, y] = [Math.floor((at % 112) / 4), Math.floor(at / 112 / 4)];
        return digit[y * 28 + x];
      });
      const again = centreDigit({ width: 112, height: 112, pixels }, 28, 28)!.pixels;
      const difference = again.reduce((sum, value, at) => sum + Math.abs(value - digit[at]), 0);
      // A shift by one pixel differs by half of the ink and more.
      expect(difference / digit.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.2);
    }
  });

  it("finds nothing on empty paper", () => {
    expect(centreDigit(grey(2, 2, 7, 7, 7, 7), 28, 28)).toBeUndefined();
  });
});
