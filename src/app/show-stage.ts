/** Brings the stage into view where settings and stage lie one under the other. */
import { narrow } from "./state/narrow.ts";

export function showStage(): void {
  if (!narrow.peek()) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("stage")!.scrollIntoView({ behavior: still ? "auto" : "smooth" });
}
