/** What stays of a run whose tab is closed before it ends. */
import type { UseStore } from "idb-keyval";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeptRun } from "../../src/app/state/kept-run.ts";
import { resolveTraining } from "../../src/core/spec.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { modelOfCheckpoint } from "../../src/model/checkpoint-model.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/model/checkpoint.ts";
import { fakeCaches } from "../support/fake-caches.ts";
import { closeChannels, FakeChannel } from "../support/fake-channel.ts";
import { keptRun } from "../support/kept-run.ts";

/** The browser's, of all its tabs: by database and key. */
const stored = new Map<string, Map<unknown, unknown>>();

vi.mock("idb-keyval", () => {
  const names = new Map<unknown, string>();
  const within = (store: unknown): Map<unknown, unknown> => {
    const name = names.get(store)!;
    stored.set(name, stored.get(name) ?? new Map<unknown, unknown>());
    return stored.get(name)!;
  };
  return {
    createStore: (name: string): UseStore => {
      const store = () => Promise.reject(new Error("not used"));
      names.set(store, name);
      return store;
    },
    keys: (store: unknown) => Promise.resolve([...within(store).keys()]),
    values: (store: unknown) => Promise.resolve([...within(store).values()]),
    get: (key: string, store: unknown) => Promise.resolve(within(store).get(key)),
    del: (key: string, store: unknown) => Promise.resolve(within(store).delete(key)),
    set: (key: string, value: unknown, store: unknown) =>
      Promise.resolve(within(store).set(key, structuredClone(value))),
  };
});

type Work = (lock: Lock | null) => Promise<unknown>;

/** The Web Locks API, as far as it is in use: whoever asks waits until those before have let go. */
class FakeLocks {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #closed: (() => void)[] = [];

  /** How many hold or wait for each. */
  readonly #claims = new Map<string, number>();

  request(name: string, ...[given, then]: [Work] | [LockOptions, Work]): Promise<unknown> {
    const [options, work] = typeof given === "function" ? [{}, given] : [given, then!];
    const claims = this.#claims.get(name) ?? 0;
    if (options.ifAvailable && claims > 0) return work(null);
    this.#claims.set(name, claims + 1);
    const done = (this.#last.get(name) ?? Promise.resolve())
      .then(() => {
        const closed = new Promise<void>((resolve) => this.#closed.push(resolve));
        return Promise.race([work({ name, mode: "exclusive" }), closed]);
      })
      .finally(() => this.#claims.set(name, this.#claims.get(name)! - 1));
    this.#last.set(name, done);
    return done;
  }

  /** As when every tab that holds one is closed. */
  closeTabs(): void {
    this.#closed.splice(0).forEach((close) => close());
  }
}

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

/** As of a checkpoint after so many epochs of two steps. */
const run = (at: number, steps = 2, id = "run", place: 0 | 1 = 0): KeptRun =>
  keptRun({
    id,
    at,
    steps,
    ending: "interrupted",
    sizes: [6, 4, 3],
    interrupted: { epoch: steps / 2, epochs: 8, engine: "cpu", place },
  });

/** After one epoch, and after two. */
const checkpoints: Uint8Array[] = [];
let locks: FakeLocks;
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
const endings = (runs: readonly KeptRun[]): string[] => runs.map(({ ending }) => ending);

beforeAll(async () => {
  const split = {
    images: Uint8Array.from({ length: 60 }, (_, i) => (i * 37) & 255),
    labels: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2, 0),
  };
  const dataset = { name: "small", height: 2, width: 3, classes: ["a", "b", "c"] };
  const network = { input: 6, layers: [{ units: 4 }, { units: 3 }] };
  const training = resolveTraining({ epochs: 8, batchSize: 5 });
  const engine = await createCpuEngine({
    network,
    training,
    dataset: { ...dataset, train: split, test: split },
  });
  for (let epoch = 1; epoch <= 2; epoch++) {
    await engine.run(2);
    checkpoints.push(
      writeCheckpoint({
        state: await engine.state(),
        trainer: { seconds: 1, history: [], best: null },
        config: {
          network: engine.network,
          training,
          options: {},
          dataset,
          engine: "cpu",
          precision: "float32",
          adapter: engine.adapter,
          tuning: {},
        },
      }),
    );
  }
});

beforeEach(() => {
  stored.clear();
  closeChannels();
  locks = new FakeLocks();
  vi.stubGlobal("navigator", { locks });
  vi.stubGlobal("caches", fakeCaches());
  vi.stubGlobal("BroadcastChannel", FakeChannel);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a run whose tab was closed", () => {
  it("is listed as interrupted, and its last checkpoint is the kept model", async () => {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: run(1), checkpoint: checkpoints[0] }));
    await first.keepUnderWay(() => ({ run: run(2, 4), checkpoint: checkpoints[1] }));
    locks.closeTabs();
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
    await first.keepUnderWay(() => ({ run: run(1), checkpoint: checkpoints[0] }));
    locks.closeTabs();
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
    await first.keepUnderWay(() => ({ run: run(1), checkpoint: checkpoints[0] }));
    await first.keepRun(keptRun({ at: 2, steps: 4, ending: "completed", name: "whole" }));
    // Before its model was kept, and what it left under way was cleared.
    locks.closeTabs();
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    expect(next.runs.value).toMatchObject([{ ending: "completed", name: "whole", steps: 4 }]);
    await next.restoreModel();
    expect(next.heldModel.value!.origin).toEqual({ kind: "run", kept: true });
    expect(await next.listUnderWay()).toEqual([]);
  });

  it("is still listed where its checkpoint is damaged", async () => {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: run(1), checkpoint: checkpoints[0].slice(0, 99) }));
    locks.closeTabs();
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    await next.restoreModel();
    expect(next.heldModel.value).toBeNull();
    expect(endings(next.runs.value)).toEqual(["interrupted"]);
  });
});

describe("an interrupted run", () => {
  /** Left behind by a tab that was closed, and taken on by the one that is given back. */
  async function interrupt(...all: KeptRun[]) {
    for (const each of all) {
      const tab = await openTab();
      await tab.keepUnderWay(() => ({ run: each, checkpoint: checkpoints[0] }));
      locks.closeTabs();
    }
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    return next;
  }

  it("keeps its checkpoint whatever becomes the kept model, until it has been gone on with to its end", async () => {
    const tab = await interrupt(run(1));
    tab.holdModel(modelOfCheckpoint(readCheckpoint(checkpoints[1])), { kind: "file", name: "another" });
    await tab.keepModel(tab.heldModel.value!);
    expect(await tab.claimRun("run")).toBe(true);
    const [row] = tab.runs.value;
    expect(await tab.readInterrupted(row)).toEqual(checkpoints[0]);
    await tab.keepUnderWay(() => ({ run: run(2, 4, "run", 1), checkpoint: checkpoints[1] }));
    expect(await tab.readInterrupted(row)).toEqual(checkpoints[0]);
    await tab.keepRun(keptRun({ at: 3, steps: 16 }));
    await tab.endUnderWay("run");
    expect(await tab.readInterrupted(row)).toBeUndefined();
    expect(await tab.readInterrupted(run(2, 4, "run", 1))).toBeUndefined();
    expect(await tab.listUnderWay()).toEqual([]);
  });

  it("stays as it was where going on is thrown away, and is listed anew where that is interrupted, too", async () => {
    const tab = await interrupt(run(1));
    await tab.renameRun("run", "mine");
    const goOn = async () => {
      expect(await tab.claimRun("run")).toBe(true);
      await tab.keepUnderWay(() => ({ run: run(2, 4, "run", 1), checkpoint: checkpoints[1] }));
    };
    await goOn();
    await tab.endUnderWay("run");
    expect(tab.runs.value).toMatchObject([{ name: "mine", steps: 2 }]);
    expect(await tab.readInterrupted(tab.runs.value[0])).toEqual(checkpoints[0]);
    await goOn();
    locks.closeTabs();
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    expect(next.runs.value).toMatchObject([{ name: "mine", steps: 4, interrupted: { epoch: 2, place: 1 } }]);
    expect(await next.readInterrupted(next.runs.value[0])).toEqual(checkpoints[1]);
    expect(await next.readInterrupted(run(1))).toBeUndefined();
  });

  it("is gone on with in one tab at a time", async () => {
    const one = await interrupt(run(1));
    const other = await openTab();
    expect(await one.claimRun("run")).toBe(true);
    expect(await other.claimRun("run")).toBe(false);
    await one.endUnderWay("run");
    expect(await other.claimRun("run")).toBe(true);
  });

  it("that is deleted keeps its checkpoint as long as it can be had back", async () => {
    const tab = await interrupt(run(1));
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
    expect(await other.readInterrupted(run(1))).toEqual(checkpoints[0]);
    locks.closeTabs();
    await other.adoptInterrupted(await other.listUnderWay());
    expect(await other.readInterrupted(run(1))).toBeUndefined();
    expect(await other.listUnderWay()).toEqual([]);
  });

  it("can be gone on with where it is one of the last three; of older ones the row stays", async () => {
    const tab = await interrupt(...["a", "b", "c", "d"].map((id, i) => run(i + 1, 2, id)));
    const withCheckpoint = tab.runs.value.map(({ id, interrupted }) => [id, interrupted !== undefined]);
    expect(withCheckpoint).toEqual([
      ["d", true],
      ["c", true],
      ["b", true],
      ["a", false],
    ]);
    expect(await tab.readInterrupted(run(2, 2, "b"))).toEqual(checkpoints[0]);
    expect(await tab.readInterrupted(run(1, 2, "a"))).toBeUndefined();
  });

  it("is kept where there is no room for its checkpoint as the kept model", async () => {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: run(1), checkpoint: checkpoints[0] }));
    locks.closeTabs();
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
    await first.keepUnderWay(() => ({ run: run(1), checkpoint: checkpoints[0] }));
    locks.closeTabs();
    vi.stubGlobal("caches", fakeCaches());
    const next = await openTab();
    await next.adoptInterrupted(await next.listUnderWay());
    expect(endings(next.runs.value)).toEqual(["interrupted"]);
    expect(next.runs.value[0]).not.toHaveProperty("interrupted");
  });
});

describe("a run that goes on in another tab", () => {
  /** The first tab has the run; the next one waits for what becomes of it. */
  async function openBeside() {
    const first = await openTab();
    await first.keepUnderWay(() => ({ run: run(1), checkpoint: checkpoints[0] }));
    const next = await openTab();
    const adopted = next.adoptInterrupted(await next.listUnderWay());
    await settled();
    expect(next.runs.value).toEqual([]);
    return { first, next, adopted };
  }

  it("is not interrupted, and leaves nothing behind when it ends", async () => {
    const { first, next, adopted } = await openBeside();
    await first.endUnderWay("run");
    await adopted;
    expect(next.runs.value).toEqual([]);
    await next.restoreModel();
    expect(next.heldModel.value).toBeNull();
    expect(await next.listUnderWay()).toEqual([]);
  });

  it("is taken on as soon as that tab is closed, by one of those that wait", async () => {
    const { adopted } = await openBeside();
    locks.closeTabs();
    await adopted;
    expect(endings([...stored.get("backlit-runs")!.values()] as KeptRun[])).toEqual(["interrupted"]);
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
    const standing = vi.fn(() => ({ run: run(1, newest), checkpoint: checkpoints[0] }));
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
    await tab.keepUnderWay(() => ({ run: run(1), checkpoint: checkpoints[0] }));
    expect(tab.keepProblem.value).toMatch(/storage for this page is full/);
    await tab.keepUnderWay(() => ({ run: run(2), checkpoint: checkpoints[1] }));
    expect(put).toHaveBeenCalledTimes(1);
    expect(await tab.listUnderWay()).toEqual([]);
    await tab.endUnderWay("run");
    expect(tab.keepProblem.value).toMatch(/storage for this page is full/);
  });
});
