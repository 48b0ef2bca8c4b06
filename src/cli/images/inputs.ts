/** Files given to `predict`, as a model's inputs: PNGs are fitted to its images, IDX files must be of their size. */
import { pixelToInput } from "../../core/dataset.ts";
import { DataError } from "../../core/errors.ts";
import { parseIdx, type IdxArray } from "../../data/idx.ts";
import { borderMean, invert } from "../../data/images/grey-image.ts";
import { prepareImage } from "../../data/images/prepare.ts";
import { readInputFile } from "../input-file.ts";
import { decodeGreyPng } from "./grey-png.ts";

export interface PredictionInput {
  /** The file, with the image's number for an IDX file of several. */
  label: string;
  /** `[height * width]`, pixels divided by 255. */
  values: Float32Array;
  /** What was done to the picture. */
  notes: string[];
}

export interface InputOptions {
  height: number;
  width: number;
  /** Whether pictures are dark on light; judged by each PNG's border when left out, never done to IDX files then. */
  invert: boolean | undefined;
  /** Whether pictures of another size are prepared as MNIST's digits were. */
  digits: boolean;
}

const ACCEPTED =
  "predict reads PNGs, and IDX files of images, gzipped or not; convert other pictures to PNG.";

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** @throws DataError `image/…` or `idx/…` */
export async function readInputs(path: string, options: InputOptions): Promise<PredictionInput[]> {
  const bytes = await readInputFile(path, "image");
  const isPng = PNG_SIGNATURE.every((byte, i) => bytes[i] === byte);
  if (isPng) return [pngInput(path, bytes, options)];
  if (path.toLowerCase().endsWith(".png")) {
    throw new DataError("image/png", `${path} is not a PNG: it does not start with a PNG's signature`, {
      hint: ACCEPTED,
    });
  }
  return idxInputs(path, bytes, options);
}

function pngInput(path: string, bytes: Uint8Array, options: InputOptions): PredictionInput {
  const { height, width } = options;
  const notes: string[] = [];
  let image = decodeGreyPng(bytes, path);
  const darkOnLight = borderMean(image) > 127.5;
  if (options.invert ?? darkOnLight) {
    image = invert(image);
    notes.push(options.invert === undefined ? "inverted, because its border is light" : "inverted");
  }
  if (image.width !== width || image.height !== height) {
    const from = `from ${image.width} x ${image.height} to ${width} x ${height}`;
    const prepared = prepareImage(image, height, width, options.digits);
    notes.push(prepared.centred ? `cropped, scaled and centred as MNIST is, ${from}` : `scaled ${from}`);
    image = prepared.image;
  }
  const values = Float32Array.from(image.pixels, pixelToInput);
  return { label: path, values, notes };
}

async function idxInputs(path: string, bytes: Uint8Array, options: InputOptions): Promise<PredictionInput[]> {
  const { height, width } = options;
  const { shape, data } = await readIdx(path, bytes);
  const [count, rows, columns] = shape.length === 2 ? [1, ...shape] : shape;
  if (rows !== height || columns !== width || shape.length > 3) {
    throw new DataError(
      "image/size",
      `${path} holds [${shape.join(", ")}], but the model reads images of ${height} x ${width}`,
      { hint: "Give an IDX file [n, height, width] of that size, or PNGs, which are scaled." },
    );
  }
  const size = height * width;
  return Array.from({ length: count }, (_, i) => {
    const pixels = data.subarray(i * size, (i + 1) * size);
    return {
      label: count === 1 ? path : `${path}[${i}]`,
      values: Float32Array.from(pixels, (value) => pixelToInput(options.invert ? 255 - value : value)),
      notes: options.invert ? ["inverted"] : [],
    };
  });
}

/** What is neither a PNG nor an IDX file is most often a picture of another kind. */
async function readIdx(path: string, bytes: Uint8Array): Promise<IdxArray> {
  try {
    return await parseIdx(bytes, path);
  } catch (error) {
    if (!(error instanceof DataError) || error.code !== "idx/magic") throw error;
    throw new DataError("image/unknown", `${path} is neither a PNG nor an IDX file`, {
      hint: ACCEPTED,
      cause: error,
    });
  }
}
