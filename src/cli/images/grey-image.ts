/** Pictures as the network wants them: grey, light on dark, of the model's size. */
import { convertIndexedToRgb, decode, type DecodedPng } from "fast-png";
import { DataError } from "../../core/errors.ts";

export interface GreyImage {
  width: number;
  height: number;
  /** `[height * width]`, row by row. */
  pixels: Uint8Array;
}

/**
 * A PNG of any kind as grey levels (Rec. 601 luma). Transparent parts get the background that contrasts with what is
 * drawn.
 * @throws DataError `image/png`
 */
export function decodeGreyPng(bytes: Uint8Array, what: string): GreyImage {
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw new DataError(
      "image/png",
      `${what} is not a readable PNG: ${(error as Error).message || "it is damaged or cut off"}`,
      {
        hint: "Give a PNG, or an IDX file of images.",
        cause: error,
      },
    );
  }
  const { width, height } = png;
  const { data, channels, most } = channelsOf(png);
  const luma = new Float64Array(width * height);
  const alpha = new Float64Array(width * height).fill(1);
  for (let i = 0; i < luma.length; i++) {
    const at = (channel: number): number => data[i * channels + channel] / most;
    luma[i] = channels >= 3 ? 0.299 * at(0) + 0.587 * at(1) + 0.114 * at(2) : at(0);
    if (channels % 2 === 0) alpha[i] = at(channels - 1);
  }
  const background = contrastTo(luma, alpha);
  const pixels = new Uint8Array(luma.length);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = Math.round(255 * (luma[i] * alpha[i] + background * (1 - alpha[i])));
  }
  return { width, height, pixels };
}

interface Channels {
  data: ArrayLike<number>;
  channels: number;
  /** The value of full intensity. */
  most: number;
}

function channelsOf(png: DecodedPng): Channels {
  if (png.palette) {
    const data = convertIndexedToRgb(png);
    return { data, channels: data.length / (png.width * png.height), most: 255 };
  }
  if (png.depth >= 8) return { data: png.data, channels: png.channels, most: 2 ** png.depth - 1 };
  return { data: unpackBits(png), channels: 1, most: 2 ** png.depth - 1 };
}

/** Grey levels of 1, 2 or 4 bits: packed from the highest bit on, each row starting on a byte. */
function unpackBits({ width, height, depth, data }: DecodedPng): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const values = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)];
      values[y * width + x] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return values;
}

/** Black under bright drawings, white under dark ones. */
function contrastTo(luma: Float64Array, alpha: Float64Array): number {
  let weight = 0;
  let sum = 0;
  for (let i = 0; i < luma.length; i++) {
    weight += alpha[i];
    sum += luma[i] * alpha[i];
  }
  return sum > 0.5 * weight ? 0 : 1;
}

/** Mean of the outermost pixels, from 0 to 255: the background of a picture with something in its middle. */
export function borderMean({ width, height, pixels }: GreyImage): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const isEdgeRow = y === 0 || y === height - 1;
    const step = isEdgeRow ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      sum += pixels[y * width + x];
      count++;
    }
  }
  return sum / count;
}

export function invert(image: GreyImage): GreyImage {
  return { ...image, pixels: image.pixels.map((value) => 255 - value) };
}

/**
 * Scales into a frame, keeping the proportions; what is left over is filled with the border's mean. Each new pixel is
 * the mean of the area it covers, so thin strokes fade rather than vanish.
 */
export function fitInto(image: GreyImage, height: number, width: number): GreyImage {
  if (image.width === width && image.height === height) return image;
  const scale = Math.min(width / image.width, height / image.height);
  const inner = scaleArea(
    image,
    Math.max(1, Math.round(image.height * scale)),
    Math.max(1, Math.round(image.width * scale)),
  );
  const pixels = new Uint8Array(width * height).fill(Math.round(borderMean(image)));
  const left = Math.floor((width - inner.width) / 2);
  const top = Math.floor((height - inner.height) / 2);
  for (let y = 0; y < inner.height; y++) {
    const row = inner.pixels.subarray(y * inner.width, (y + 1) * inner.width);
    pixels.set(row, (top + y) * width + left);
  }
  return { width, height, pixels };
}

function scaleArea(image: GreyImage, height: number, width: number): GreyImage {
  const columns = coverage(image.width, width);
  const rows = coverage(image.height, height);
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      let area = 0;
      for (const [sourceY, heightPart] of rows[y]) {
        for (const [sourceX, widthPart] of columns[x]) {
          const part = heightPart * widthPart;
          sum += part * image.pixels[sourceY * image.width + sourceX];
          area += part;
        }
      }
      pixels[y * width + x] = Math.round(sum / area);
    }
  }
  return { width, height, pixels };
}

/** For each new pixel of one direction: the old pixels it covers, with how much of each. */
function coverage(from: number, to: number): [index: number, part: number][][] {
  return Array.from({ length: to }, (_, index) => {
    const start = (index * from) / to;
    const end = ((index + 1) * from) / to;
    const parts: [number, number][] = [];
    for (let i = Math.floor(start); i < Math.min(from, Math.ceil(end)); i++) {
      parts.push([i, Math.min(end, i + 1) - Math.max(start, i)]);
    }
    return parts;
  });
}
