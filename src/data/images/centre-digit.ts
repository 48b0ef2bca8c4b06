/**
 * Prepares a picture of a digit the way MNIST's were: the ink alone, scaled into a box of 20/28 of the frame, its centre
 * of mass in the middle. A model of digits reads little else.
 */
import { borderMean, scaleArea, type GreyImage } from "./grey-image.ts";

/** Side of the box over the side of the frame. */
const BOX = 20 / 28;
/** Ink fainter than this part of the darkest counts as paper. */
const THRESHOLD = 0.15;

/** @param image light on dark, of any size. @returns nothing where there is no ink */
export function centreDigit(image: GreyImage, height: number, width: number): GreyImage | undefined {
  const ink = inkOf(image);
  const bounds = inkBounds(ink);
  if (!bounds) return undefined;
  const { left, top, right, bottom } = bounds;
  const cropped = crop(ink, left, top, right - left, bottom - top);
  const scale = Math.min((BOX * width) / cropped.width, (BOX * height) / cropped.height);
  // By area and not by fitInto, which would fill what rounding leaves over with the mean of the border: here that is ink.
  const digit = scaleArea(
    cropped,
    Math.max(1, Math.round(cropped.height * scale)),
    Math.max(1, Math.round(cropped.width * scale)),
  );
  const mass = centreOfMass(digit);
  // MNIST's centre is the pixel of index 14, whose own centre lies half a pixel beyond the middle of the frame.
  const x = clamp(Math.round(width / 2 + 0.5 - mass.x), 0, width - digit.width);
  const y = clamp(Math.round(height / 2 + 0.5 - mass.y), 0, height - digit.height);
  const pixels = new Uint8Array(width * height);
  for (let row = 0; row < digit.height; row++) {
    const values = digit.pixels.subarray(row * digit.width, (row + 1) * digit.width);
    pixels.set(values, (y + row) * width + x);
  }
  return { width, height, pixels };
}

/** From 0 on the paper to 255 where the ink is strongest. */
function inkOf(image: GreyImage): GreyImage {
  const paper = borderMean(image);
  const most = image.pixels.reduce((max, value) => Math.max(max, value), 0);
  const range = Math.max(1, most - paper);
  return { ...image, pixels: image.pixels.map((value) => Math.max(0, (255 * (value - paper)) / range)) };
}

function inkBounds({ width, height, pixels }: GreyImage) {
  const bounds = { left: width, top: height, right: 0, bottom: 0 };
  pixels.forEach((value, i) => {
    if (value < 255 * THRESHOLD) return;
    const x = i % width;
    const y = Math.floor(i / width);
    bounds.left = Math.min(bounds.left, x);
    bounds.right = Math.max(bounds.right, x + 1);
    bounds.top = Math.min(bounds.top, y);
    bounds.bottom = Math.max(bounds.bottom, y + 1);
  });
  return bounds.right > bounds.left ? bounds : undefined;
}

function crop(image: GreyImage, left: number, top: number, width: number, height: number): GreyImage {
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * image.width + left;
    pixels.set(image.pixels.subarray(start, start + width), y * width);
  }
  return { width, height, pixels };
}

/** In pixels from the upper left corner. */
function centreOfMass({ width, pixels }: GreyImage): { x: number; y: number } {
  let x = 0;
  let y = 0;
  let mass = 0;
  pixels.forEach((value, i) => {
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
    mass += value;
  });
  return { x: x / mass, y: y / mass };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
