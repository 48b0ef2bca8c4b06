/** Keeps the last model in this browser, as the archive of its run, and gives it back on a later visit. */
import { signal } from "@preact/signals";
import { createBrowserCache } from "../../worker/browser-cache.ts";
import { heldModel, type HeldModel } from "../state/model.ts";
import { openBytes } from "./open-file.ts";
import { packRun, textFile } from "./run-archive.ts";
import { runFiles } from "./run-files.ts";

/** Why the model is not kept, in words; undefined where it is, or where none was to be. */
export const keepProblem = signal<string | undefined>(undefined);

const ARCHIVE = "run.zip";
const ORIGIN = "origin.json";

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

/** Nothing happens where a model is held already, or none was kept. */
export async function restoreModel(): Promise<void> {
  if (heldModel.peek()) return;
  const cache = createBrowserCache(undefined, "model");
  try {
    const archive = await cache?.get(ARCHIVE);
    const origin = await cache?.get(ORIGIN);
    // A run may have ended, or a file been opened, meanwhile.
    if (!archive || !origin || heldModel.peek()) return;
    openBytes(archive, JSON.parse(new TextDecoder().decode(origin)) as HeldModel["origin"]);
  } catch {
    // Written by another version, or half gone: a visit without it is no loss, and the next model replaces it.
  }
}

export async function forgetModel(): Promise<void> {
  heldModel.value = null;
  await attempt(async () => {
    const cache = createBrowserCache(undefined, "model");
    await cache?.delete(ARCHIVE);
    await cache?.delete(ORIGIN);
  });
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
    keepProblem.value = undefined;
  } catch (error) {
    const full = error instanceof DOMException && error.name === "QuotaExceededError";
    const reason = full ? "its storage for this page is full" : (error as Error).message;
    keepProblem.value = `This browser does not keep the model for the next visit: ${reason}. Save it as a file.`;
  }
}
