/** Images of a dataset side by side, as if lit from behind. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { INK } from "../ink.ts";
import type { SamplesEvent } from "../../worker/trainer-api.ts";

/** Pixels between two images. */
const GAP = 3;
/** How much an image is enlarged at most, and pixels of the sheet along its longer side. */
const LARGEST_SCALE = 4;
const WIDEST = 2048;

/** `images` is `[n * height * width]`. */
type Samples = Pick<SamplesEvent, "images" | "height" | "width">;

export function LightBox({ samples, columns, label }: { samples: Samples; columns: number; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Before it is painted: an empty canvas has another shape, and what lies below would jump.
  useLayoutEffect(() => {
    if (canvas.current) drawSheet(canvas.current, samples, columns);
  }, [samples, columns]);
  return (
    <div class="light-box">
      <canvas ref={canvas} role="img" aria-label={label} />
    </div>
  );
}

function drawSheet(canvas: HTMLCanvasElement, { images, height, width }: Samples, columns: number) {
  const count = images.length / (height * width);
  const sheet = {
    width: columns * (width + GAP) - GAP,
    height: Math.ceil(count / columns) * (height + GAP) - GAP,
  };
  // By a whole number, so that the browser only ever makes the sheet smaller: every pixel stays square. Large images are
  // made smaller here instead.
  const fitting = WIDEST / Math.max(sheet.width, sheet.height);
  const scale = fitting < 1 ? fitting : Math.min(LARGEST_SCALE, Math.floor(fitting));
  canvas.width = Math.ceil(scale * sheet.width);
  canvas.height = Math.ceil(scale * sheet.height);
  const context = canvas.getContext("2d")!;
  context.imageSmoothingEnabled = scale < 1;
  const single = new OffscreenCanvas(width, height);
  const singleContext = single.getContext("2d")!;
  for (let index = 0; index < count; index++) {
    const pixels = images.subarray(index * height * width, (index + 1) * height * width);
    singleContext.putImageData(lit(pixels, height, width), 0, 0);
    const x = scale * (index % columns) * (width + GAP);
    const y = scale * Math.floor(index / columns) * (height + GAP);
    context.drawImage(single, x, y, scale * width, scale * height);
  }
}

/** @param pixels `[height * width]`; dark pixels let the background through */
export function lit(pixels: Uint8Array, height: number, width: number): ImageData {
  const image = new ImageData(width, height);
  const { data } = image;
  for (let index = 0; index < pixels.length; index++) {
    data[4 * index] = INK[0];
    data[4 * index + 1] = INK[1];
    data[4 * index + 2] = INK[2];
    data[4 * index + 3] = pixels[index];
  }
  return image;
}
