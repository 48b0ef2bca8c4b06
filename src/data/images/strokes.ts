/**
 * Strokes of a pen as a grey picture. Coordinates are parts of the frame's longer side, so that a drawing can be looked at
 * in any size; x to the right, y downwards, from the upper left corner.
 */
import type { GreyImage } from "./grey-image.ts";

export interface Stroke {
  /** Diameter of the pen's round tip, as a part of the frame's longer side. */
  width: number;
  /** `[x0, y0, x1, y1, …]`; a single point is a dot. */
  points: readonly number[];
}

/**
 * Ink from 0 to 255 with soft edges one pixel wide. Where strokes meet, the ink is as dark as the darkest of them.
 * @param height of the picture, pixels
 */
export function drawStrokes(strokes: readonly Stroke[], height: number, width: number): GreyImage {
  const image: GreyImage = { width, height, pixels: new Uint8Array(width * height) };
  const scale = Math.max(width, height);
  for (const { width: diameter, points } of strokes) {
    const radius = (diameter * scale) / 2;
    for (let i = 0; i + 1 < points.length; i += 2) {
      // The line from the point before; the first point is a line to itself.
      const from = Math.max(0, i - 2);
      drawLine(
        image,
        radius,
        [points[from], points[from + 1], points[i], points[i + 1]].map((at) => at * scale),
      );
    }
  }
  return image;
}

/** @param line x and y of both ends, pixels */
function drawLine({ width, height, pixels }: GreyImage, radius: number, [x0, y0, x1, y1]: number[]): void {
  const reach = radius + 1;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(width, Math.ceil(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(height, Math.ceil(Math.max(y0, y1) + reach));
  const dx = x1 - x0;
  const dy = y1 - y0;
  const squared = dx * dx + dy * dy;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const px = column + 0.5 - x0;
      const py = row + 0.5 - y0;
      const along = squared > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / squared)) : 0;
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const ink = Math.round(255 * Math.min(1, Math.max(0, 0.5 + radius - distance)));
      const at = row * width + column;
      if (ink > pixels[at]) pixels[at] = ink;
    }
  }
}
