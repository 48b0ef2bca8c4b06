/** What the tabs of one browser share, emptied before every test; and runs that a tab leaves behind when it is closed. */
import { afterEach, beforeEach, vi } from "vitest";
import type { KeptRun } from "../../src/app/state/kept-run.ts";
import { fakeCaches } from "./fake-caches.ts";
import { closeChannels, FakeChannel } from "./fake-channel.ts";
import { FakeLocks } from "./fake-locks.ts";
import { keptRun } from "./kept-run.ts";

/**
 * For a whole file of tests.
 * @param stored what `fakeStores` works on
 * @returns closes every tab that holds a lock
 */
export function shareBetweenTabs(stored: Map<string, Map<unknown, unknown>>): () => void {
  let locks: FakeLocks;
  beforeEach(() => {
    stored.clear();
    closeChannels();
    locks = new FakeLocks();
    vi.stubGlobal("navigator", { locks });
    vi.stubGlobal("caches", fakeCaches());
    vi.stubGlobal("BroadcastChannel", FakeChannel);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  return () => locks.closeTabs();
}

/** As of a checkpoint after so many epochs of two steps. */
export function interruptedRun(at: number, steps = 2, id = "run", place: 0 | 1 = 0): KeptRun {
  return keptRun({
    id,
    at,
    steps,
    ending: "interrupted",
    sizes: [6, 4, 3],
    interrupted: { epoch: steps / 2, epochs: 8, engine: "cpu", place },
  });
}

/** Until what was begun without being waited for has been done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

export function endings(runs: readonly KeptRun[]): string[] {
  return runs.map(({ ending }) => ending);
}
