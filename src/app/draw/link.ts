/** The drawing in the address. It is written when a stroke is finished, and replaces what was there. */
import { computed } from "@preact/signals";
import type { Stroke } from "../../data/images/strokes.ts";
import type { Beside } from "../model/model-address.ts";
import { penDown, picture, replaceDrawing, strokes } from "./drawing.ts";
import { readStrokes, writeStrokes } from "./stroke-text.ts";

/** Undefined for what no address can hold. */
const text = computed(() => (picture.value ? undefined : writeStrokes(strokes.value)));

/** Whether the drawing is not in the address, and lasts only until the page is closed. */
export const isUnlinked = computed(() => !penDown.value && text.value === undefined);

export const drawing: Beside = {
  read(parameters) {
    const problems: string[] = [];
    let found: { text: string; strokes: Stroke[] } = { text: "", strokes: [] };
    for (const [name, value] of parameters) {
      const read = name === "strokes" ? readStrokes(value) : undefined;
      if (name !== "strokes") problems.push(`“${name}” is not an option`);
      else if (read === undefined) problems.push(`“strokes=${shortened(value)}” is no drawing`);
      else found = { text: value, strokes: read };
    }
    // What is on the paper already stays as it is, and so does a picture, which no address holds.
    if (found.text !== (text.peek() ?? "")) replaceDrawing(found.strokes);
    return problems;
  },
  write() {
    if (penDown.value) return undefined;
    return text.value === undefined || text.value === "" ? "" : `strokes=${text.value}`;
  },
};

function shortened(value: string): string {
  return value.length > 24 ? `${value.slice(0, 24)}…` : value;
}
