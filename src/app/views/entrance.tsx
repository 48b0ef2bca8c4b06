/** Enters a view that was changed to: its heading has the focus, so that it is read out and keys go on from there. */
import { useEffect } from "preact/hooks";
import { phase } from "../state/run.ts";
import { arrival, view } from "../state/route.ts";

/** Stands behind the view, and is there only when the view itself is. */
export function Entrance() {
  useEffect(enter, [view.value]);
  return null;
}

function enter(): void {
  const arrived = arrival.peek();
  if (arrived === null || arrived.view !== view.peek()) return;
  arrival.value = null;
  const title = document.getElementById(`${arrived.view}-title`);
  if (title) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
  // A run that begins brings its stage into view by itself.
  if (arrived.view === "train" && phase.peek() === "preparing") return;
  window.scrollTo({ top: arrived.scroll, behavior: "instant" });
}
