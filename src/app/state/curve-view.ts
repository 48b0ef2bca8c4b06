/** How the curves are looked at; the same for both plots. */
import { signal } from "@preact/signals";

/** Weight of the moving average over the training curves. */
export const smoothing = signal(0);
export const logLoss = signal(false);
/** First and last step in view; null for all. */
export const zoom = signal<[number, number] | null>(null);
