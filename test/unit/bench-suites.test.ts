/** The suites as a whole, on contenders that cost nothing: what they ask for, and the result they end with. */
import { describe, expect, it } from "vitest";
import { accuracyRatios } from "../../src/bench/accuracy-suite.ts";
import { benchProtocol } from "../../src/bench/defaults.ts";
import { exactTotal, matmulRatios, type ProductContender } from "../../src/bench/matmul-suite.ts";
import {
  workloadKey,
  type AccuracyResult,
  type BenchResult,
  type MatmulResult,
  type OverheadResult,
  type StepSuiteResult,
} from "../../src/bench/result.ts";
import { runBench, type BenchEvent, type BenchOptions } from "../../src/bench/run.ts";
import { FakeClock, fakeContender, FAKE_PROTOCOL } from "../support/fake-contender.ts";

const adapter = { vendor: "fake", architecture: "", device: "", description: "a fake", software: true };

function options(clock: FakeClock, given: Partial<BenchOptions>): BenchOptions {
  return {
    suite: "step",
    narrowing: {},
    protocol: { ...FAKE_PROTOCOL, rounds: 2, seconds: 0.02, rows: 64 },
    contenders: [],
    products: [],
    profiler: () => Promise.reject(new Error("nobody profiles here")),
    ladder: () => ({ run: async () => {}, checksum: async () => 0 }),
    adapter,
    environment: { runtime: "node", date: "2020-01-01T00:00:00Z", versions: {} },
    clock,
    ...given,
  };
}

interface Ran<R> {
  result: R;
  events: BenchEvent[];
}

async function run(given: BenchOptions): Promise<Ran<unknown>> {
  const events: BenchEvent[] = [];
  for await (const event of runBench(given)) events.push(event);
  const last = events.at(-1);
  if (last?.type !== "bench") throw new Error("the suite ended without a result");
  // It travels as JSON.
  return { result: JSON.parse(JSON.stringify(last.result)) as unknown, events };
}

describe("the suite step", () => {
  const narrowing = { hidden: [3], batch: [8] };

  it("ends with the shape that programs are promised", async () => {
    const clock = new FakeClock();
    const contenders = [
      fakeContender("backlit", clock),
      fakeContender("jax", clock, { backend: "wasm", ms: () => 2 }),
    ];
    const { result, events } = (await run(options(clock, { contenders, narrowing }))) as Ran<StepSuiteResult>;
    expect(result).toMatchObject({ type: "result", suite: "step", adapter, interrupted: false });
    expect(result.rows).toHaveLength(2 * 2 * 2);
    expect(result.rows[1]).toEqual({
      contender: "jax",
      backend: "wasm",
      network: "784-3-10",
      batch: 8,
      optimizer: "sgd",
      input: "mnist",
      trainRows: 64,
      msPerStep: 2,
      spread: 0,
      stepsPerSecond: 500,
      gflops: expect.closeTo((2 * 8 * (2 * 784 * 3 + 3 * 30)) / 2e6, 12),
      firstStepMs: 2,
      lossAgrees: true,
      lossSteps: 10,
      lossWorst: 0,
      steps: expect.any(Number),
      rounds: [2, 2],
      notes: ["a note of jax"],
    });
    expect(result.ratios[0]).toEqual({
      against: "jax",
      backend: "wasm",
      network: "784-3-10",
      batch: 8,
      optimizer: "sgd",
      input: "mnist",
      trainRows: 64,
      ratio: 0.5,
      lowest: 0.5,
      highest: 0.5,
    });
    expect(result.datasets.map(({ input }) => input)).toEqual(["mnist", "dense"]);
    expect(events.filter(({ type }) => type === "row")).toHaveLength(8);
  });

  it("keeps what was measured before it was stopped", async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const contenders = [fakeContender("backlit", clock)];
    const measuring = runBench(options(clock, { contenders, narrowing, signal: stop.signal }));
    let result: BenchResult | undefined;
    for await (const event of measuring) {
      if (event.type === "row") stop.abort();
      if (event.type === "bench") result = event.result;
    }
    expect(result).toMatchObject({ interrupted: true, rows: [{ contender: "backlit", input: "mnist" }] });
  });

  it("measures only the backends that are asked for", async () => {
    const clock = new FakeClock();
    const contenders = [fakeContender("backlit", clock), fakeContender("backlit", clock, { backend: "cpu" })];
    const backend = ["webgpu"] as const;
    const { result } = (await run(
      options(clock, { contenders, narrowing: { ...narrowing, backend } }),
    )) as Ran<StepSuiteResult>;
    expect(new Set(result.rows.map((row) => row.backend))).toEqual(new Set(["webgpu"]));
  });
});

describe("the suites scaling and crossover", () => {
  it("measures a workload once that belongs to several series", async () => {
    const clock = new FakeClock();
    const given = { suite: "scaling", contenders: [fakeContender("backlit", clock)] } as const;
    const { result } = (await run(options(clock, { ...given, adapter }))) as Ran<StepSuiteResult>;
    expect(result.series?.map(({ name }) => name).sort()).toEqual(["batch", "depth", "trainRows", "width"]);
    const keys = result.rows.map(workloadKey);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { points } of result.series ?? []) {
      expect(points.length).toBeGreaterThan(2);
      for (const { workload } of points) expect(keys).toContain(workload);
    }
    expect(result.skipped.map(({ reason }) => reason)).toContain("measured on hardware adapters only");
  });

  it("holds the GPU against the plain loop and the fastest wasm peer, cell by cell", async () => {
    const clock = new FakeClock();
    const contenders = [
      fakeContender("backlit", clock, { ms: () => 2 }),
      fakeContender("backlit", clock, { backend: "cpu", ms: () => 8 }),
      fakeContender("tfjs", clock, { backend: "wasm", ms: () => 4 }),
      fakeContender("jax", clock, { backend: "wasm", ms: () => 1 }),
      fakeContender("jax", clock, { ms: () => 1 }),
    ];
    const narrowing = { hidden: [4, 6], batch: [8] };
    const { result } = (await run(
      options(clock, { suite: "crossover", contenders, narrowing }),
    )) as Ran<StepSuiteResult>;
    expect(result.cells).toEqual([
      { hidden: 4, batch: 8, workload: "784-4-10 8 sgd mnist 64", overPlainLoop: 0.25, overWasm: 2 },
      { hidden: 6, batch: 8, workload: "784-6-10 8 sgd mnist 64", overPlainLoop: 0.25, overWasm: 2 },
    ]);
    expect(result.rows.some(({ contender, backend }) => contender === "jax" && backend === "webgpu")).toBe(
      false,
    );
  });

  it("has no ratio where one side is missing", async () => {
    const clock = new FakeClock();
    const given = { contenders: [fakeContender("backlit", clock)], narrowing: { hidden: [4], batch: [8] } };
    const { result } = (await run(options(clock, { suite: "crossover", ...given }))) as Ran<StepSuiteResult>;
    expect(result.cells).toMatchObject([{ overPlainLoop: null, overWasm: null }]);
    expect(result.notes).toEqual([expect.stringContaining("--peers tfjs,jax")]);
    const narrowing = { ...given.narrowing, backend: ["webgpu"] } as const;
    const asked = options(clock, { suite: "crossover", ...given, narrowing });
    expect(((await run(asked)) as Ran<StepSuiteResult>).result.notes).toEqual([]);
  });
});

describe("the suite overhead", () => {
  it("climbs the ladder of dispatches per submit", async () => {
    const clock = new FakeClock();
    const ladder: BenchOptions["ladder"] = (dispatches) => ({
      run: async (submits) => {
        clock.time += submits * (0.2 + 0.01 * dispatches);
      },
      checksum: async () => 0,
    });
    const { result } = (await run(options(clock, { suite: "overhead", ladder }))) as Ran<OverheadResult>;
    expect(result.rows.map(({ dispatches }) => dispatches)).toEqual([1, 10, 100, 1000]);
    expect(result.rows[0].usPerSubmit).toBeCloseTo(210, 6);
    expect(result.rows[3].usPerSubmit).toBeCloseTo(10_200, 6);
    expect(result.rows[3].usPerDispatch).toBeCloseTo(10.2, 6);
  });
});

describe("the suite accuracy", () => {
  it("gives the seconds of training until each accuracy, whatever reading it takes", async () => {
    const clock = new FakeClock();
    const learn = (speed: number) => (steps: number) => Math.min(0.99, 0.9 + speed * steps);
    const contenders = [
      fakeContender("backlit", clock, { openMs: 500, ms: () => 10, accuracy: learn(0.01) }),
      fakeContender("tfjs", clock, { ms: () => 40, accuracy: learn(0.01) }),
      fakeContender("jax", clock, { ms: () => 20, accuracy: () => 0.96 }),
    ];
    // 64 rows in batches of 8: 8 steps an epoch, read every 2.
    const given = { suite: "accuracy", contenders, narrowing: { batch: [8] } } as const;
    const { result } = (await run(options(clock, given))) as Ran<AccuracyResult>;
    const [ours, theirs, stuck] = result.rows;
    expect(ours.reached).toEqual([
      { accuracy: 0.95, seconds: 0.55, steps: 5 },
      { accuracy: 0.97, seconds: 0.57, steps: 7 },
      { accuracy: 0.98, seconds: 0.59, steps: 9 },
    ]);
    expect(ours).toMatchObject({ steps: 9, seconds: 0.59, firstStepMs: 510, optimizer: "adam" });
    expect(theirs.reached[2]).toEqual({ accuracy: 0.98, seconds: 0.36, steps: 9 });
    expect(stuck.reached.map(({ steps }) => steps)).toEqual([3, null, null]);
    // Twenty epochs, then it is given up.
    expect(stuck.steps).toBe(161);
    expect(result.ratios.map(({ against, accuracy }) => [against, accuracy])).toEqual([
      ["tfjs", 0.95],
      ["tfjs", 0.97],
      ["tfjs", 0.98],
      ["jax", 0.95],
    ]);
    expect(result.ratios[0].ratio).toBeCloseTo(0.55 / 0.2, 12);
    expect(accuracyRatios(result.rows.slice(1))).toEqual([]);
  });

  it("goes on without a contender that fails, and stops when patience ends", async () => {
    const clock = new FakeClock();
    const contenders = [
      fakeContender("tfjs", clock, { failIn: "run" }),
      fakeContender("backlit", clock, { ms: () => 1000, accuracy: () => 0.5 }),
    ];
    const protocol = { ...FAKE_PROTOCOL, patience: 10 };
    const given = { suite: "accuracy", contenders, protocol, narrowing: { batch: [8] } } as const;
    const { result } = (await run(options(clock, given))) as Ran<AccuracyResult>;
    expect(result.skipped).toMatchObject([{ contender: "tfjs", reason: "run failed" }]);
    expect(result.rows).toMatchObject([{ contender: "backlit", steps: 11 }]);
  });
});

describe("the suite matmul", () => {
  const id = { rows: 3, inputs: 5, units: 4 };
  const values = (size: number, seed: number) =>
    Float32Array.from({ length: size }, (_, i) => Math.sin(seed + 3.7 * i));
  const factors = { x: values(15, 1), w: values(20, 2), dz: values(12, 3) };

  it.each(["X.W", "Xt.dZ", "dZ.Wt"] as const)("knows the sum over %s without multiplying", (product) => {
    let total = 0;
    let scale = 0;
    for (let i = 0; i < id.rows; i++)
      for (let k = 0; k < id.inputs; k++)
        for (let j = 0; j < id.units; j++) {
          const x = factors.x[i * id.inputs + k];
          const w = factors.w[k * id.units + j];
          const dz = factors.dz[i * id.units + j];
          const term = product === "X.W" ? x * w : product === "Xt.dZ" ? x * dz : dz * w;
          total += term;
          scale += Math.abs(term);
        }
    const exact = exactTotal({ product, ...id }, factors);
    expect(exact.total).toBeCloseTo(total, 12);
    expect(exact.scale).toBeCloseTo(scale, 12);
  });

  const product = (
    contender: ProductContender["contender"],
    clock: FakeClock,
    ms: number,
    error = 0,
  ): ProductContender => ({
    contender,
    backend: "webgpu",
    open: async (id, factors) => ({
      notes: [],
      run: async (n) => {
        clock.time += n * ms;
      },
      checksum: async () => 0,
      total: async () => {
        const { total, scale } = exactTotal(id, factors);
        return total + error * scale;
      },
      dispose: () => {},
    }),
  });

  it("compares products, and ranks none that is wrong", async () => {
    const clock = new FakeClock();
    const products = [
      product("backlit", clock, 1),
      product("tfjs", clock, 4),
      product("jax", clock, 2, 1e-3),
    ];
    const { result } = (await run(options(clock, { suite: "matmul", products }))) as Ran<MatmulResult>;
    expect(result.rows.slice(0, 3)).toMatchObject([
      { contender: "backlit", product: "X.W", rows: 128, inputs: 784, units: 512, ms: 1, agrees: true },
      { contender: "tfjs", ms: 4, agrees: true },
      { contender: "jax", ms: 2, agrees: false },
    ]);
    expect(result.rows[0].gflops).toBeCloseTo((2 * 128 * 784 * 512) / 1e6, 6);
    expect(new Set(result.ratios.map(({ against }) => against))).toEqual(new Set(["tfjs"]));
    expect(result.ratios[0]).toMatchObject({ ratio: 0.25, lowest: 0.25, highest: 0.25 });
    // A report takes the ratios of all rows together: each within its own product.
    expect(matmulRatios(result.rows)).toEqual(result.ratios);
    expect(result.ratios).toHaveLength(9);
    const slower = result.rows.map((row, i) => ({ ...row, ms: row.ms * (i + 1) }));
    expect(matmulRatios(slower.filter(({ contender }) => contender === "backlit"))).toEqual([]);
  });
});

describe("the suite matmul, narrowed", () => {
  const shapes = async (narrowing: BenchOptions["narrowing"]): Promise<string[]> => {
    const asked: string[] = [];
    const products: ProductContender[] = [
      {
        contender: "backlit",
        backend: "webgpu",
        open: async ({ product, rows, inputs, units }) => {
          asked.push(`${product} ${rows} ${inputs} ${units}`);
          throw new Error("asked, not measured");
        },
      },
    ];
    await run(options(new FakeClock(), { suite: "matmul", products, narrowing }));
    return asked.filter((name) => name.startsWith("X.W")).map((name) => name.slice(4));
  };

  it("multiplies the matrices of the network that is named, at each batch", async () => {
    expect(await shapes({ hidden: [6, 4, 4, 4], batch: [2, 3] })).toEqual([
      "2 784 6",
      "2 6 4",
      "2 4 4",
      "3 784 6",
      "3 6 4",
      "3 4 4",
    ]);
    expect(await shapes({ batch: [2] })).toEqual(["2 784 512"]);
    expect(await shapes({ hidden: [4] })).toEqual(["128 784 4"]);
    await expect(shapes({ hidden: [] })).rejects.toMatchObject({ code: "spec/hidden" });
  });
});

describe("benchProtocol", () => {
  it("compares fewer losses on a software adapter, and records what was asked for", () => {
    expect(benchProtocol("step", false)).toMatchObject({
      lossSteps: 200,
      rounds: 5,
      seconds: 2,
      quick: false,
    });
    expect(benchProtocol("step", true)).toMatchObject({ lossSteps: 20, tolerance: 0.01 });
    expect(benchProtocol("step", true, { lossSteps: 7, rounds: undefined })).toMatchObject({
      lossSteps: 7,
      rounds: 5,
    });
    expect(benchProtocol("step", true, { quick: true })).toMatchObject({
      quick: true,
      rounds: 3,
      seconds: 0.5,
    });
  });
});
