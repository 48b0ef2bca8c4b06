/** Single keys of the training view, left alone wherever they mean something already. */
import { askForReset, helpOpen, keysOn } from "./state/keys.ts";
import { view } from "./state/route.ts";
import { stepRun, toggleRun } from "./state/run.ts";

/** What takes text, or moves by letters. */
const TYPING = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range])";
/** What the space bar presses or scrolls, too. */
const PRESSING = "input, button, a, summary, [tabindex]:not([tabindex='-1'])";

const ACTIONS: Readonly<Record<string, () => void>> = {
  " ": toggleRun,
  s: stepRun,
  r: askForReset,
  "?": () => (helpOpen.value = true),
};

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    const { key, repeat, ctrlKey, metaKey, altKey, target } = event;
    const action = ACTIONS[key.toLowerCase()];
    if (!action || repeat || ctrlKey || metaKey || altKey) return;
    if (view.value !== "train" || document.querySelector("dialog[open]")) return;
    if (key !== "?" && !keysOn.value) return;
    if (target instanceof Element && target.closest(key === " " ? `${TYPING}, ${PRESSING}` : TYPING)) return;
    event.preventDefault();
    action();
  });
}
