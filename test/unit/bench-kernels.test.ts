/** The suite kernels: which workloads are profiled, and how a profile becomes rows. */
import { describe, expect, it } from "vitest";
import { benchProtocol } from "../../src/bench/defaults.ts";
import type { KernelsResult } from "../../src/bench/result.ts";
import { runBench, type BenchEvent, type BenchOptions } from "../../src/bench/run.ts";
import type { Workload } from "../../src/bench/workload.ts";
import type { AdapterSummary } from "../../src/core/engine.ts";
import type { ProfileReport } from "../../src/core/profile.ts";
import { networkToSpec } from "../../src/core/spec.ts";
import { plan } from "../../src/gpu/plan.ts";
import { profileReport } from "../../src/gpu/profile.ts";

const adapter: AdapterSummary = {
  vendor: "v",
  architecture: "a",
  device: "",
  description: "",
  software: true,
};

/** Every dispatch takes 2 ms. */
function fakeProfile({ network, training, dataset }: Workload): ProfileReport {
  const trainRows = dataset.train.labels.length;
  const made = plan(networkToSpec(network), training, { trainRows });
  return profileReport({
    plan: made,
    adapter,
    clock: { method: "timestamps", quantum: 1 },
    roofline: { gflops: 10, gbps: 5, copyBytes: 1 },
    times: made.dispatches.map(() => [2, 2, 2]),
    trainRows,
  });
}

async function run(given: Partial<BenchOptions> = {}) {
  const profiled: string[] = [];
  const never = (): never => {
    throw new Error("nobody else is measured");
  };
  const options: BenchOptions = {
    suite: "kernels",
    narrowing: { hidden: [12], batch: [8, 16], optimizer: ["sgd"], input: ["mnist", "dense"] },
    protocol: benchProtocol("kernels", true, { rows: 64 }),
    contenders: [],
    products: [],
    profiler: (workload) => {
      profiled.push(`${workload.id.network} ${workload.id.batch} ${workload.id.input}`);
      return Promise.resolve(fakeProfile(workload));
    },
    ladder: never,
    adapter,
    environment: { runtime: "node", date: "", versions: {} },
    clock: { now: () => 0 },
    ...given,
  };
  const events: BenchEvent[] = [];
  for await (const event of runBench(options)) events.push(event);
  const last = events.at(-1)!;
  if (last.type !== "bench") throw new Error("the last event is the result");
  return { events, profiled, result: last.result as KernelsResult };
}

describe("bench --suite kernels", () => {
  it("profiles the step suite's workloads, one row for each dispatch", async () => {
    const { events, profiled, result } = await run();
    expect(profiled).toEqual([
      "784-12-10 8 mnist",
      "784-12-10 8 dense",
      "784-12-10 16 mnist",
      "784-12-10 16 dense",
    ]);
    expect(result.suite).toBe("kernels");
    expect(result.profiles).toHaveLength(4);
    expect(result.rows).toHaveLength(12);
    expect(result.rows[0]).toMatchObject({
      network: "784-12-10",
      batch: 8,
      optimizer: "sgd",
      input: "mnist",
      trainRows: 64,
      contender: "backlit",
      backend: "webgpu",
      dispatch: "forward 0",
      kernels: [expect.stringContaining("dense-forward")],
      ms: 2,
      samples: 3,
      flops: 2 * 8 * 784 * 12,
    });
    expect(result.datasets.map(({ input }) => input)).toEqual(["mnist", "dense"]);
    expect(events.filter(({ type }) => type === "row")).toHaveLength(12);
    expect(events.filter(({ type }) => type === "progress")).toHaveLength(4);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it("leaves to hardware what is too much for a program, and says so", async () => {
    const { profiled, result } = await run({ narrowing: { optimizer: ["sgd"], input: ["dense"] } });
    expect(profiled).toHaveLength(5);
    expect(result.skipped).toMatchObject([{ network: "784-4096-4096-10", input: "dense" }]);
  });

  it("ends where it is interrupted, with what it has", async () => {
    const stop = new AbortController();
    const profiler = (workload: Workload): Promise<ProfileReport> => {
      stop.abort();
      return Promise.resolve(fakeProfile(workload));
    };
    const { result } = await run({ profiler, signal: stop.signal });
    expect(result).toMatchObject({ interrupted: true, profiles: [{ rows: 8 }] });
  });
});
