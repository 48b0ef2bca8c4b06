/** The drawing, and what a network is given of it. */
import { batch, computed, signal } from "@preact/signals";
import type { GreyImage } from "../../data/images/grey-image.ts";
import { prepareImage, readsDigits, type Prepared } from "../../data/images/prepare.ts";
import { drawStrokes, type Stroke } from "../../data/images/strokes.ts";
import { heldModel } from "../state/model.ts";

/** Pixels of the longer side that strokes are inked with before they are scaled down: eight for each of MNIST's. */
const DETAIL = 224;

/** Parts of the frame's longer side. The middle one comes out as wide as most of MNIST's strokes. */
export const BRUSH = { least: 0.04, usual: 0.1, most: 0.16 };

export const brush = signal(BRUSH.usual);
export const strokes = signal<readonly Stroke[]>([]);
/** What undo goes back to, the newest last. */
const past = signal<(readonly Stroke[])[]>([]);
/** Whether a pen is on the paper. */
export const penDown = signal(false);
/** The class whose pixels are asked for; that of the answer when null, as for every new drawing. */
export const about = signal<number | null>(null);

export const canUndo = computed(() => past.value.length > 0);

/** Height and width of the frame as the model's images have them. */
export const frame = computed(() => {
  const dataset = heldModel.value?.contents.dataset;
  return dataset ? { height: dataset.height, width: dataset.width } : { height: 28, width: 28 };
});

/** Coordinates here and below are parts of the frame's longer side. */
export function beginStroke(x: number, y: number): void {
  batch(() => {
    remember();
    penDown.value = true;
    strokes.value = [...strokes.value, { width: brush.value, points: [x, y] }];
  });
}

/** @param points `[x, y, …]` */
export function extendStroke(points: readonly number[]): void {
  const last = strokes.value.at(-1);
  if (!penDown.value || !last) return;
  strokes.value = [...strokes.value.slice(0, -1), { ...last, points: [...last.points, ...points] }];
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
    strokes.value = drawing;
  });
}

export function clearDrawing(): void {
  if (strokes.value.length > 0) replaceDrawing([]);
}

export function undo(): void {
  const before = past.value.at(-1);
  if (!before) return;
  batch(() => {
    past.value = past.value.slice(0, -1);
    penDown.value = false;
    strokes.value = before;
  });
}

function remember(): void {
  past.value = [...past.value, strokes.value];
}

/** What the network is given; undefined without a model, or without ink. */
export const prepared = computed<Prepared | undefined>(() => {
  const model = heldModel.value;
  if (!model || strokes.value.length === 0) return undefined;
  const { height, width } = frame.value;
  const scale = DETAIL / Math.max(height, width);
  const picture: GreyImage = drawStrokes(
    strokes.value,
    Math.round(height * scale),
    Math.round(width * scale),
  );
  // Strokes may lie outside of the frame altogether.
  if (picture.pixels.every((ink) => ink === 0)) return undefined;
  return prepareImage(picture, height, width, readsDigits(model.contents.dataset));
});
