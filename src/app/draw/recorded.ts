/** Ten digits as somebody once wrote them: for whoever cannot draw, or only wants to see. */
import type { Stroke } from "../../data/images/strokes.ts";

/** By digit; each stroke `[x, y, x, y, …]` in hundredths of the frame. */
const PEN_PATHS: readonly number[][][] = [
  [
    [
      51, 18, 41, 20, 33, 29, 28, 41, 27, 55, 30, 68, 37, 78, 47, 82, 58, 80, 67, 71, 72, 58, 73, 44, 70, 31,
      63, 22, 54, 18, 47, 19,
    ],
  ],
  [[55, 18, 54, 30, 52, 44, 50, 58, 48, 71, 46, 83]],
  [
    [
      31, 35, 33, 26, 40, 20, 50, 17, 60, 20, 66, 28, 66, 38, 61, 48, 53, 57, 44, 66, 35, 74, 28, 81, 38, 79,
      50, 79, 62, 80, 73, 80,
    ],
  ],
  [
    [
      31, 25, 39, 19, 50, 17, 60, 20, 65, 28, 62, 38, 54, 45, 45, 48, 55, 49, 64, 55, 69, 64, 66, 75, 57, 82,
      45, 83, 35, 79, 29, 72,
    ],
  ],
  [
    [39, 18, 36, 28, 32, 39, 28, 49, 26, 55, 36, 56, 48, 55, 61, 54, 75, 53],
    [63, 23, 61, 37, 59, 52, 58, 67, 56, 84],
  ],
  [
    [40, 20, 38, 31, 36, 43, 44, 41, 54, 42, 63, 47, 68, 56, 67, 67, 60, 77, 49, 82, 38, 81, 30, 75],
    [40, 20, 50, 20, 60, 19, 69, 18],
  ],
  [
    [
      62, 18, 52, 22, 43, 31, 36, 42, 32, 54, 31, 66, 35, 76, 44, 82, 55, 81, 64, 74, 66, 64, 61, 56, 52, 53,
      43, 56, 36, 62, 33, 69,
    ],
  ],
  [[28, 22, 39, 22, 50, 21, 61, 20, 71, 20, 67, 31, 61, 43, 55, 55, 50, 69, 46, 84]],
  [
    [
      64, 27, 57, 20, 47, 18, 38, 22, 35, 30, 39, 38, 48, 45, 58, 52, 65, 60, 67, 70, 61, 79, 51, 83, 40, 81,
      33, 73, 35, 63, 43, 54, 53, 46, 61, 38, 64, 28,
    ],
  ],
  [
    [
      65, 33, 60, 23, 51, 18, 41, 21, 35, 30, 36, 41, 43, 49, 53, 49, 61, 43, 65, 33, 66, 45, 64, 58, 61, 71,
      57, 84,
    ],
  ],
];

export const DIGITS = PEN_PATHS.map((_, digit) => digit);

/** @param width of the pen, as a part of the frame's longer side */
export function recordedDigit(digit: number, width: number): Stroke[] {
  return PEN_PATHS[digit].map((path) => ({ width, points: smooth(path.map((at) => at / 100)) }));
}

/** Points of the curve between two of the path's. */
const BETWEEN = 6;

/** A Catmull-Rom curve through the points of a path. @param path `[x, y, …]` */
function smooth(path: number[]): number[] {
  const count = path.length / 2;
  const at = (point: number, axis: number): number =>
    path[2 * Math.min(count - 1, Math.max(0, point)) + axis];
  const curve = path.slice(0, 2);
  for (let point = 0; point + 1 < count; point++) {
    for (let step = 1; step <= BETWEEN; step++) {
      const t = step / BETWEEN;
      for (const axis of [0, 1]) {
        const [a, b, c, d] = [-1, 0, 1, 2].map((offset) => at(point + offset, axis));
        curve.push(
          0.5 *
            (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2 + (3 * b - a - 3 * c + d) * t ** 3),
        );
      }
    }
  }
  return curve;
}
