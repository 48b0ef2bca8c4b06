/** Keeps the last model in this browser, as the archive of its run, and gives it back on a later visit. */
import { batch, effect, signal } from "@preact/signals";
import { createBrowserCache } from "../../worker/browser-cache.ts";
import { heldModel, type HeldModel } from "../state/model.ts";
import { openBytes } from "./open-file.ts";
import { packRun, textFile } from "./run-archive.ts";
import { runFiles } from "./run-files.ts";

/** Why the model is not kept, in words; undefined where it is, or where none was to be. */
export const keepProblem = signal<string | undefined>(undefined);

const ARCHIVE = "run.zip";
const ORIGIN = "origin.json";

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
    const archive = packRun(runFiles(model));
    // Another may be held by now, or none.
    if (heldModel.peek() !== model) return;
    await cache.put(ARCHIVE, archive);
    await cache.put(ORIGIN, textFile(JSON.stringify({ ...model.origin, kept: true })));
  });
}

/** Nothing happens where a model is held already, none was kept, or it was forgotten. */
export async function restoreModel(): Promise<void> {
  if (heldModel.peek() || forgotten.peek()) return;
  const cache = createBrowserCache(undefined, "model");
  try {
    const archive = await cache?.get(ARCHIVE);
    const origin = await cache?.get(ORIGIN);
    // A run may have ended, or a file been opened, meanwhile.
    if (!archive || !origin || heldModel.peek() || forgotten.peek()) return;
    openBytes(archive, JSON.parse(new TextDecoder().decode(origin)) as HeldModel["origin"]);
  } catch {
    // Written by another version, or half gone: a visit without it is no loss, and the next model replaces it.
  }
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

/** One after another: what is kept in the end is what was asked for last. */
let working = Promise.resolve();

function attempt(work: () => Promise<void>): Promise<void> {
  working = working.then(() => tell(work));
  return working;
}

async function tell(work: () => Promise<void>): Promise<void> {
  try {
    await work();
    keepProblem.value = undefined;
  } catch (error) {
    const full = error instanceof DOMException && error.name === "QuotaExceededError";
    const reason = full ? "its storage for this page is full" : (error as Error).message;
    keepProblem.value = `This browser does not keep the model for the next visit: ${reason}. Save it as a file.`;
  }
}
