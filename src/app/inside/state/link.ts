/** What the address says to this view: a step that is worked out, or an image on its way through the model. */
import { batch, computed, effect, signal } from "@preact/signals";
import { drawing } from "../../draw/link.ts";
import { readImagePlace, writeImagePlace, type ImagePlace } from "../image/place.ts";
import { place } from "../image/state.ts";
import { queryOf, setQuery, view } from "../../state/route.ts";
import { readStep, stepQuery } from "./step.ts";

export const SHOWN = ["step", "image"] as const;
export type Shown = (typeof SHOWN)[number];

export const shown = signal<Shown>("step");

/** What was wrong with the address. */
export const linkProblems = signal<string[]>([]);

/** What leads to either, as it was left. */
export const queries = computed((): Record<Shown, string> => ({
  step: stepQuery.value,
  image: imageQuery(place.value),
}));

/** One's own drawing is in the address where it is what is followed. */
function imageQuery(image: ImagePlace): string {
  const query = writeImagePlace(image);
  const strokes = image.source === "drawing" ? (drawing.write() ?? "") : "";
  return strokes === "" ? query : `${query}&${strokes}`;
}

/** Takes what is shown from the address, now and whenever another is asked for, and keeps it there. */
export function followAddress(): void {
  let written = "";
  effect(() => {
    // Coming back to the view writes the address, too.
    void view.value;
    const asked = queryOf("inside");
    // The way back to the view as it was left has its whole query: none asks for the step that it begins with.
    if (asked !== written) read(asked);
    written = queries.value[shown.value];
    setQuery("inside", written);
  });
}

function read(query: string): void {
  const parameters = new URLSearchParams(query);
  batch(() => {
    if (parameters.get("show") === "image") {
      const strokes = parameters.get("strokes");
      parameters.delete("strokes");
      const { problems, ...image } = readImagePlace(parameters);
      // An address without any means the drawing that is there.
      if (strokes !== null) problems.push(...drawing.read(new URLSearchParams({ strokes })));
      shown.value = "image";
      place.value = image;
      linkProblems.value = problems;
    } else {
      shown.value = "step";
      linkProblems.value = readStep(query);
    }
  });
}
