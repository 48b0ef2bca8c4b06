/** Pictures on their way to the network: grey, scaled by area to the size of the model's images. */
export interface GreyImage {
  width: number;
  height: number;
  /** `[height * width]`, row by row. */
  pixels: Uint8Array;
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

/** Ink as networks of digits know it: light on a dark ground, whichever the picture had. */
export function lightOnDark(image: GreyImage): GreyImage {
  return borderMean(image) > 127.5 ? invert(image) : image;
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

/** Scales each direction to its new length; each new pixel is the mean of the area it covers. */
export function scaleArea(image: GreyImage, height: number, width: number): GreyImage {
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
