/** Keys of the view, left alone in fields and inside matrices. */
import { keysOn } from "../state/keys.ts";
import { view } from "../state/route.ts";
import { goBy } from "./state/step.ts";

/** Where letters mean something already. */
const TAKEN = "input:not([type=radio]), select, textarea";

const BY: Record<string, number> = { n: 1, p: -1 };

export function listenToKeys(): () => void {
  const listen = (event: KeyboardEvent): void => {
    const by = BY[event.key.toLowerCase()];
    if (
      by === undefined ||
      !keysOn.value ||
      view.value !== "inside" ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    )
      return;
    if (event.target instanceof Element && event.target.closest(TAKEN)) return;
    event.preventDefault();
    goBy(by);
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}
