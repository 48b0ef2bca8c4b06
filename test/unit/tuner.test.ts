/** The search for tiles on a bench without a device: candidates, choices, bounds; keys, and the store of found tables. */
import { describe, expect, it } from "vitest";
import { tuneText } from "../../src/cli/tuning-text.ts";
import type { AdapterSummary } from "../../src/core/engine.ts";
import { DeviceLostError, GpuError } from "../../src/core/errors.ts";
import type { NetworkSpec } from "../../src/core/spec.ts";
import type { FileCache } from "../../src/data/file-cache.ts";
import { plan as makePlan } from "../../src/gpu/plan.ts";
import { DEFAULT_LIMITS, type Plan } from "../../src/gpu/plan-types.ts";
import { targetsOf } from "../../src/gpu/tuner.ts";
import {
  candidates,
  MOST_CANDIDATES,
  settingOf,
  withSetting,
  type Device,
} from "../../src/gpu/tuner-candidates.ts";
import { tuningKey, type TunedFor } from "../../src/gpu/tuner-key.ts";
import { searchTiles, type TileBench } from "../../src/gpu/tuner-search.ts";
import type { Target, TuneReport } from "../../src/gpu/tuner-types.ts";
import {
  HARDWARE_TUNING,
  isTuning,
  SOFTWARE_TUNING,
  SUBGROUP_TUNING,
  type Tuning,
} from "../../src/gpu/tuning.ts";
import { keepTuning, readTunings } from "../../src/worker/tuning-store.ts";

const NETWORK: NetworkSpec = { input: 784, layers: [{ units: 512 }, { units: 128 }, { units: 10 }] };
const planOf = (tuning: Tuning, limits = DEFAULT_LIMITS): Plan =>
  makePlan(NETWORK, { batchSize: 128, optimizer: "sgd" }, { trainRows: 1000, tuning, limits });
const TARGETS = targetsOf(planOf(SOFTWARE_TUNING), false);
const targetOf = (what: Target["what"], layer: number | null): Target =>
  TARGETS.find((each) => each.what === what && each.layer === layer)!;

/** Time per dispatch from the plan; every measurement takes a second. */
class FakeBench implements TileBench {
  clock = 0;
  readonly timed: string[][] = [];
  readonly #cost: (name: string, plan: Plan, call: number) => number;
  readonly #limits: typeof DEFAULT_LIMITS;

  constructor(cost: (name: string, plan: Plan, call: number) => number, limits = DEFAULT_LIMITS) {
    this.#cost = cost;
    this.#limits = limits;
  }

  plan(tuning: Tuning): Plan {
    return planOf(tuning, this.#limits);
  }

  time(plan: Plan, dispatches: readonly string[]): Promise<number[]> {
    this.clock++;
    this.timed.push([...dispatches]);
    return Promise.resolve(dispatches.map((name) => this.#cost(name, plan, this.timed.length)));
  }

  now(): number {
    return this.clock;
  }
}

const SOFTWARE = { software: true, limits: DEFAULT_LIMITS };
const SUBGROUPS = { software: true, limits: { ...DEFAULT_LIMITS, subgroupSize: 4 } };
const HARDWARE = { software: false, limits: DEFAULT_LIMITS };
const bounds = { seconds: 1000, most: 20, device: SOFTWARE };
const rowsOf = ({ tuning }: Plan, target: Target): number =>
  (settingOf(tuning, target) as { rows: number }).rows;

describe("targets", () => {
  it("are the products of every layer and the head, each with its shape and its part of a dispatch", () => {
    expect(TARGETS.map(({ what, layer, shape }) => [what, layer, shape])).toEqual([
      ["forward", 0, { m: 128, n: 512, k: 784 }],
      ["forward", 1, { m: 128, n: 128, k: 512 }],
      ["head", null, { m: 128, n: 10, k: 128 }],
      ["inputGradient", 1, { m: 128, n: 512, k: 128 }],
      ["weightGradient", 2, { m: 128, n: 10, k: 128 }],
      ["weightGradient", 0, { m: 784, n: 512, k: 128 }],
      ["weightGradient", 1, { m: 512, n: 128, k: 128 }],
    ]);
    const update = TARGETS.filter(({ dispatch }) => dispatch === "update");
    const parts = update.reduce((sum, { part }) => sum + part, 0);
    expect(parts).toBeGreaterThan(0.98);
    expect(parts).toBeLessThan(1);
    expect(targetsOf(planOf(SOFTWARE_TUNING), true)[0].what).toBe("workgroupSize");
  });
});

describe("candidates", () => {
  it("are few, different from one another and from what the table has, and make valid tables", () => {
    for (const [tuning, device] of [
      [SOFTWARE_TUNING, SOFTWARE],
      [SUBGROUP_TUNING, SUBGROUPS],
      [HARDWARE_TUNING, HARDWARE],
    ] as const) {
      for (const target of targetsOf(planOf(tuning, device.limits), true)) {
        const found = candidates(target, tuning, device);
        const texts = found.map((setting) => JSON.stringify(setting));
        expect(found.length).toBeGreaterThan(1);
        expect(found.length).toBeLessThanOrEqual(MOST_CANDIDATES);
        expect(new Set(texts).size).toBe(texts.length);
        expect(texts).not.toContain(JSON.stringify(settingOf(tuning, target)));
        for (const setting of found) {
          const table = withSetting(tuning, target, setting);
          expect(isTuning(table), JSON.stringify(setting)).toBe(true);
          expect(settingOf(table, target)).toEqual(setting);
          expect(() => planOf(table, device.limits), JSON.stringify(setting)).not.toThrow();
        }
      }
    }
  });

  it("are the same every time", () => {
    const target = targetOf("weightGradient", 0);
    const [once, again] = [0, 1].map(() => candidates(target, SOFTWARE_TUNING, SOFTWARE));
    expect(once).toEqual(again);
  });

  it("are of the families that suit the device, the best of each early", () => {
    const families = (device: Device): string[] =>
      candidates(targetOf("weightGradient", 0), { ...SOFTWARE_TUNING, name: "any" }, device).map((setting) =>
        "family" in setting ? setting.family : "",
      );
    expect(new Set(families(SOFTWARE))).toEqual(new Set(["register"]));
    expect(families(SUBGROUPS).slice(0, 2)).toEqual(["subgroup", "register"]);
    expect(families(HARDWARE).slice(0, 3)).toEqual(["workgroup", "workgroup", "register"]);
    const wide = { software: false, limits: { ...DEFAULT_LIMITS, subgroupSize: 32 } };
    expect(families(wide)).not.toContain("subgroup");
  });

  it("have the best tile of every size that an invocation may own, from 4 x 4 sums to 16 x 16", () => {
    const sizes = [
      [4, 4],
      [8, 4],
      [8, 8],
      [8, 16],
      [16, 16],
    ];
    for (const [tuning, device] of [
      [SOFTWARE_TUNING, SOFTWARE],
      [HARDWARE_TUNING, HARDWARE],
    ] as const) {
      for (const target of targetsOf(planOf(tuning, device.limits), false)) {
        if (target.what === "head") continue;
        const tiles = [settingOf(tuning, target), ...candidates(target, tuning, device)];
        const owned = tiles.map((tile) => "columns" in tile && [tile.rows, tile.columns]);
        for (const size of sizes) expect(owned, target.what).toContainEqual(size);
      }
    }
  });

  it("cut K only where it can be cut", () => {
    const cut = (target: Target): number =>
      candidates(target, HARDWARE_TUNING, HARDWARE).filter(
        (setting) => "splits" in setting && (setting.splits ?? 1) > 1,
      ).length;
    expect(targetOf("forward", 1).splittable).toBe(true);
    expect(cut(targetOf("forward", 1))).toBeGreaterThan(0);
    expect(TARGETS.filter((target) => cut(target) > 0)).toEqual([targetOf("forward", 1)]);
  });

  it("are tall and wide where a product is large, and small where it would leave the machine empty", () => {
    const first = (m: number, n: number): { tileRows: number; tileColumns: number } => {
      const target = { ...targetOf("weightGradient", 0), shape: { m, n, k: 512 } };
      const [best] = candidates(target, SOFTWARE_TUNING, HARDWARE);
      return best as { tileRows: number; tileColumns: number };
    };
    const [small, large] = [first(128, 128), first(4096, 4096)];
    expect(large.tileRows * large.tileColumns).toBeGreaterThan(small.tileRows * small.tileColumns);
  });

  it("set one layer and leave the others", () => {
    const tile = { family: "register", rows: 4, columns: 16 } as const;
    const table = withSetting(SOFTWARE_TUNING, targetOf("forward", 1), tile);
    const both = withSetting(table, targetOf("weightGradient", 1), tile);
    expect(both.layers).toEqual({ 1: { forward: tile, weightGradient: tile } });
    expect(both.forward).toEqual(SOFTWARE_TUNING.forward);
    expect(SOFTWARE_TUNING.layers).toBeUndefined();
  });
});

describe("the search", () => {
  it("finds the setting that is fastest, for the layer where it is", async () => {
    const forward = targetOf("forward", 0);
    // Two rows are the best there; the rest does not depend on tiles.
    const bench = new FakeBench((name, plan) => (name === "forward 0" ? 10 + rowsOf(plan, forward) : 5));
    const result = await searchTiles(bench, SOFTWARE_TUNING, TARGETS, bounds);
    expect(result.stopped).toBe("done");
    expect(Object.keys(result.tuning.layers!)).toEqual(["0"]);
    expect(result.tuning.layers![0].forward!.rows).toBe(2);
    const found = result.targets.find(({ what, layer }) => what === "forward" && layer === 0)!;
    expect(found.default).toEqual(SOFTWARE_TUNING.forward);
    expect((found.chosen as { rows: number }).rows).toBe(2);
    expect(found.gain).toBeCloseTo(1 - 12 / 18);
    expect(result.stepMs).toEqual({ default: 38, tuned: 32 });
    for (const each of result.targets) expect(each.candidates.length).toBeLessThanOrEqual(MOST_CANDIDATES);
  });

  it("keeps the table where nothing is clearly better", async () => {
    const forward = targetOf("forward", 0);
    const bench = new FakeBench((_, plan) => (rowsOf(plan, forward) === 8 ? 10 : 9.8));
    const result = await searchTiles(bench, SOFTWARE_TUNING, TARGETS, bounds);
    expect(result.tuning).toEqual(SOFTWARE_TUNING);
    expect(result.targets.every(({ gain }) => gain === 0)).toBe(true);
  });

  it("is not taken in by a moment in which the machine was busy", async () => {
    // The first measurement of all was slow; whatever comes later looks better, but is not.
    const bench = new FakeBench((_name, _plan, call) => (call === 1 ? 20 : 10));
    const result = await searchTiles(bench, SOFTWARE_TUNING, TARGETS, bounds);
    expect(result.tuning).toEqual(SOFTWARE_TUNING);
  });

  it("measures only the dispatches that a candidate changes", async () => {
    const bench = new FakeBench(() => 10);
    await searchTiles(bench, SOFTWARE_TUNING, [targetOf("inputGradient", 1)], bounds);
    const [first, ...others] = bench.timed;
    expect(first).toEqual(["forward 0", "forward 1", "head", "backward 1", "update"]);
    expect(others.length).toBeGreaterThan(1);
    expect(others.every((names) => names.join() === "backward 1")).toBe(true);
  });

  it("ends in time: nothing is begun that would not end before the bound", async () => {
    for (const seconds of [1, 5, 9]) {
      const bench = new FakeBench(() => 10);
      const result = await searchTiles(bench, SOFTWARE_TUNING, TARGETS, { ...bounds, seconds });
      expect(result.stopped).toBe("time");
      expect(bench.clock).toBeLessThanOrEqual(seconds);
      const tried = result.targets.reduce((sum, { candidates: own }) => sum + own.length, 0);
      expect(tried).toBe(Math.max(0, seconds - 1));
      expect(result.targets.some(({ left }) => left > 0)).toBe(true);
    }
  });

  it("tries as many candidates as it may, and most where most of the time goes", async () => {
    const all = await searchTiles(new FakeBench(() => 10), SOFTWARE_TUNING, TARGETS, { ...bounds, most: 2 });
    expect(all.targets.every((each) => each.candidates.length <= 2 && each.left === 0)).toBe(true);
    const cost = (name: string): number => (name === "update" ? 100 : 10);
    const some = await searchTiles(new FakeBench(cost), SOFTWARE_TUNING, TARGETS, { ...bounds, seconds: 9 });
    const tried = (what: string, layer: number): number =>
      some.targets.find((each) => each.what === what && each.layer === layer)!.candidates.length;
    expect(tried("weightGradient", 0)).toBeGreaterThan(tried("forward", 1));
  });

  it("ends where the caller says so", async () => {
    const stop = new AbortController();
    const bench = new FakeBench((_name, _plan, call) => {
      if (call === 3) stop.abort();
      return 10;
    });
    const result = await searchTiles(bench, SOFTWARE_TUNING, TARGETS, { ...bounds, signal: stop.signal });
    expect(result.stopped).toBe("aborted");
    expect(bench.clock).toBe(3);
  });

  it("leaves out what exceeds a limit or does not compile, with the reason", async () => {
    const limits = { ...DEFAULT_LIMITS, maxComputeInvocationsPerWorkgroup: 16 };
    const targets = targetsOf(planOf(SOFTWARE_TUNING), true);
    const forward = targetOf("forward", 0);
    const bench = new FakeBench((name, plan) => {
      const rows = rowsOf(plan, forward);
      if (name === "forward 0" && rows === 2) throw new GpuError("wgsl/compile", "does not compile");
      return 10 + rows;
    }, limits);
    const result = await searchTiles(bench, SOFTWARE_TUNING, targets, bounds);
    const problems = result.targets.flatMap(({ candidates: own }) => own.filter(({ ms }) => ms === null));
    const text = problems.map(({ problem }) => problem).join("\n");
    expect(text).toContain("does not compile");
    expect(text).toContain("maxComputeInvocationsPerWorkgroup");
    expect(rowsOf(planOf(result.tuning), forward)).toBe(4);
    expect(result.tuning.workgroupSize).toBeLessThanOrEqual(16);
  });

  it("does not go on on a lost device, and hides no mistake of its own", async () => {
    for (const error of [new DeviceLostError("unknown", "gone"), new TypeError("a mistake")]) {
      const bench = new FakeBench((_name, _plan, call) => {
        if (call === 2) throw error;
        return 10;
      });
      await expect(searchTiles(bench, SOFTWARE_TUNING, TARGETS, bounds)).rejects.toBe(error);
    }
  });
});

const ADAPTER: AdapterSummary = {
  vendor: "v",
  architecture: "a",
  device: "d",
  description: "",
  software: false,
};

describe("the key of a found table", () => {
  const given: TunedFor = {
    adapter: ADAPTER,
    network: NETWORK,
    training: { optimizer: "adam", learningRate: 0.1 },
    rows: 128,
    mode: "fast",
  };

  it("does not depend on what no kernel depends on", async () => {
    const other = {
      ...given,
      training: { optimizer: "adamw", learningRate: 0.2, seed: 9, epochs: 3 } as const,
    };
    expect(await tuningKey(other)).toBe(await tuningKey(given));
    expect(await tuningKey(given)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("differs with adapter, shapes, update, mode and shaders", async () => {
    const layers = [{ units: 512, dropout: 0.1 }, { units: 128 }, { units: 10 }];
    const keys = await Promise.all([
      tuningKey(given),
      tuningKey({ ...given, adapter: { ...ADAPTER, description: "another driver" } }),
      tuningKey({ ...given, network: { ...NETWORK, input: 785 } }),
      tuningKey({ ...given, network: { ...NETWORK, layers } }),
      tuningKey({ ...given, rows: 64 }),
      tuningKey({ ...given, training: { optimizer: "sgd" } }),
      tuningKey({ ...given, training: { optimizer: "adam", clipNorm: 1 } }),
      tuningKey({ ...given, mode: "full" }),
      tuningKey(given, { head: "another text" }),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("the store of found tables", () => {
  const memoryCache = (): FileCache & { files: Map<string, Uint8Array> } => {
    const files = new Map<string, Uint8Array>();
    return {
      files,
      get: (key) => Promise.resolve(files.get(key)),
      put: (key, bytes) => Promise.resolve(void files.set(key, bytes)),
      delete: (key) => Promise.resolve(void files.delete(key)),
    };
  };
  const report = { adapter: ADAPTER, stopped: "done" } as TuneReport;
  const event = (key: string, tuning: Tuning, its: TuneReport | null = report) =>
    ({ type: "tuning", key, tuning, report: its }) as const;

  it("keeps tables by their keys", async () => {
    const cache = memoryCache();
    expect(await readTunings(cache)).toEqual({});
    await keepTuning(cache, event("a", SOFTWARE_TUNING));
    await keepTuning(cache, event("b", HARDWARE_TUNING));
    await keepTuning(cache, event("a", HARDWARE_TUNING));
    expect(await readTunings(cache)).toEqual({ a: HARDWARE_TUNING, b: HARDWARE_TUNING });
  });

  it("does not keep what came from it, nor what was cut short", async () => {
    const cache = memoryCache();
    await keepTuning(cache, event("a", SOFTWARE_TUNING, null));
    await keepTuning(cache, event("b", SOFTWARE_TUNING, { ...report, stopped: "aborted" }));
    expect(cache.files.size).toBe(0);
  });

  it("is said to hold a table only where it does", () => {
    const found = {
      ...report,
      clock: { method: "timestamps", quantum: 1 },
      mode: "fast",
      seconds: 2,
      stepMs: { default: 2, tuned: 1 },
      products: [],
      tuning: SOFTWARE_TUNING,
    } as unknown as TuneReport;
    const bold = (text: string) => text;
    expect(tuneText(found, bold)).toMatch(/everything tried in 2\.0 s[^]*Kept as ".*" for train --tune fast/);
    const cut = tuneText({ ...found, stopped: "aborted" }, bold);
    expect(cut).toMatch(/interrupted after 2\.0 s[^]*its table is not kept/);
    expect(cut).not.toContain("Kept as");
  });

  it("takes what it cannot read for nothing, and replaces it", async () => {
    const good = { tuning: SOFTWARE_TUNING, about: {} };
    for (const text of ["{ not JSON", "[1]", "null", '"text"', ""]) {
      const cache = memoryCache();
      await cache.put("tables.json", new TextEncoder().encode(text));
      expect(await readTunings(cache), text).toEqual({});
      await keepTuning(cache, event("a", SOFTWARE_TUNING));
      expect(await readTunings(cache), text).toEqual({ a: SOFTWARE_TUNING });
    }
    const cache = memoryCache();
    const entries = { a: good, b: { tuning: { ...SOFTWARE_TUNING, workgroupSize: -1 } }, c: null, d: 5 };
    await cache.put("tables.json", new TextEncoder().encode(JSON.stringify(entries)));
    expect(await readTunings(cache)).toEqual({ a: SOFTWARE_TUNING });
  });

  it("says so where the cache cannot be read, and goes on without", async () => {
    const broken = { ...memoryCache(), get: () => Promise.reject(new Error("no permission")) };
    const problems: string[] = [];
    expect(await readTunings(broken, (message) => problems.push(message))).toEqual({});
    expect(problems.join()).toContain("no permission");
  });

  it("lets the oldest go when there are too many", async () => {
    const cache = memoryCache();
    for (let i = 0; i < 203; i++) await keepTuning(cache, event(`key ${i}`, SOFTWARE_TUNING));
    const kept = Object.keys(await readTunings(cache));
    expect(kept).toHaveLength(200);
    expect(kept[0]).toBe("key 3");
  });
});
