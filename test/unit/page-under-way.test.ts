/** What stays of a run whose tab is closed before it ends. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { KeptRun } from "../../src/app/state/kept-run.ts";
import { modelOfCheckpoint } from "../../src/model/checkpoint-model.ts";
import { readCheckpoint } from "../../src/model/checkpoint.ts";
import { keptRun } from "../support/kept-run.ts";
import { smallCheckpoints } from "../support/small-checkpoints.ts";
import { endings, interruptedRun, settled, shareBetweenTabs } from "../support/tabs.ts";

/** The browser's, of all its tabs: by database and key. */
const stored = new Map<string, Map<unknown, unknown>>();

vi.mock("idb-keyval", async () => (await import("../support/fake-stores.ts")).fakeStores(stored));

async function openTab() {
  vi.resetModules();
  const [underWay, keep, runs, model, records] = await Promise.all([
    import("../../src/app/model/under-way.ts"),
    import("../../src/app/model/keep.ts"),
    import("../../src/app/state/runs.ts"),
    import("../../src/app/state/model.ts"),
    import("../../src/app/state/under-way.ts"),
  ]);
  await runs.openRuns();
  return { ...underWay, ...keep, ...runs, ...model, ...records };
}

/** After one epoch, and after two. */
let checkpoints: Uint8Array[];
const closeTabs = shareBetweenTabs(stored);

beforeAll(async () => {
  checkpoints = await smallCheckpoints();
});

describe("a run whose tab was closed", () => {
  it("is listed as interrupted, and its last checkpoint is the kept model", async () => {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: interruptedRun(1), checkpoint: checkpoints[0] }));
    await first.keepUnderWay(() => ({ run: interruptedRun(2, 4), checkpoint: checkpoints[1] }));
    closeTabs();
    const next = await openTab();
    await next.restoreModel();
    expect(next.heldModel.value).toBeNull();
    await next.adoptInterrupted(await next.listUnderWay());
    expect(next.runs.value).toMatchObject([{ id: "run", ending: "interrupted", steps: 4 }]);
    // The view that had asked for it has it.
    expect(next.heldModel.value).toMatchObject({
      checkpoint: checkpoints[1],
      origin: { kind: "run", kept: true, interrupted: { id: "run", epoch: 2, epochs: 8 } },
    });
    expect(await next.listUnderWay()).toEqual([]);
    const later = await openTab();
    await later.restoreModel();
    expect(later.heldModel.value!.origin).toEqual(next.heldModel.value!.origin);
  });

  it("is not put in a newer model's place", async () => {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: interruptedRun(1), checkpoint: checkpoints[0] }));
    closeTabs();
    const next = await openTab();
    next.holdModel(modelOfCheckpoint(readCheckpoint(checkpoints[0])), { kind: "file", name: "newer" });
    await next.keepModel(next.heldModel.value!);
    await next.adoptInterrupted(await next.listUnderWay());
    expect(endings(next.runs.value)).toEqual(["interrupted"]);
    const later = await openTab();
    await later.restoreModel();
    expect(later.heldModel.value!.origin).toEqual({ kind: "file", name: "newer", kept: true });
  });

  it("stays as it was listed where it had just ended", async () => {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: interruptedRun(1), checkpoint: checkpoints[0] }));
    await first.keepRun(keptRun({ at: 2, steps: 4, ending: "completed", name: "whole" }));
    // Before its model was kept, and what it left under way was cleared.
    closeTabs();
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    expect(next.runs.value).toMatchObject([{ ending: "completed", name: "whole", steps: 4 }]);
    await next.restoreModel();
    expect(next.heldModel.value!.origin).toEqual({ kind: "run", kept: true });
    expect(await next.listUnderWay()).toEqual([]);
  });

  it("is still listed where its checkpoint is damaged", async () => {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: interruptedRun(1), checkpoint: checkpoints[0].slice(0, 99) }));
    closeTabs();
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    await next.restoreModel();
    expect(next.heldModel.value).toBeNull();
    expect(endings(next.runs.value)).toEqual(["interrupted"]);
  });
});

describe("a run that goes on in another tab", () => {
  /** The first tab has the run; the next one waits for what becomes of it. */
  async function openBeside() {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: interruptedRun(1), checkpoint: checkpoints[0] }));
    const next = await openTab();
    const adopted = next.adoptInterrupted(await next.listUnderWay());
    await settled();
    expect(next.runs.value).toEqual([]);
    expect([...next.elsewhere.value]).toEqual(["run"]);
    return { first, next, adopted };
  }

  it("is not interrupted, and leaves nothing behind when it ends", async () => {
    const { first, next, adopted } = await openBeside();
    await first.endUnderWay("run");
    await adopted;
    expect(next.runs.value).toEqual([]);
    expect(next.elsewhere.value.size).toBe(0);
    await next.restoreModel();
    expect(next.heldModel.value).toBeNull();
    expect(await next.listUnderWay()).toEqual([]);
  });

  it("is taken on as soon as that tab is closed, by one of those that wait", async () => {
    const { adopted } = await openBeside();
    closeTabs();
    await adopted;
    expect(endings([...stored.get("backlit-runs")!.values()] as KeptRun[])).toEqual(["interrupted"]);
  });
});

describe("a tab that was open before another one's run began", () => {
  it("is told of it once, and takes it on when that tab is closed", async () => {
    const open = await openTab();
    const told = vi.fn();
    open.whenNoted(told);
    const other = await openTab();
    await other.keepUnderWay(() => ({ run: interruptedRun(1), checkpoint: checkpoints[0] }));
    await other.keepUnderWay(() => ({ run: interruptedRun(2, 4), checkpoint: checkpoints[1] }));
    expect(told).toHaveBeenCalledTimes(1);
    const noted = await open.listUnderWay();
    // As often as it is told, it waits once.
    const adopted = [open.adoptInterrupted(noted), open.adoptInterrupted(noted)];
    await settled();
    closeTabs();
    await Promise.all(adopted);
    expect(open.runs.value).toMatchObject([{ ending: "interrupted", steps: 4 }]);
    expect(open.elsewhere.value.size).toBe(0);
  });
});

describe("a model that is kept in one tab", () => {
  it("is there in another whose view had asked for one and found none", async () => {
    const [waiting, idle, first] = [await openTab(), await openTab(), await openTab()];
    await waiting.restoreModel();
    first.holdModel(modelOfCheckpoint(readCheckpoint(checkpoints[0])), { kind: "run" });
    await first.keepModel(first.heldModel.value!);
    await settled();
    expect(waiting.heldModel.value).toMatchObject({
      bytes: first.heldModel.value!.bytes,
      origin: { kind: "run", kept: true },
    });
    expect(idle.heldModel.value).toBeNull();
  });
});

describe("checkpoints", () => {
  it("that come faster than they can be written are kept as of the newest", async () => {
    const tab = await openTab();
    let newest = 0;
    const standing = vi.fn(() => ({ run: interruptedRun(1, newest), checkpoint: checkpoints[0] }));
    const all = [1, 2, 3].map((steps) => {
      newest = steps;
      return tab.keepUnderWay(standing);
    });
    await Promise.all(all);
    expect(standing).toHaveBeenCalledTimes(1);
    expect(await tab.readUnderWay("run")).toMatchObject({ steps: 3 });
  });

  it("that there is no room for are given up for this run, which is said once", async () => {
    const tab = await openTab();
    const put = vi.fn(() => Promise.reject(new DOMException("no room", "QuotaExceededError")));
    vi.stubGlobal("caches", { open: () => Promise.resolve({ put, delete: () => Promise.resolve(false) }) });
    await tab.keepUnderWay(() => ({ run: interruptedRun(1), checkpoint: checkpoints[0] }));
    expect(tab.keepProblem.value).toMatch(/storage for this page is full/);
    await tab.keepUnderWay(() => ({ run: interruptedRun(2), checkpoint: checkpoints[1] }));
    expect(put).toHaveBeenCalledTimes(1);
    expect(await tab.listUnderWay()).toEqual([]);
    await tab.endUnderWay("run");
    expect(tab.keepProblem.value).toMatch(/storage for this page is full/);
  });
});
