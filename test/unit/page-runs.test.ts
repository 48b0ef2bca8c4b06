/** The page's list of runs: the same in every tab of a browser, and nothing is lost by a slip of the hand. */
import type { UseStore } from "idb-keyval";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeptRun } from "../../src/app/state/kept-run.ts";
import { closeChannels, FakeChannel } from "../support/fake-channel.ts";
import { keptRun } from "../support/kept-run.ts";

type Runs = typeof import("../../src/app/state/runs.ts");

/** The browser's: of all its tabs. */
const stored = new Map<string, unknown>();
const quota = { full: false };

vi.mock("idb-keyval", () => ({
  createStore: (): UseStore => () => Promise.reject(new Error("not used")),
  values: () => Promise.resolve([...stored.values()]),
  del: (id: string) => Promise.resolve(stored.delete(id)),
  set: (id: string, run: unknown) => {
    if (quota.full) return Promise.reject(new DOMException("no room", "QuotaExceededError"));
    return Promise.resolve(stored.set(id, structuredClone(run)));
  },
}));

async function openTab(): Promise<Runs> {
  vi.resetModules();
  const tab = await import("../../src/app/state/runs.ts");
  await tab.openRuns();
  return tab;
}

const run = (id: string, at: number, name = id): KeptRun => keptRun({ id, at, name });

const namesIn = ({ runs }: Runs): string[] => runs.value.map(({ name }) => name);
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  stored.clear();
  quota.full = false;
  closeChannels();
  vi.stubGlobal("BroadcastChannel", FakeChannel);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a deleted run", () => {
  it("can be had back, one after another, in its place and compared as it was", async () => {
    const tab = await openTab();
    for (const each of [run("a", 1), run("b", 2), run("c", 3)]) await tab.keepRun(each);
    tab.setCompared("b", true);
    await tab.deleteRun("b");
    await tab.deleteRun("a");
    expect(namesIn(tab)).toEqual(["c"]);
    expect([...stored.keys()]).toEqual(["c"]);
    expect(tab.ghosts.value).toEqual([]);
    await tab.undoDelete();
    await tab.undoDelete();
    await tab.undoDelete();
    expect(namesIn(tab)).toEqual(["c", "b", "a"]);
    expect([...stored.keys()].sort()).toEqual(["a", "b", "c"]);
    expect(tab.ghosts.value.map((ghost) => ghost.run.id)).toEqual(["b"]);
    expect(tab.deleted.value).toEqual([]);
  });
});

describe("two tabs", () => {
  it("show the same runs, whichever of them keeps, renames or deletes one", async () => {
    const one = await openTab();
    await one.keepRun(run("a", 1));
    const other = await openTab();
    expect(namesIn(other)).toEqual(["a"]);
    await other.keepRun(run("b", 2));
    await settled();
    expect(namesIn(one)).toEqual(["b", "a"]);
    await one.renameRun("b", "best");
    await settled();
    expect(namesIn(other)).toEqual(["best", "a"]);
    other.setCompared("a", true);
    await one.deleteRun("a");
    await settled();
    expect(namesIn(other)).toEqual(["best"]);
    expect(other.ghosts.value).toEqual([]);
    await one.undoDelete();
    await settled();
    expect(namesIn(other)).toEqual(["best", "a"]);
  });

  it("leave each other's runs alone that could not be stored", async () => {
    const one = await openTab();
    const other = await openTab();
    quota.full = true;
    await one.keepRun(run("a", 1));
    expect(one.storageProblem.value).toMatch(/storage is full/);
    quota.full = false;
    await other.keepRun(run("b", 2));
    await settled();
    expect(namesIn(one)).toEqual(["b", "a"]);
    expect(namesIn(other)).toEqual(["b"]);
  });
});
