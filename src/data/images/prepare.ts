/** What happens to a picture before a network reads it, on the command line and on the page alike. */
import { centreDigit } from "./centre-digit.ts";
import { fitInto, type GreyImage } from "./grey-image.ts";

/** Datasets whose images were cropped, scaled and centred; pictures of other things are only scaled. */
const DIGITS: ReadonlySet<string> = new Set(["synthetic", "mnist"]);

/** Whether a model trained on this dataset wants its pictures prepared as MNIST's digits were. */
export function readsDigits({ name }: { name: string }): boolean {
  return DIGITS.has(name);
}

export interface Prepared {
  image: GreyImage;
  /** Cropped, scaled and centred as MNIST is; else only scaled. */
  centred: boolean;
}

/**
 * @param picture light on dark, of any size
 * @param digits see `readsDigits`; a picture without ink is scaled all the same
 */
export function prepareImage(picture: GreyImage, height: number, width: number, digits: boolean): Prepared {
  const digit = digits ? centreDigit(picture, height, width) : undefined;
  return { image: digit ?? fitInto(picture, height, width), centred: digit !== undefined };
}
