/**
 * What a handwriting of a digit is: the shapes that the drawing code blends, bends and inks. The tables themselves are
 * in skeletons-0-4.ts and skeletons-5-9.ts; they were set down by eye, not measured from any images.
 *
 * Coordinates: x grows to the right, y grows downwards, in hundredths of the digit's height. A digit stands between
 * y = 0 (top) and y = 100 (base) and is about 60 wide. Only proportions count: the ink is scaled to its box later.
 */

/**
 * The path of the pen between setting it down and lifting it, as `[x0, y0, x1, y1, …]`. A smooth curve passes through
 * the points in order; a point given twice in a row is a corner, where the pen turns without rounding.
 */
export type Stroke = readonly number[];

/** One way to write a digit. */
export interface Handwriting {
  /** How often it is used, relative to the other handwritings of the digit. */
  share: number;
  /**
   * Shapes of the same handwriting: the same strokes with the same number of points and the same corners, because a
   * digit is drawn from one of them, moved part of the way towards another.
   */
  shapes: readonly (readonly Stroke[])[];
}
