/** What the network makes of the drawing, asked again whenever either changes. */
import { computed, effect, signal } from "@preact/signals";
import type { Reading } from "../../worker/model-reader.ts";
import { heldModel, type HeldModel } from "../state/model.ts";
import { readImage } from "../state/reader.ts";
import { about, prepared } from "./drawing.ts";

interface Question {
  model: HeldModel;
  pixels: Uint8Array;
  about: number | undefined;
}

const question = computed<Question | undefined>(() => {
  const model = heldModel.value;
  const image = prepared.value?.image;
  const classes = model?.contents.dataset.classes.length ?? 0;
  const asked = about.value !== null && about.value < classes ? about.value : undefined;
  return model && image ? { model, pixels: image.pixels, about: asked } : undefined;
});

/** The newest answer, and what it was an answer to. */
export const reading = signal<(Reading & { model: HeldModel }) | null>(null);
export const readingProblem = signal<string | null>(null);

let asking = false;

/** One question at a time; while it is being answered only the newest of the others is kept. */
async function answer(): Promise<void> {
  if (asking) return;
  asking = true;
  // No question is one, too: it takes the last answer away.
  let answered: Question | undefined | null = null;
  try {
    for (let next = question.peek(); next !== answered; next = question.peek()) {
      answered = next;
      const result = next && (await readImage(next.model, next.pixels, next.about));
      // The paper may have been cleared meanwhile.
      const current = question.peek();
      reading.value = result && next && current ? { ...result, model: next.model } : null;
      readingProblem.value = null;
    }
  } catch (error) {
    readingProblem.value = error instanceof Error ? error.message : String(error);
  } finally {
    asking = false;
  }
}

effect(() => {
  void question.value;
  void answer();
});
