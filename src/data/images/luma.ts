/** Coloured pixels as grey levels. Pure. */

/** Rec. 601. @param red,green,blue in the same units as what is returned */
export function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Transparent parts get the background that contrasts with what is drawn.
 * @param lumas,alphas from 0 to 1, one for each pixel
 * @returns grey levels from 0 to 255
 */
export function onContrast(lumas: Float64Array, alphas: Float64Array): Uint8Array {
  const background = contrastTo(lumas, alphas);
  const pixels = new Uint8Array(lumas.length);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = Math.round(255 * (lumas[i] * alphas[i] + background * (1 - alphas[i])));
  }
  return pixels;
}

/** Black under bright drawings, white under dark ones. */
function contrastTo(lumas: Float64Array, alphas: Float64Array): number {
  let weight = 0;
  let sum = 0;
  for (let i = 0; i < lumas.length; i++) {
    weight += alphas[i];
    sum += lumas[i] * alphas[i];
  }
  return sum > 0.5 * weight ? 0 : 1;
}
