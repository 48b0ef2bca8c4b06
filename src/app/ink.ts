/** What full ink looks like wherever an image is lit from behind: red, green and blue. */
export const INK: readonly [red: number, green: number, blue: number] = [255, 244, 226];
