/** An image file as the drawing: decoded by the browser, grey, light on dark, and laid onto the paper as a digit is drawn. */
import { DataError } from "../../core/errors.ts";
import { lightOnDark, type GreyImage } from "../../data/images/grey-image.ts";
import { luma, onContrast } from "../../data/images/luma.ts";
import { layPicture } from "./drawing.ts";

/** A photograph has more pixels than any digit in it needs. */
const MOST_PIXELS = 1024;

/** @throws DataError `image/unreadable` for what the browser cannot decode */
export async function takePicture(file: File): Promise<void> {
  layPicture(lightOnDark(await decodeGrey(file)));
}

async function decodeGrey(file: File): Promise<GreyImage> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (error) {
    throw new DataError("image/unreadable", `this browser cannot decode it: ${(error as Error).message}`, {
      hint: "It may be damaged; or save it as a PNG or a JPEG.",
      cause: error,
    });
  }
  const scale = Math.min(1, MOST_PIXELS / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const lumas = Float64Array.from({ length: width * height }, (_, i) =>
    luma(data[4 * i] / 255, data[4 * i + 1] / 255, data[4 * i + 2] / 255),
  );
  const alphas = Float64Array.from({ length: width * height }, (_, i) => data[4 * i + 3] / 255);
  return { width, height, pixels: onContrast(lumas, alphas) };
}
