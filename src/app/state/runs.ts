/** The list of runs, kept by this browser between visits, and which of them lie behind the curves for comparison. */
import { computed, signal } from "@preact/signals";
import { createStore, del, set, values, type UseStore } from "idb-keyval";
import { isKeptRun, type KeptRun } from "./kept-run.ts";

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
  /** Which of the colours for compared runs. */
  colour: number;
}

export const ghosts = computed((): Ghost[] =>
  compared.value.flatMap((id, colour) => {
    const run = runs.value.find((candidate) => candidate.id === id);
    return run ? [{ run, colour }] : [];
  }),
);

let store: UseStore | undefined;
let opening: Promise<void> | undefined;

/** Reads what earlier visits kept, once. */
export function openRuns(): Promise<void> {
  opening ??= read();
  return opening;
}

async function read(): Promise<void> {
  try {
    store = createStore("backlit-runs", "runs");
    const kept = (await values<unknown>(store)).filter(isKeptRun);
    const known = new Set(runs.peek().map(({ id }) => id));
    runs.value = [...runs.peek(), ...kept.filter(({ id }) => !known.has(id))].sort((a, b) => b.at - a.at);
  } catch (error) {
    store = undefined;
    storageProblem.value = problem("This browser keeps no runs for this page", error);
  }
}

/** Puts a run into the list; where it cannot be stored, it stays for this visit. */
export async function keepRun(run: KeptRun): Promise<void> {
  runs.value = [run, ...runs.peek().filter(({ id }) => id !== run.id)];
  await write(run);
}

export async function renameRun(id: string, name: string): Promise<void> {
  const run = runs.peek().find((candidate) => candidate.id === id);
  if (!run || run.name === name) return;
  const renamed = { ...run, name };
  runs.value = runs.peek().map((candidate) => (candidate.id === id ? renamed : candidate));
  await write(renamed);
}

export async function deleteRun(id: string): Promise<void> {
  setCompared(id, false);
  runs.value = runs.peek().filter((run) => run.id !== id);
  await openRuns();
  try {
    if (store) await del(id, store);
  } catch (error) {
    storageProblem.value = problem("A run could not be deleted", error);
  }
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

async function write(run: KeptRun): Promise<void> {
  await openRuns();
  if (!store) return;
  try {
    await set(run.id, run, store);
    storageProblem.value = "";
  } catch (error) {
    storageProblem.value = problem("The newest run could not be kept for later visits", error);
  }
}

function problem(what: string, error: unknown): string {
  const { name, message } = error as Error;
  if (name === "QuotaExceededError") {
    return `${what}: this browser’s storage is full. Delete runs here, or free some space, and train again. Until the page is closed, the run stays in the list.`;
  }
  return `${what} (${message}). They stay until it is closed; export what you want to have later.`;
}
