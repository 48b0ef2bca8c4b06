/** A run that is to hold takes the steps that are under way first. */
import { signal } from "@preact/signals";

/** Whether a run that was asked to hold has not come to a standstill yet. */
export const settling = signal(false);

let newest = 0;

/** @param still resolves when the run stands still; of several, the last one counts */
export async function settle(still: Promise<void> | undefined): Promise<void> {
  const turn = ++newest;
  settling.value = true;
  await still;
  if (turn === newest) settling.value = false;
}
