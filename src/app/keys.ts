/** Keys of the training view, left alone wherever they mean something already. */
import { view } from "./state/route.ts";
import { toggleRun } from "./state/run.ts";

const TAKEN = "input, select, textarea, button, a, summary, [contenteditable], [tabindex]";

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (view.value !== "train") return;
    if (event.target instanceof Element && event.target.closest(TAKEN)) return;
    event.preventDefault();
    toggleRun();
  });
}
