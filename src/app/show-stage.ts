/** Brings the stage into view where settings and stage lie one under the other. */

/** As in styles/layout.css. */
const NARROW = "(max-width: 60rem)";

export function showStage(): void {
  if (!matchMedia(NARROW).matches) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("stage")!.scrollIntoView({ behavior: still ? "auto" : "smooth" });
}
