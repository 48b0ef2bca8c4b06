/** Whether settings and stage lie one under the other, and then whether the settings are unfolded. */
import { signal } from "@preact/signals";

/** As in styles/layout.css. */
const query = matchMedia("(max-width: 60rem)");

export const narrow = signal(query.matches);

query.addEventListener("change", () => (narrow.value = query.matches));

export const unfolded = signal(false);
