/** Drawing with the keyboard: a pen that arrows move and the space bar puts down and lifts. */
import { computed, signal } from "@preact/signals";
import { beginStroke, clearDrawing, endStroke, extendStroke, penDown, undo } from "./drawing.ts";

export const PEN_KEYS =
  "With the keyboard: arrows move the pen (with Shift further), the space bar puts it down and lifts it, " +
  "Backspace undoes, Delete clears.";

/** One pixel of what the network sees, as a part of the frame; and four. */
const STEP = 1 / 28;
const STRIDE = 4 * STEP;

const place = signal({ x: 0.5, y: 0.5 });

/** Where it is, as parts of the frame's longer side. */
export const pen = computed(() => ({ ...place.value, down: penDown.value }));

const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * @param right,bottom ends of the frame, as parts of its longer side
 * @returns whether the key means something here
 */
export function penKey(event: KeyboardEvent, right: number, bottom: number): boolean {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
  if ((ctrlKey || metaKey) && key.toLowerCase() === "z") {
    undo();
    return true;
  }
  if (ctrlKey || metaKey || altKey) return false;
  if (Object.hasOwn(ARROWS, key)) {
    const [dx, dy] = ARROWS[key];
    const step = shiftKey ? STRIDE : STEP;
    const { x, y } = place.value;
    place.value = { x: within(x + dx * step, right), y: within(y + dy * step, bottom) };
    extendStroke([place.value.x, place.value.y]);
    return true;
  }
  switch (key) {
    case " ":
      if (penDown.value) endStroke();
      else beginStroke(place.value.x, place.value.y);
      return true;
    case "Escape":
      if (!penDown.value) return false;
      endStroke();
      return true;
    case "Backspace":
      undo();
      return true;
    case "Delete":
      clearDrawing();
      return true;
    default:
      return false;
  }
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
