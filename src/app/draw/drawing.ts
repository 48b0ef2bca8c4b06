/** The drawing, and what a network is given of it. */
import { batch, computed, signal } from "@preact/signals";
import { fitInto, type GreyImage } from "../../data/images/grey-image.ts";
import { prepareImage, readsDigits, type Prepared } from "../../data/images/prepare.ts";
import { drawStrokes, type Stroke } from "../../data/images/strokes.ts";
import { heldModel } from "../state/model.ts";
import { asWritten } from "./stroke-text.ts";

/** Pixels of the longer side that strokes are inked with before they are scaled down: eight for each of MNIST's. */
const DETAIL = 224;

/** Parts of the frame's longer side. The middle one comes out as wide as most of MNIST's strokes. */
export const BRUSH = { least: 0.04, usual: 0.1, most: 0.16 };

export const brush = signal(BRUSH.usual);
export const strokes = signal<readonly Stroke[]>([]);
/** A picture from a file that lies on the paper, below the strokes: ink from 0 to 255. */
export const picture = signal<GreyImage | null>(null);
/** What undo goes back to, the newest last. */
const past = signal<{ strokes: readonly Stroke[]; picture: GreyImage | null }[]>([]);
/** Whether a pen is on the paper. */
export const penDown = signal(false);
/** The class whose pixels are asked for; that of the answer when null, as for every new drawing. */
export const about = signal<number | null>(null);

export const isEmpty = computed(() => strokes.value.length === 0 && picture.value === null);

export const canUndo = computed(() => past.value.length > 0);

/** Height and width of the frame as the model's images have them. */
export const frame = computed(() => {
  const dataset = heldModel.value?.contents.dataset;
  return dataset ? { height: dataset.height, width: dataset.width } : { height: 28, width: 28 };
});

/** Coordinates here and below are parts of the frame's longer side; what is read is what the address will hold. */
export function beginStroke(x: number, y: number): void {
  batch(() => {
    remember();
    penDown.value = true;
    strokes.value = [...strokes.value, asWritten({ width: brush.value, points: [x, y] })];
  });
}

/** @param points `[x, y, …]` */
export function extendStroke(points: readonly number[]): void {
  const last = strokes.value.at(-1);
  if (!penDown.value || !last) return;
  const further = asWritten({ width: last.width, points: [...points] });
  strokes.value = [...strokes.value.slice(0, -1), { ...last, points: [...last.points, ...further.points] }];
}

export function endStroke(): void {
  penDown.value = false;
}

/** Puts a whole drawing in the place of what is there. */
export function replaceDrawing(drawing: readonly Stroke[]): void {
  batch(() => {
    remember();
    penDown.value = false;
    about.value = null;
    strokes.value = drawing.map(asWritten);
    picture.value = null;
  });
}

export function clearDrawing(): void {
  if (!isEmpty.value) replaceDrawing([]);
}

/** Puts a picture in the place of what is there: of a digit the ink alone, as large as digits are drawn. @param image light on dark */
export function layPicture(image: GreyImage): void {
  const model = heldModel.value;
  const [height, width] = detailed();
  const isDigit = !model || readsDigits(model.contents.dataset);
  batch(() => {
    replaceDrawing([]);
    picture.value = prepareImage(image, height, width, isDigit).image;
  });
}

export function undo(): void {
  const before = past.value.at(-1);
  if (!before) return;
  batch(() => {
    past.value = past.value.slice(0, -1);
    penDown.value = false;
    strokes.value = before.strokes;
    picture.value = before.picture;
  });
}

function remember(): void {
  past.value = [...past.value, { strokes: strokes.value, picture: picture.value }];
}

/** Height and width in which a drawing is inked. */
function detailed(): [height: number, width: number] {
  const { height, width } = frame.value;
  const scale = DETAIL / Math.max(height, width);
  return [Math.round(height * scale), Math.round(width * scale)];
}

/** What the network is given; undefined without a model, or without ink. */
export const prepared = computed<Prepared | undefined>(() => {
  const model = heldModel.value;
  if (!model || isEmpty.value) return undefined;
  const { height, width } = frame.value;
  const inked = drawStrokes(strokes.value, ...detailed());
  if (picture.value) {
    const below = fitInto(picture.value, inked.height, inked.width);
    inked.pixels.forEach((ink, i) => (inked.pixels[i] = Math.max(ink, below.pixels[i])));
  }
  // Strokes may lie outside of the frame altogether.
  if (inked.pixels.every((ink) => ink === 0)) return undefined;
  return prepareImage(inked, height, width, readsDigits(model.contents.dataset));
});
