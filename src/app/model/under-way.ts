/**
 * Keeps the newest checkpoint of a run while it is under way, so that closing its tab does not lose it. Whether a run is still
 * under way in some tab, a lock says: the browser takes it from a tab that is closed, however that happens. A run has two
 * places for checkpoints: where an interrupted one is gone on with, the one that it goes on from stays until its end.
 */
import { createBrowserCache, type BrowserCache } from "../../worker/browser-cache.ts";
import type { KeptRun } from "../state/kept-run.ts";
import { keepRun, listedRun, runs } from "../state/runs.ts";
import { forget, lockOf, noteUnderWay, readUnderWay, setElsewhere, type Noted } from "../state/under-way.ts";
import { inTurn, keepCheckpoint, tellWhy } from "./keep.ts";

/** How far a run has come. */
export interface Standing {
  /** Its row in the list, if its tab is closed now. */
  run: KeptRun;
  checkpoint: Uint8Array;
}

/** Interrupted runs that can be gone on with, at most: of older ones the list tells, but their checkpoints are deleted. */
export const MOST_INTERRUPTED = 3;

const PLACES = [0, 1] as const;

/** What lets the locks go of this tab's runs: of the one that is under way, and of one before it that is still being kept. */
const own = new Map<string, () => void>();
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
    const cache = modelCache();
    // Where nothing can be kept, the end of the run says so.
    if (!now || !cache || !("locks" in navigator)) return;
    const { id } = now.run;
    if (refused === id) return;
    try {
      if (!own.has(id)) own.set(id, (await hold(id))!);
      await cache.put(checkpointOf(id, now.run.interrupted!.place), now.checkpoint);
      await noteUnderWay(now.run);
    } catch (error) {
      refused = id;
      tellWhy(error);
    }
  });
}

/**
 * An interrupted run is about to be gone on with in this tab.
 * @returns false where it is under way in another
 */
export function claimRun(id: string): Promise<boolean> {
  return inTurn(async () => {
    const letGo = await hold(id, { ifAvailable: true });
    if (letGo) own.set(id, letGo);
    if (refused === id) refused = undefined;
    return letGo !== undefined;
  });
}

/** The checkpoint that an interrupted run can be gone on from; undefined where the browser has deleted it. */
export async function readInterrupted({ id, interrupted }: KeptRun): Promise<Uint8Array | undefined> {
  return interrupted && modelCache()?.get(checkpointOf(id, interrupted.place));
}

/** The run of this tab has ended, or could not be gone on with, and what is to stay of it is kept as of any run. */
export async function endUnderWay(id: string): Promise<void> {
  await inTurn(async () => {
    const letGo = own.get(id);
    if (!letGo) return;
    own.delete(id);
    try {
      // Before the lock is let go: others would take it for interrupted.
      await forget({ id, isDeleted: false });
      await tidy(id);
    } catch {
      // A browser that keeps nothing has nothing to forget.
    } finally {
      letGo();
    }
  });
}

/**
 * As soon as the tab of such a run is gone: it is listed as interrupted, as of its last checkpoint, which is kept with it and
 * as the kept model; one that was closed just after its run had ended has listed it itself. Of a run that was deleted there,
 * nothing stays.
 */
export async function adoptInterrupted(all: readonly Noted[]): Promise<void> {
  if (!("locks" in navigator)) return;
  await Promise.all(all.map(attend));
}

/** Locks that this tab waits for. */
const awaited = new Set<string>();

async function attend(noted: Noted): Promise<void> {
  const { id, isDeleted } = noted;
  const name = lockOf(noted);
  if (awaited.has(name) || (!isDeleted && own.has(id))) return;
  awaited.add(name);
  try {
    const isFree = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await seeTo(noted);
      return lock !== null;
    });
    if (isFree) return;
    if (!isDeleted) setElsewhere(id, true);
    await navigator.locks.request(name, () => seeTo(noted));
  } finally {
    awaited.delete(name);
    setElsewhere(id, false);
  }
}

async function seeTo(noted: Noted): Promise<void> {
  if (!noted.isDeleted) return inTurn(() => adopt(noted.id));
  // It may be under way in a third tab.
  await navigator.locks.request(lockOf({ ...noted, isDeleted: false }), () =>
    inTurn(async () => {
      await forget(noted);
      await tidy(noted.id);
    }),
  );
}

async function adopt(id: string): Promise<void> {
  const run = await readUnderWay(id);
  if (!run) return;
  const listed = await listedRun(id);
  const hasEnded = listed !== undefined && listed.ending !== "interrupted";
  const cache = modelCache();
  const checkpoint = run.interrupted && (await cache?.getBlob(checkpointOf(id, run.interrupted.place)));
  if (cache && checkpoint) {
    const { epoch, epochs } = run.interrupted!;
    // Where there is no room for another copy, its row has it.
    await keepCheckpoint(cache, checkpoint, hasEnded ? undefined : { id, epoch, epochs }, run.at).catch(
      () => {},
    );
  }
  if (!hasEnded) {
    const row = { ...run, name: listed?.name ?? run.name };
    await keepRun(checkpoint ? row : withoutCheckpoint(row));
  }
  await forget({ id, isDeleted: false });
  await tidy(id);
  const tooMany = runs.peek().filter(({ interrupted }) => interrupted);
  for (const { id: old } of tooMany.slice(MOST_INTERRUPTED)) await giveUp(old);
}

/** Its checkpoint is deleted, or gone; its row stays. Nothing happens while it is under way. */
export async function giveUp(id: string): Promise<void> {
  const letGo = await hold(id, { ifAvailable: true });
  if (!letGo) return;
  const run = await listedRun(id);
  if (run) await keepRun(withoutCheckpoint(run));
  await tidy(id).finally(letGo);
}

function withoutCheckpoint(run: KeptRun): KeptRun {
  const { interrupted: _, ...rest } = run;
  return rest;
}

/** Deletes the checkpoints of a run that its row does not speak of. To be called when it is not under way. */
async function tidy(id: string): Promise<void> {
  const kept = (await listedRun(id))?.interrupted?.place;
  for (const place of PLACES) if (place !== kept) await modelCache()?.delete(checkpointOf(id, place));
}

/** Resolves when the lock is held, to what lets it go; to undefined where it is to be available at once, and is not. */
function hold(id: string, options: { ifAvailable?: true } = {}): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null): Promise<void> =>
      new Promise((letGo) => {
        if (lock) resolve(letGo);
        else {
          resolve(undefined);
          letGo();
        }
      });
    navigator.locks.request(lockOf({ id, isDeleted: false }), options, held).catch(reject);
  });
}

function modelCache(): BrowserCache | undefined {
  return createBrowserCache(undefined, "model");
}

function checkpointOf(id: string, place: 0 | 1): string {
  return `under-way/${id}-${place}.safetensors`;
}
