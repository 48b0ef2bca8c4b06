/**
 * How far each run has come that is under way in one of this browser's tabs: the row that the list gets of it, should its
 * tab be closed before the run ends. Its checkpoint lies beside the kept model (model/under-way.ts). And which interrupted
 * runs were deleted in a tab that can still have them back: their checkpoints stay until it is closed.
 */
import { effect, signal } from "@preact/signals";
import { createStore, del, get, keys, set, type UseStore } from "idb-keyval";
import { isKeptRun, type KeptRun } from "./kept-run.ts";
import { deleted } from "./runs.ts";

let opened: UseStore | undefined;

function store(): UseStore {
  return (opened ??= createStore("backlit-under-way", "runs"));
}

/** What is to be seen to once the tab is gone that holds its lock. */
export interface Noted {
  /** The run's. */
  id: string;
  isDeleted: boolean;
}

const DELETED = "deleted/";

/** Runs that are under way, or were when their tab was closed, and deleted ones. */
export async function listUnderWay(): Promise<Noted[]> {
  const noted = (await keys(store())).map(String);
  return noted.map((key) =>
    key.startsWith(DELETED)
      ? { id: key.slice(DELETED.length), isDeleted: true }
      : { id: key, isDeleted: false },
  );
}

/** The name of the lock that a tab holds as long as the run is under way in it, or can be had back there. */
export function lockOf({ id, isDeleted }: Noted): string {
  return `backlit-run-${keyOf({ id, isDeleted })}`;
}

function keyOf({ id, isDeleted }: Noted): string {
  return isDeleted ? DELETED + id : id;
}

/** Undefined where it has ended, or somebody has seen to it already. */
export async function readUnderWay(id: string): Promise<KeptRun | undefined> {
  const run: unknown = await get(id, store());
  return isKeptRun(run) ? run : undefined;
}

/** The other tabs are told of the first note of a run. */
export async function noteUnderWay(run: KeptRun): Promise<void> {
  await set(run.id, run, store());
  if (told === run.id) return;
  told = run.id;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin
  channel().postMessage("under way");
}

let told: string | undefined;
let tabs: BroadcastChannel | undefined;

function channel(): BroadcastChannel {
  return (tabs ??= new BroadcastChannel("backlit-under-way"));
}

/** Calls when there is a new note from another tab. */
export function whenNoted(listen: () => void): void {
  channel().addEventListener("message", listen);
}

/** Ids of the runs that are known to be under way in other tabs. */
export const elsewhere = signal<ReadonlySet<string>>(new Set());

export function setElsewhere(id: string, isThere: boolean): void {
  const ids = new Set(elsewhere.peek());
  if (isThere) ids.add(id);
  else ids.delete(id);
  elsewhere.value = ids;
}

export function forget(noted: Noted): Promise<void> {
  if (told === noted.id) told = undefined;
  return del(keyOf(noted), store());
}

/** Of an interrupted run that is deleted here, the checkpoint is left until the deletion cannot be undone any more. */
export function noteDeletedRuns(): void {
  const held = new Map<string, () => void>();
  effect(() => {
    const ids = deleted.value.flatMap(({ run }) => (run.interrupted ? [run.id] : []));
    for (const [id, letGo] of held) {
      if (ids.includes(id)) continue;
      held.delete(id);
      letGo();
    }
    for (const id of ids) if (!held.has(id)) held.set(id, noteDeleted({ id, isDeleted: true }));
  });
}

/** @returns what takes it back */
function noteDeleted(noted: Noted): () => void {
  let takeBack!: () => void;
  const takenBack = new Promise<void>((resolve) => (takeBack = resolve));
  const hold = async (): Promise<void> => {
    await set(keyOf(noted), true, store());
    await takenBack;
    await forget(noted);
  };
  // A browser that keeps nothing has no checkpoint either.
  if ("locks" in navigator) void navigator.locks.request(lockOf(noted), hold).catch(() => {});
  return takeBack;
}
