/**
 * Inks a pen path the way scanned digits are prepared: the ink's box is scaled into 20 x 20 pixels with its aspect kept,
 * drawn with soft edges, then shifted by whole pixels so that its centre of mass stands in the middle of 28 x 28.
 */
import { MOST_POINTS, type PenPath } from "./path.ts";
import type { SampleRandom } from "./sample-random.ts";
import { STYLE } from "./style.ts";

/** Side of a drawn image, pixels. */
export const SIDE = 28;
/** Side of the box that the ink is scaled into. */
const BOX = 20;
/** Pixel index, in x and y, where the centre of mass goes: the middle of the image, rounded up. */
const CENTRE = SIDE / 2;
/** A signed distance that is outside any ink. */
const FAR = -1e9;

export class InkBox {
  /** Per pixel of the box: how deep it lies inside the ink, in pixels; negative outside. `[BOX * BOX]` */
  readonly #depth = new Float64Array(BOX * BOX);
  readonly #x = new Float64Array(MOST_POINTS);
  readonly #y = new Float64Array(MOST_POINTS);
  readonly #radius = new Float64Array(MOST_POINTS);

  /** Writes one image to `images[offset … offset + 783]`, which must hold zeros. */
  draw(path: PenPath, random: SampleRandom, images: Uint8Array, offset: number): void {
    const [thinnest, thickest] = STYLE.penWidthBounds;
    const deviation = random.normal();
    const pen =
      STYLE.penWidth * (1 + STYLE.penWidthSpread * deviation + STYLE.penWidthSkew * deviation * deviation);
    const penRadius = Math.min(thickest, Math.max(thinnest, pen)) / 2;
    this.#fit(path, penRadius);
    this.#depth.fill(FAR);
    for (let i = 0; i < path.count; i++) {
      // A stroke of a single point does not occur, so each start is followed by a line.
      if (path.starts[i] === 0) this.#line(i - 1, i);
    }
    this.#develop(random);
    this.#place(images, offset);
  }

  /** Moves the path into the box so that the ink, pen included, touches the box's longer sides. */
  #fit(path: PenPath, penRadius: number): void {
    let left = Infinity;
    let right = -Infinity;
    let top = Infinity;
    let bottom = -Infinity;
    for (let i = 0; i < path.count; i++) {
      left = Math.min(left, path.x[i]);
      right = Math.max(right, path.x[i]);
      top = Math.min(top, path.y[i]);
      bottom = Math.max(bottom, path.y[i]);
    }
    const scale = (BOX - 2 * penRadius) / Math.max(right - left, bottom - top);
    const middleX = (left + right) / 2;
    const middleY = (top + bottom) / 2;
    for (let i = 0; i < path.count; i++) {
      // Pixel centres have whole coordinates, so the box reaches from -0.5 to BOX - 0.5.
      this.#x[i] = (path.x[i] - middleX) * scale + (BOX - 1) / 2;
      this.#y[i] = (path.y[i] - middleY) * scale + (BOX - 1) / 2;
      this.#radius[i] = penRadius * Math.min(1.5, Math.max(0.5, path.pressure[i]));
    }
  }

  /** Deepens the ink by the line from point `from` to point `to`, with round ends. */
  #line(from: number, to: number): void {
    const x0 = this.#x[from];
    const y0 = this.#y[from];
    const r0 = this.#radius[from];
    const dx = this.#x[to] - x0;
    const dy = this.#y[to] - y0;
    const dr = this.#radius[to] - r0;
    const reach = Math.max(r0, r0 + dr) + 1;
    const firstColumn = Math.max(0, Math.ceil(Math.min(x0, x0 + dx) - reach));
    const lastColumn = Math.min(BOX - 1, Math.floor(Math.max(x0, x0 + dx) + reach));
    const firstRow = Math.max(0, Math.ceil(Math.min(y0, y0 + dy) - reach));
    const lastRow = Math.min(BOX - 1, Math.floor(Math.max(y0, y0 + dy) + reach));
    const squared = dx * dx + dy * dy;
    const inverse = squared > 0 ? 1 / squared : 0;
    for (let row = firstRow; row <= lastRow; row++) {
      const py = row - y0;
      for (let column = firstColumn; column <= lastColumn; column++) {
        const px = column - x0;
        const along = Math.min(1, Math.max(0, (px * dx + py * dy) * inverse));
        const ex = px - along * dx;
        const ey = py - along * dy;
        const depth = r0 + along * dr - Math.sqrt(ex * ex + ey * ey);
        const pixel = row * BOX + column;
        if (depth > this.#depth[pixel]) this.#depth[pixel] = depth;
      }
    }
  }

  /** Turns depth into ink from 0 to 255, with a soft and slightly ragged edge. */
  #develop(random: SampleRandom): void {
    const softness = random.between(STYLE.softness[0], STYLE.softness[1]);
    const depth = this.#depth;
    for (let pixel = 0; pixel < BOX * BOX; pixel++) {
      if (depth[pixel] <= -1) {
        depth[pixel] = 0;
        continue;
      }
      const ragged = depth[pixel] + STYLE.raggedness * random.normal();
      const ink = Math.min(1, Math.max(0, 0.5 + ragged / softness));
      depth[pixel] = Math.floor(ink * 255 + 0.5);
    }
  }

  /** Copies the box to where the centre of mass falls on the image's centre. */
  #place(images: Uint8Array, offset: number): void {
    const ink = this.#depth;
    let mass = 0;
    let massX = 0;
    let massY = 0;
    for (let row = 0; row < BOX; row++) {
      for (let column = 0; column < BOX; column++) {
        const value = ink[row * BOX + column];
        mass += value;
        massX += value * column;
        massY += value * row;
      }
    }
    const left = shift(massX / mass);
    const top = shift(massY / mass);
    for (let row = 0; row < BOX; row++) {
      const target = offset + (top + row) * SIDE + left;
      for (let column = 0; column < BOX; column++) images[target + column] = ink[row * BOX + column];
    }
  }
}

/** Whole pixels to move the box by, never out of the image. */
function shift(centreOfMass: number): number {
  return Math.min(SIDE - BOX, Math.max(0, Math.floor(CENTRE - centreOfMass + 0.5)));
}
