/**
 * How far each run has come that is under way in one of this browser's tabs: the row that the list gets of it, should its
 * tab be closed before the run ends. Its checkpoint lies beside the kept model (model/under-way.ts).
 */
import { createStore, del, get, keys, set, type UseStore } from "idb-keyval";
import { isKeptRun, type KeptRun } from "./kept-run.ts";

let opened: UseStore | undefined;

function store(): UseStore {
  return (opened ??= createStore("backlit-under-way", "runs"));
}

/** Ids of the runs that are under way, or were when their tab was closed. */
export async function listUnderWay(): Promise<string[]> {
  return (await keys(store())).map(String);
}

/** Undefined where it has ended, or somebody has seen to it already. */
export async function readUnderWay(id: string): Promise<KeptRun | undefined> {
  const run: unknown = await get(id, store());
  return isKeptRun(run) ? run : undefined;
}

export function noteUnderWay(run: KeptRun): Promise<void> {
  return set(run.id, run, store());
}

export function forgetUnderWay(id: string): Promise<void> {
  return del(id, store());
}
