/** Images of a dataset side by side, as if lit from behind. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { SamplesEvent } from "../../worker/trainer-api.ts";

/** Pixels between two images. */
const GAP = 3;
/** Enlarged by a whole number first, so that the browser only ever makes the sheet smaller: every pixel stays square. */
const SCALE = 4;
/** What full ink looks like. */
const LIGHT = [255, 244, 226];

export function LightBox({
  samples,
  columns,
  label,
}: {
  samples: SamplesEvent;
  columns: number;
  label: string;
}) {
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

function drawSheet(
  canvas: HTMLCanvasElement,
  { images, labels, height, width }: SamplesEvent,
  columns: number,
) {
  const rows = Math.ceil(labels.length / columns);
  const sheet = new OffscreenCanvas(columns * (width + GAP) - GAP, rows * (height + GAP) - GAP);
  const context = sheet.getContext("2d")!;
  labels.forEach((_, index) => {
    const pixels = images.subarray(index * height * width, (index + 1) * height * width);
    const x = (index % columns) * (width + GAP);
    const y = Math.floor(index / columns) * (height + GAP);
    context.putImageData(lit(pixels, height, width), x, y);
  });
  canvas.width = SCALE * sheet.width;
  canvas.height = SCALE * sheet.height;
  const enlarged = canvas.getContext("2d")!;
  enlarged.imageSmoothingEnabled = false;
  enlarged.drawImage(sheet, 0, 0, canvas.width, canvas.height);
}

/** @param pixels `[height * width]`; dark pixels let the background through */
export function lit(pixels: Uint8Array, height: number, width: number): ImageData {
  const image = new ImageData(width, height);
  pixels.forEach((byte, index) => image.data.set([...LIGHT, byte], 4 * index));
  return image;
}
