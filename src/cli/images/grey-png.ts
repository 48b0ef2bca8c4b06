/** PNGs of any kind as grey levels. */
import { convertIndexedToRgb, decode, type DecodedPng } from "fast-png";
import { DataError } from "../../core/errors.ts";
import type { GreyImage } from "../../data/images/grey-image.ts";
import { luma, onContrast } from "../../data/images/luma.ts";

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
  const lumas = new Float64Array(width * height);
  const alphas = new Float64Array(width * height).fill(1);
  for (let i = 0; i < lumas.length; i++) {
    const at = (channel: number): number => data[i * channels + channel] / most;
    lumas[i] = channels >= 3 ? luma(at(0), at(1), at(2)) : at(0);
    if (channels % 2 === 0) alphas[i] = at(channels - 1);
  }
  return { width, height, pixels: onContrast(lumas, alphas) };
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
