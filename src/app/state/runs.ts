/**
 * The list of runs, kept by this browser between visits and the same in all its tabs; which of them lie behind the curves for
 * comparison; and what was deleted, which can be had back.
 */
import { batch, computed, signal } from "@preact/signals";
import { createStore, del, get, set, values, type UseStore } from "idb-keyval";
import { distinctTitles, isKeptRun, withOwnFiles, type KeptRun } from "./kept-run.ts";

/** As many as can still be told apart. */
export const MOST_COMPARED = 4;

/** Newest first. */
export const runs = signal<readonly KeptRun[]>([]);

/** Why the list cannot be kept; empty while it can. */
export const storageProblem = signal("");

/** Ids in the order of their colours; a place that is free holds null. */
const compared = signal<readonly (string | null)[]>(Array<null>(MOST_COMPARED).fill(null));

export interface Ghost {
  run: KeptRun;
  /** Unlike that of any other compared run. */
  title: string;
  /** Which of the colours for compared runs. */
  colour: number;
}

export const ghosts = computed((): Ghost[] => {
  const all = compared.value.flatMap((id, colour) => {
    const run = runs.value.find((candidate) => candidate.id === id);
    return run ? [{ run, colour }] : [];
  });
  const titles = distinctTitles(all.map(({ run }) => run));
  return all.map((ghost, i) => ({ ...ghost, title: titles[i] }));
});

/** Deleted here in this visit, the last one first. */
export const deleted = signal<readonly { run: KeptRun; wasCompared: boolean }[]>([]);

let store: UseStore | undefined;
let opening: Promise<void> | undefined;
/** Tells the other tabs of every change. */
let tabs: BroadcastChannel | undefined;
/** Changes made here: what is read from the store meanwhile may be from before them. */
let changes = 0;
/** Runs that are not in the store as they are in the list, or not yet. */
const unkept = new Set<string>();

/** Reads what earlier visits kept, once; and again whenever another tab has changed it. */
export function openRuns(): Promise<void> {
  opening ??= open();
  return opening;
}

async function open(): Promise<void> {
  try {
    const opened = createStore("backlit-runs", "runs");
    await read(opened);
    store = opened;
    tabs = new BroadcastChannel("backlit-runs");
    // What cannot be read now is read with the next change.
    tabs.addEventListener("message", () => void read(opened).catch(() => {}));
  } catch (error) {
    storageProblem.value = problem("This browser keeps no runs for this page", error);
  }
}

async function read(from: UseStore): Promise<void> {
  let kept: unknown[];
  let before: number;
  do {
    before = changes;
    kept = await values(from);
  } while (before !== changes);
  const own = runs.peek().filter(({ id }) => unkept.has(id));
  list([
    ...own,
    ...kept
      .filter(isKeptRun)
      .filter(({ id }) => !unkept.has(id))
      .map(withOwnFiles),
  ]);
}

/** What is gone is not compared any more. */
function list(all: KeptRun[]): void {
  const ids = new Set(all.map(({ id }) => id));
  batch(() => {
    runs.value = all.sort((a, b) => b.at - a.at);
    compared.value = compared.peek().map((id) => (id !== null && ids.has(id) ? id : null));
  });
}

/** Puts a run into the list, or in place of what it was; where it cannot be stored, it stays for this visit. */
export async function keepRun(run: KeptRun): Promise<void> {
  changes++;
  unkept.add(run.id);
  list([run, ...runs.peek().filter(({ id }) => id !== run.id)]);
  await change("The newest run could not be kept for later visits", async (into) => {
    await set(run.id, run, into);
    unkept.delete(run.id);
  });
}

/** The run as the list has it, here or by now through another tab. */
export async function listedRun(id: string): Promise<KeptRun | undefined> {
  await openRuns();
  if (!store || unkept.has(id)) return runs.peek().find((run) => run.id === id);
  const stored: unknown = await get(id, store);
  return isKeptRun(stored) ? withOwnFiles(stored) : undefined;
}

export async function renameRun(id: string, name: string): Promise<void> {
  const run = runs.peek().find((candidate) => candidate.id === id);
  if (run && run.name !== name) await keepRun({ ...run, name });
}

/** Until the page is left, it can be had back. */
export async function deleteRun(id: string): Promise<void> {
  const run = runs.peek().find((candidate) => candidate.id === id);
  if (!run) return;
  changes++;
  unkept.delete(id);
  batch(() => {
    deleted.value = [{ run, wasCompared: compared.peek().includes(id) }, ...deleted.peek()];
    list(runs.peek().filter((other) => other !== run));
  });
  await change("A run could not be deleted", (from) => del(id, from));
}

/** Has the run back that was deleted last. */
export async function undoDelete(): Promise<void> {
  const [last, ...before] = deleted.peek();
  if (last === undefined) return;
  deleted.value = before;
  // It was under way in another tab, and has come to its end since.
  if (runs.peek().some(({ id }) => id === last.run.id)) return;
  const kept = keepRun(last.run);
  setCompared(last.run.id, last.wasCompared);
  await kept;
}

/** Beyond the most that are compared, nothing happens. */
export function setCompared(id: string, wanted: boolean): void {
  const places = [...compared.peek()];
  const place = places.indexOf(id);
  if (wanted === place >= 0) return;
  if (!wanted) places[place] = null;
  else if (places.includes(null)) places[places.indexOf(null)] = id;
  compared.value = places;
}

/** Changes the store, if there is one, and says so to the other tabs. @param what is said where it cannot be done */
async function change(what: string, work: (store: UseStore) => Promise<void>): Promise<void> {
  await openRuns();
  if (!store) return;
  try {
    await work(store);
    storageProblem.value = "";
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin
    tabs?.postMessage("changed");
  } catch (error) {
    storageProblem.value = problem(what, error);
  }
}

function problem(what: string, error: unknown): string {
  const { name, message } = error as Error;
  if (name === "QuotaExceededError") {
    return `${what}: this browser’s storage is full. Delete runs here, or free some space, and train again. Until the page is closed, the run stays in the list.`;
  }
  return `${what} (${message}). They stay until it is closed; export what you want to have later.`;
}
