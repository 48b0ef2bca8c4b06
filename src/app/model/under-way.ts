/**
 * Keeps the newest checkpoint of a run while it is under way, so that closing its tab does not lose it. Whether a run is still
 * under way in some tab, a lock says: the browser takes it from a tab that is closed, however that happens.
 */
import { readCheckpoint } from "../../model/checkpoint.ts";
import { createBrowserCache } from "../../worker/browser-cache.ts";
import type { KeptRun } from "../state/kept-run.ts";
import { isListed, keepRun } from "../state/runs.ts";
import { forgetUnderWay, noteUnderWay, readUnderWay } from "../state/under-way.ts";
import { inTurn, keepCheckpoint, tellWhy } from "./keep.ts";

/** How far a run has come. */
export interface Standing {
  /** Its row in the list, if it ended here. */
  run: KeptRun;
  checkpoint: Uint8Array;
}

/** The run of this tab of which something is kept. */
let own: { id: string; letGo: () => void } | undefined;
/** The run whose checkpoint could not be kept. */
let refused: string | undefined;
let isWaiting = false;

/**
 * Keeps where the run stands when its turn comes: of checkpoints that come faster than they can be written, the newest.
 * Where one cannot be kept, that is said, and none of this run is tried again.
 * @param standing undefined where the run has ended by then
 */
export async function keepUnderWay(standing: () => Standing | undefined): Promise<void> {
  if (isWaiting) return;
  isWaiting = true;
  await inTurn(async () => {
    isWaiting = false;
    const now = standing();
    const cache = createBrowserCache(undefined, "model");
    // Where nothing can be kept, the end of the run says so.
    if (!now || !cache || !("locks" in navigator)) return;
    const { id } = now.run;
    if (refused === id) return;
    try {
      if (own?.id !== id) own = { id, letGo: await hold(id) };
      await cache.put(checkpointOf(id), now.checkpoint);
      await noteUnderWay(now.run);
    } catch (error) {
      refused = id;
      tellWhy(error);
    }
  });
}

/** The run of this tab has ended, and what is to stay of it is kept as of any run. */
export async function endUnderWay(): Promise<void> {
  await inTurn(async () => {
    if (!own) return;
    const { id, letGo } = own;
    own = undefined;
    try {
      // Before the lock is let go: others would take it for interrupted.
      await clear(id);
    } catch {
      // A browser that keeps nothing has nothing to forget.
    } finally {
      letGo();
    }
  });
}

/**
 * As soon as the tab of such a run is gone: its last checkpoint is the kept model, and it is listed as interrupted; one that was
 * closed just after its run had ended has listed it itself.
 */
export async function adoptInterrupted(ids: readonly string[]): Promise<void> {
  if (!("locks" in navigator)) return;
  await Promise.all(ids.map((id) => navigator.locks.request(lockOf(id), () => inTurn(() => adopt(id)))));
}

async function adopt(id: string): Promise<void> {
  const run = await readUnderWay(id);
  if (!run) return;
  const hasEnded = await isListed(id);
  const cache = createBrowserCache(undefined, "model");
  try {
    const checkpoint = await cache?.get(checkpointOf(id));
    if (cache && checkpoint) {
      const { state, config } = readCheckpoint(checkpoint);
      const interrupted = hasEnded ? undefined : { epoch: state.epoch, epochs: config.training.epochs };
      await keepCheckpoint(cache, checkpoint, interrupted, run.at);
    }
  } catch {
    // Half gone, or written by another version: what is known of the run is listed all the same.
  }
  if (!hasEnded) await keepRun({ ...run, ending: "interrupted" });
  await clear(id);
}

async function clear(id: string): Promise<void> {
  await forgetUnderWay(id);
  await createBrowserCache(undefined, "model")?.delete(checkpointOf(id));
}

/** Resolves when the lock is held, to what lets it go. */
function hold(id: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks.request(lockOf(id), () => new Promise<void>((letGo) => resolve(letGo))).catch(reject);
  });
}

function lockOf(id: string): string {
  return `backlit-run-${id}`;
}

function checkpointOf(id: string): string {
  return `under-way/${id}.safetensors`;
}
