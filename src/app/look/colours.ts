/** Numbers around zero as colours. Pure. */

export type Colour = readonly [red: number, green: number, blue: number];

/** `rgb(1, 2, 3)`, as computed styles have it. */
export function parseColour(text: string): Colour {
  const [red = 0, green = 0, blue = 0] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/**
 * From `minus` through `paper` at 0 to `plus`, scaled to the largest magnitude.
 * @returns `[4 * n]` bytes, opaque, as ImageData takes them
 */
export function diverging(
  values: Float32Array,
  { plus, minus, paper }: { plus: Colour; minus: Colour; paper: Colour },
): Uint8ClampedArray<ArrayBuffer> {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const bytes = new Uint8ClampedArray(4 * values.length);
  values.forEach((value, i) => {
    const end = value >= 0 ? plus : minus;
    const share = largest > 0 ? Math.abs(value) / largest : 0;
    for (let part = 0; part < 3; part++)
      bytes[4 * i + part] = paper[part] + share * (end[part] - paper[part]);
    bytes[4 * i + 3] = 255;
  });
  return bytes;
}
