/** The image that is followed through the model, and what came of it. */
import { batch, computed, effect, signal } from "@preact/signals";
import type { ImageTrace, Objective } from "../../../lens/image-trace.ts";
import { prepared } from "../../draw/drawing.ts";
import { heldModel, type HeldModel } from "../../state/model.ts";
import { evaluation, samples } from "../../state/run.ts";
import { preview } from "../../state/trainer.ts";
import { Cancelled } from "../../state/worker-line.ts";
import { lens } from "../state/lens.ts";
import { shelvesFor, type Picture, type Shelf, type Source } from "./pictures.ts";
import { FIRST_PLACE, type ImagePlace } from "./place.ts";

export const place = signal<ImagePlace>(FIRST_PLACE);

export const shelves = computed((): Shelf[] =>
  heldModel.value === null
    ? []
    : shelvesFor(heldModel.value.contents.dataset, {
        samples: samples.value,
        evaluation: evaluation.value,
        drawing: prepared.value?.image,
        preview: preview.value,
      }),
);

export const shelf = computed(
  (): Shelf | undefined =>
    shelves.value.find(({ source }) => source === place.value.source) ?? shelves.value[0],
);
export const index = computed(() => Math.min(place.value.index, (shelf.value?.pictures.length ?? 1) - 1));
export const picture = computed((): Picture | undefined => shelf.value?.pictures[index.value]);
const classes = computed(() => heldModel.value?.contents.dataset.classes.length ?? 0);
/** A class that the model does not have counts as none. */
export const objective = computed((): Objective => {
  const { objective: asked } = place.value;
  return asked !== "loss" && asked >= classes.value ? "loss" : asked;
});

/** What a person means by a picture without a label; null for what it is read as. */
const said = signal<number | null>(null);
export const meant = computed(() =>
  said.value !== null && said.value < classes.value ? said.value : undefined,
);

export interface Followed {
  trace: ImageTrace;
  picture: Picture;
  objective: Objective;
  model: HeldModel;
}

/** What came of the last image that was followed; null before, and where it failed. */
export const followed = signal<Followed | null>(null);
export const failure = signal("");

export function show(source: Source, number: number): void {
  place.value = { ...place.value, source, index: number };
}

export function mean(label: number | null): void {
  said.value = label;
}

export function ask(about: Objective): void {
  place.value = { ...place.value, objective: about };
}

/** Follows whatever is chosen, until it is told to stop. */
export function followChoice(): () => void {
  let heldByWorker: HeldModel | undefined;
  let latest = 0;
  return effect(() => {
    const model = heldModel.value;
    const chosen = picture.value;
    const about = objective.value;
    const label = chosen?.label ?? meant.value;
    const number = ++latest;
    if (model === null || chosen === undefined) {
      followed.value = null;
      return;
    }
    void (async () => {
      try {
        if (heldByWorker !== model) {
          await lens.ask((api) => api.hold(model.bytes));
          heldByWorker = model;
        }
        const trace = await lens.ask((api) => api.follow(chosen.pixels, label, about));
        if (number !== latest) return;
        batch(() => {
          followed.value = { trace, picture: chosen, objective: about, model };
          failure.value = "";
        });
      } catch (error) {
        heldByWorker = undefined;
        if (error instanceof Cancelled || number !== latest) return;
        failure.value = error instanceof Error ? error.message : String(error);
      }
    })();
  });
}
