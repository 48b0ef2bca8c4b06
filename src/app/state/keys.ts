/** The keys of the training view: whether they are on, and the dialogs that they open. */
import { signal } from "@preact/signals";
import { busy, phase, resetRun } from "./run.ts";

const KEY = "backlit-keys";

/** Single keys can be in the way of speech input and of slips of the hand: they can be turned off. */
export const keysOn = signal(stored());

export const helpOpen = signal(false);

/** A run is under way, and whether to throw it away is being asked. */
export const resetAsked = signal(false);

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    // Storage may be forbidden.
    return true;
  }
}

export function turnKeys(on: boolean): void {
  keysOn.value = on;
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // Not remembered then.
  }
}

/** What has ended is in the list of runs; what is under way would be lost. */
export function askForReset(): void {
  if (busy.value && phase.value !== "preparing") resetAsked.value = true;
  else resetRun();
}
