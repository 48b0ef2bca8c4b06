/** Whether a picture that was prepared as a digit is like any digit that a network of them has learned from. */
import type { GreyImage } from "./grey-image.ts";

/**
 * What holds for each of MNIST's 70,000 digits, rounded outwards: the mean of their pixels is from 0.0254 to 0.3976 of full
 * ink, the strongest pixel at least 254 of 255, and there are at most four pieces.
 */
const LEAST_INK = 0.025;
const MOST_INK = 0.4;
/** Scaling by area makes thin strokes fainter; half of what MNIST has is no digit of it any more. */
const LEAST_STRENGTH = 128;
const MOST_PIECES = 4;

/** Fainter pixels belong to no piece. */
const PIECE_LEVEL = 64;
/** A single pixel is no piece, but a speck. */
const PIECE_SIZE = 2;

/**
 * What sets a prepared picture apart from all of MNIST's digits, as a clause; undefined where nothing simple does, which does
 * not make it a digit.
 * @param image as `prepareImage` gives it with `centred`
 */
export function unlikeDigits(image: GreyImage): string | undefined {
  const { pixels } = image;
  const strongest = pixels.reduce((most, value) => Math.max(most, value), 0);
  if (strongest < LEAST_STRENGTH) return "its ink is much fainter";
  const ink = pixels.reduce((sum, value) => sum + value, 0) / (255 * pixels.length);
  if (ink < LEAST_INK) return "it has less ink";
  if (ink > MOST_INK) return "it has more ink";
  const pieces = countPieces(image);
  return pieces > MOST_PIECES ? `it is in ${pieces} pieces` : undefined;
}

/** Pixels that touch, by a side or a corner, are one piece. */
function countPieces({ width, height, pixels }: GreyImage): number {
  const left = new Set<number>();
  pixels.forEach((value, i) => value >= PIECE_LEVEL && left.add(i));
  let pieces = 0;
  for (const first of left) {
    left.delete(first);
    const piece = [first];
    for (const i of piece) {
      for (const next of around(i, width, height)) if (left.delete(next)) piece.push(next);
    }
    if (piece.length >= PIECE_SIZE) pieces++;
  }
  return pieces;
}

function* around(i: number, width: number, height: number): Generator<number> {
  const [x, y] = [i % width, Math.floor(i / width)];
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) yield v * width + u;
  }
}
