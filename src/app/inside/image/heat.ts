/** Values as pictures on the dark of a light box: warm above 0, cool below, dark at 0. */
import { INK } from "../../ink.ts";

const WARM = [255, 186, 92];
const COOL = [104, 170, 255];
/** Of an image that lies behind its gradient. */
const FAINT = 0.28;

/** The largest size; 0 where there are no values. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}

/**
 * @param values `[height * width]`, or fewer: the rest stays dark
 * @param behind bytes of an image that shows through
 */
export function heat(
  values: ArrayLike<number>,
  height: number,
  width: number,
  behind?: Uint8Array,
): ImageData {
  const image = new ImageData(width, height);
  const largest = largestOf(values);
  for (let i = 0; i < values.length; i++) {
    const strength = largest > 0 ? Math.abs(values[i]) / largest : 0;
    const ink = behind === undefined ? 0 : (FAINT * behind[i]) / 255;
    // The colour lies over the ink.
    const alpha = strength + ink * (1 - strength);
    const colour = values[i] > 0 ? WARM : COOL;
    for (let c = 0; c < 3; c++) {
      const mixed = alpha > 0 ? (colour[c] * strength + INK[c] * ink * (1 - strength)) / alpha : 0;
      image.data[4 * i + c] = Math.round(mixed);
    }
    image.data[4 * i + 3] = Math.round(255 * alpha);
  }
  return image;
}

/** Columns of a sheet that is about square. */
export function columnsFor(units: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(units)));
}
