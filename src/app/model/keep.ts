/** Keeps the last model in this browser, as the archive of its run, and gives it back on a later visit. */
import { batch, effect, signal } from "@preact/signals";
import { createBrowserCache, type BrowserCache } from "../../worker/browser-cache.ts";
import { heldModel, type HeldModel } from "../state/model.ts";
import { runs } from "../state/runs.ts";
import { openBytes } from "./open-file.ts";
import { packRun, textFile } from "./run-archive.ts";
import { runFiles } from "./run-files.ts";

/** Why the model is not kept, in words; undefined where it is, or where none was to be. */
export const keepProblem = signal<string | undefined>(undefined);

/** As an archive, or the checkpoint alone of a run that was interrupted. */
const ARCHIVE = "run.zip";
const ORIGIN = "origin.json";

/** As it is stored; `at` tells when that was, as `Date.now()` counts. */
type StoredOrigin = HeldModel["origin"] & { at?: number };

/** The model that was forgotten last, as long as no other is held: it can be taken back. */
export const forgotten = signal<HeldModel | null>(null);

effect(() => {
  if (heldModel.value) forgotten.value = null;
});

/** A browser may refuse to keep anything: then that is said, and nothing else depends on it. */
export async function keepModel(model: HeldModel): Promise<void> {
  await attempt(async () => {
    const cache = createBrowserCache(undefined, "model");
    if (!cache) throw new Error("pages without HTTPS, and some private windows, cannot keep anything");
    const archive = await packRun(runFiles(model));
    // Another may be held by now, or none.
    if (heldModel.peek() !== model) return;
    await store(cache, archive, model.origin, Date.now());
  });
}

async function store(
  cache: BrowserCache,
  archive: Blob,
  origin: HeldModel["origin"],
  at: number,
): Promise<void> {
  await cache.putBlob(ARCHIVE, archive);
  await cache.put(ORIGIN, textFile(JSON.stringify({ ...origin, kept: true, at } satisfies StoredOrigin)));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin
  channel().postMessage("kept");
}

/** Tells the other tabs of a model that was kept; a view there that has none shows it. */
let tabs: BroadcastChannel | undefined;

function channel(): BroadcastChannel {
  if (!tabs) {
    tabs = new BroadcastChannel("backlit-model");
    tabs.addEventListener("message", () => void (wanted && restoreModel()));
  }
  return tabs;
}

/**
 * Puts the last checkpoint of a run whose tab was closed in the kept model's place, unless that is newer; and before a view
 * that has asked for the kept model, unless it holds one of its own by now. To be called in turn.
 * @param interrupted which it is, and how far it had come; undefined where it had ended
 * @param at when the checkpoint was made, as `Date.now()` counts
 */
export async function keepCheckpoint(
  cache: BrowserCache,
  checkpoint: Blob,
  interrupted: HeldModel["origin"]["interrupted"],
  at: number,
): Promise<void> {
  const before = await cache.get(ORIGIN);
  if (before && (originFrom(before).at ?? 0) > at) return;
  await store(cache, checkpoint, { kind: "run", ...(interrupted && { interrupted }) }, at);
  if (wanted && (!heldModel.peek() || heldModel.peek()?.origin.kept)) await restore(heldModel.peek());
}

/** Whether a view has asked for the kept model. */
let wanted = false;

/** Nothing happens where a model is held already, none was kept, or it was forgotten. */
export async function restoreModel(): Promise<void> {
  wanted = true;
  channel();
  if (!heldModel.peek()) await restore(null);
}

/** @param instead what is held now: where that changes meanwhile, it stays */
async function restore(instead: HeldModel | null): Promise<void> {
  const cache = createBrowserCache(undefined, "model");
  try {
    const archive = await cache?.get(ARCHIVE);
    const origin = await cache?.get(ORIGIN);
    // A run may have ended, or a file been opened, meanwhile.
    if (!archive || !origin || heldModel.peek() !== instead || forgotten.peek()) return;
    const { at: _, ...kept } = originFrom(origin);
    openBytes(archive, kept);
  } catch {
    // Written by another version, or half gone: a visit without it is no loss, and the next model replaces it.
  }
}

function originFrom(bytes: Uint8Array): StoredOrigin {
  return JSON.parse(new TextDecoder().decode(bytes)) as StoredOrigin;
}

/** Of this visit it can be taken back; for later ones it is gone. */
export async function forgetModel(): Promise<void> {
  const model = heldModel.peek();
  if (!model) return;
  batch(() => {
    heldModel.value = null;
    forgotten.value = model;
  });
  await attempt(async () => {
    // It may have been taken back by now.
    if (heldModel.peek()) return;
    const cache = createBrowserCache(undefined, "model");
    await cache?.delete(ARCHIVE);
    await cache?.delete(ORIGIN);
  });
}

export async function takeBackModel(): Promise<void> {
  const model = forgotten.peek();
  if (!model) return;
  heldModel.value = model;
  // Any other is kept because it is held (state/keep-model.ts).
  if (model.origin.kept) await keepModel(model);
}

let working: Promise<unknown> = Promise.resolve();

/** One after another: what is kept in the end is what was asked for last. @throws what the work throws */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = working.then(work);
  working = done.catch(() => {});
  return done;
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await inTurn(work);
    keepProblem.value = undefined;
  } catch (error) {
    tellWhy(error);
  }
}

/** Says that what is to be kept is not. */
export function tellWhy(error: unknown): void {
  const full = error instanceof DOMException && error.name === "QuotaExceededError";
  const reason = full ? "its storage for this page is full" : (error as Error).message;
  const room =
    full && runs.peek().some(({ interrupted }) => interrupted)
      ? " Interrupted runs take room, too: when one has been deleted in Train, there is more once the page is opened anew."
      : "";
  keepProblem.value = `This browser does not keep the model for the next visit: ${reason}. Save it as a file.${room}`;
}
