/** Interrupted runs keep their checkpoints, and are gone on with in one tab at a time. */
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { SpecError } from "../../src/core/errors.ts";
import type { KeptRun } from "../../src/app/state/kept-run.ts";
import { modelOfCheckpoint } from "../../src/model/checkpoint-model.ts";
import { readCheckpoint } from "../../src/model/checkpoint.ts";
import { fakeCaches } from "../support/fake-caches.ts";
import { keptRun } from "../support/kept-run.ts";
import { smallCheckpoints } from "../support/small-checkpoints.ts";
import { endings, interruptedRun, settled, shareBetweenTabs } from "../support/tabs.ts";

/** The browser's, of all its tabs: by database and key. */
const stored = new Map<string, Map<unknown, unknown>>();

const goOnFrom = vi.hoisted(() => vi.fn());

vi.mock("../../src/app/model/go-on.ts", () => ({ goOnFrom }));
vi.mock("idb-keyval", async () => (await import("../support/fake-stores.ts")).fakeStores(stored));

async function openTab() {
  vi.resetModules();
  const [underWay, keep, runs, model, records, goOn] = await Promise.all([
    import("../../src/app/model/under-way.ts"),
    import("../../src/app/model/keep.ts"),
    import("../../src/app/state/runs.ts"),
    import("../../src/app/state/model.ts"),
    import("../../src/app/state/under-way.ts"),
    import("../../src/app/model/go-on-with.ts"),
  ]);
  await runs.openRuns();
  return { ...underWay, ...keep, ...runs, ...model, ...records, ...goOn };
}

/** After one epoch, and after two. */
let checkpoints: Uint8Array[];
const closeTabs = shareBetweenTabs(stored);

beforeAll(async () => {
  checkpoints = await smallCheckpoints();
});

beforeEach(() => {
  goOnFrom.mockReset();
});

/** Left behind by a tab that was closed, and taken on by the one that is given back. */
async function interrupt(...all: KeptRun[]) {
  for (const each of all) {
    const tab = await openTab();
    await tab.keepUnderWay(() => ({ run: each, checkpoint: checkpoints[0] }));
    closeTabs();
  }
  const next = await openTab();
  await next.adoptInterrupted(await next.listUnderWay());
  return next;
}

describe("an interrupted run", () => {
  it("keeps its checkpoint whatever becomes the kept model, until it has been gone on with to its end", async () => {
    const tab = await interrupt(interruptedRun(1));
    tab.holdModel(modelOfCheckpoint(readCheckpoint(checkpoints[1])), { kind: "file", name: "another" });
    await tab.keepModel(tab.heldModel.value!);
    expect(await tab.claimRun("run")).toBe(true);
    const [row] = tab.runs.value;
    expect(await tab.readInterrupted(row)).toEqual(checkpoints[0]);
    await tab.keepUnderWay(() => ({ run: interruptedRun(2, 4, "run", 1), checkpoint: checkpoints[1] }));
    expect(await tab.readInterrupted(row)).toEqual(checkpoints[0]);
    await tab.keepRun(keptRun({ at: 3, steps: 16 }));
    await tab.endUnderWay("run");
    expect(await tab.readInterrupted(row)).toBeUndefined();
    expect(await tab.readInterrupted(interruptedRun(2, 4, "run", 1))).toBeUndefined();
    expect(await tab.listUnderWay()).toEqual([]);
  });

  it("stays as it was where going on is thrown away, and is listed anew where that is interrupted, too", async () => {
    const tab = await interrupt(interruptedRun(1));
    await tab.renameRun("run", "mine");
    const goOn = async () => {
      expect(await tab.claimRun("run")).toBe(true);
      await tab.keepUnderWay(() => ({ run: interruptedRun(2, 4, "run", 1), checkpoint: checkpoints[1] }));
    };
    await goOn();
    await tab.endUnderWay("run");
    expect(tab.runs.value).toMatchObject([{ name: "mine", steps: 2 }]);
    expect(await tab.readInterrupted(tab.runs.value[0])).toEqual(checkpoints[0]);
    await goOn();
    closeTabs();
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    expect(next.runs.value).toMatchObject([{ name: "mine", steps: 4, interrupted: { epoch: 2, place: 1 } }]);
    expect(await next.readInterrupted(next.runs.value[0])).toEqual(checkpoints[1]);
    expect(await next.readInterrupted(interruptedRun(1))).toBeUndefined();
  });

  it("is gone on with in one tab at a time", async () => {
    const one = await interrupt(interruptedRun(1));
    const other = await openTab();
    expect(await one.claimRun("run")).toBe(true);
    expect(await other.claimRun("run")).toBe(false);
    await one.endUnderWay("run");
    expect(await other.claimRun("run")).toBe(true);
  });

  it("that is deleted keeps its checkpoint as long as it can be had back", async () => {
    const tab = await interrupt(interruptedRun(1));
    tab.noteDeletedRuns();
    await tab.deleteRun("run");
    await settled();
    const other = await openTab();
    const adopted = other.adoptInterrupted(await other.listUnderWay());
    await settled();
    await tab.undoDelete();
    await adopted;
    expect(await tab.readInterrupted(tab.runs.value[0])).toEqual(checkpoints[0]);
    await tab.deleteRun("run");
    await settled();
    expect(await other.readInterrupted(interruptedRun(1))).toEqual(checkpoints[0]);
    closeTabs();
    await other.adoptInterrupted(await other.listUnderWay());
    expect(await other.readInterrupted(interruptedRun(1))).toBeUndefined();
    expect(await other.listUnderWay()).toEqual([]);
  });

  it("can be gone on with where it is one of the last three; of older ones the row stays", async () => {
    const tab = await interrupt(...["a", "b", "c", "d"].map((id, i) => interruptedRun(i + 1, 2, id)));
    const withCheckpoint = tab.runs.value.map(({ id, interrupted }) => [id, interrupted !== undefined]);
    expect(withCheckpoint).toEqual([
      ["d", true],
      ["c", true],
      ["b", true],
      ["a", false],
    ]);
    expect(await tab.readInterrupted(interruptedRun(2, 2, "b"))).toEqual(checkpoints[0]);
    expect(await tab.readInterrupted(interruptedRun(1, 2, "a"))).toBeUndefined();
  });

  it("is kept where there is no room for its checkpoint as the kept model", async () => {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: interruptedRun(1), checkpoint: checkpoints[0] }));
    closeTabs();
    const full = vi.fn(() => Promise.reject(new DOMException("no room", "QuotaExceededError")));
    const whole = caches;
    const open = async (name: string) => Object.assign(await whole.open(name), { put: full });
    vi.stubGlobal("caches", { open });
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    expect(full).toHaveBeenCalled();
    expect(await next.readInterrupted(next.runs.value[0])).toEqual(checkpoints[0]);
  });

  it("offers nothing where its checkpoint is gone", async () => {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: interruptedRun(1), checkpoint: checkpoints[0] }));
    closeTabs();
    vi.stubGlobal("caches", fakeCaches());
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    expect(endings(next.runs.value)).toEqual(["interrupted"]);
    expect(next.runs.value[0]).not.toHaveProperty("interrupted");
  });
});

describe("going on with an interrupted run", () => {
  it("takes its checkpoint, ends where it was to end, and continues its row", async () => {
    const tab = await interrupt({ ...interruptedRun(1), options: { epochs: "8", maxSteps: "12" } });
    const [row] = tab.runs.value;
    await tab.goOnWith(row);
    expect(goOnFrom).toHaveBeenCalledExactlyOnceWith(checkpoints[0], { maxSteps: 12 }, row);
    // Were the tab closed before the next checkpoint, it would be as it was.
    closeTabs();
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    expect(next.runs.value).toEqual([row]);
    expect(await next.readInterrupted(row)).toEqual(checkpoints[0]);
  });

  it("is refused while it is under way in another tab, which is said", async () => {
    const tab = await interrupt(interruptedRun(1));
    const other = await openTab();
    const [row] = tab.runs.value;
    await tab.goOnWith(row);
    await expect(other.goOnWith(row)).rejects.toThrow("the run is under way in another tab");
    expect(goOnFrom).toHaveBeenCalledTimes(1);
    await tab.endUnderWay("run");
    await other.keepRun(keptRun({ at: 3, steps: 16 }));
    await expect(other.goOnWith(row)).rejects.toThrow("the run has been gone on with since");
  });

  it("is not offered any more once its checkpoint turns out to be gone", async () => {
    const tab = await interrupt(interruptedRun(1));
    vi.stubGlobal("caches", fakeCaches());
    await expect(tab.goOnWith(tab.runs.value[0])).rejects.toThrow("has deleted the checkpoint");
    expect(goOnFrom).not.toHaveBeenCalled();
    expect(tab.runs.value).toMatchObject([{ id: "run", ending: "interrupted" }]);
    expect(tab.runs.value[0]).not.toHaveProperty("interrupted");
    expect(await tab.claimRun("run")).toBe(true);
  });

  it("may be asked for again where its own files were not there yet", async () => {
    const tab = await interrupt(interruptedRun(1));
    goOnFrom.mockImplementationOnce(() => {
      throw new SpecError("data", "choose its four files first");
    });
    const [row] = tab.runs.value;
    await expect(tab.goOnWith(row)).rejects.toThrow("choose its four files first");
    expect(tab.runs.value).toEqual([row]);
    await tab.goOnWith(row);
    expect(goOnFrom).toHaveBeenCalledTimes(2);
  });
});
