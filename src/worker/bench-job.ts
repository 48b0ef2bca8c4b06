/** The benchmark as a job: contenders on the engines and the adapter of where it runs. */
import { engineContender } from "../bench/engine-contender.ts";
import type { Contender } from "../bench/contender.ts";
import { jaxContender } from "../bench/peers/jax.ts";
import type { Profiler } from "../bench/kernels-suite.ts";
import type { ProductContender } from "../bench/matmul-suite.ts";
import { jaxProduct, tfjsProduct } from "../bench/peers/products.ts";
import { tfjsContender } from "../bench/peers/tfjs.ts";
import type { Environment } from "../bench/result.ts";
import { benchProtocol } from "../bench/defaults.ts";
import { runBench, type BenchEvent } from "../bench/run.ts";
import { versionsOf } from "../bench/versions.ts";
import type { Roofline } from "../core/profile.ts";
import { networkToSpec } from "../core/spec.ts";
import type { Engine, EngineOptions } from "../core/engine.ts";
import { adapterOf, deviceLimits, requestDevice } from "../gpu/device.ts";
import { IdleDispatches } from "../gpu/idle-dispatches.ts";
import { plan } from "../gpu/plan.ts";
import { Product } from "../gpu/product.ts";
import { profilePlan } from "../gpu/profiler.ts";
import type { PlanLimits } from "../gpu/plan-types.ts";
import { tune } from "../gpu/tuner.ts";
import type { TuneMode } from "../gpu/tuner-types.ts";
import type { Tuning } from "../gpu/tuning.ts";
import { openEngine } from "./job-engine.ts";
import type { AdapterEvent, BenchJob, JobHost } from "./job.ts";

/** @throws AdapterError where there is no adapter, SpecError where the options leave nothing to measure */
export async function* runBenchJob(job: BenchJob, host: JobHost): AsyncGenerator<AdapterEvent | BenchEvent> {
  const { suite, narrowing } = job;
  const device = await requestDevice(host.gpu, { adapter: job.adapter });
  const idle = await IdleDispatches.create(device);
  try {
    const adapter = adapterOf(device);
    const limits = deviceLimits(device);
    const features = [...device.features].map(String).sort();
    yield { type: "adapter", adapter, limits };
    yield* runBench({
      suite,
      narrowing,
      protocol: benchProtocol(suite, adapter.software, job.protocol),
      contenders: contendersOf(job, host),
      products: [ownProduct(device, limits, adapter.software), ...peerProducts(job, host)],
      profiler: profilerOn(device, limits, adapter.software),
      ladder: (dispatches) => ({
        run: (times) => idle.submit(dispatches, times),
        checksum: () => idle.read(),
      }),
      adapter,
      environment: { ...environmentHere(job), ...job.environment, limits: { ...limits }, features },
      digits: job.data.kind === "given" ? job.data.dataset : undefined,
      signal: host.signal,
      clock: { now: () => performance.now() },
    });
  } finally {
    idle.dispose();
    device.destroy();
  }
}

/** The roofs are measured once. */
function profilerOn(device: GPUDevice, limits: PlanLimits, software: boolean): Profiler {
  let roofline: Roofline | undefined;
  return async ({ network, training, dataset }) => {
    const trainRows = dataset.train.labels.length;
    const made = plan(networkToSpec(network), training, { trainRows, limits, software });
    const report = await profilePlan(device, made, dataset.train, limits, roofline);
    roofline = report.roofline;
    return report;
  };
}

/** Backlit on WebGPU and as a plain loop, then the peers, each with both of its backends. */
function contendersOf(job: BenchJob, host: JobHost): Contender[] {
  const { adapter, peers, tune: mode } = job;
  const ours = (["gpu", "cpu"] as const).map((kind) =>
    engineContender(kind, async (engine, options) => {
      if (engine === "gpu" && mode !== "off") return openTuned(job, host, options, mode);
      return { engine: await openEngine({ engine, adapter }, host, options) };
    }),
  );
  const theirs = peers.flatMap((peer) =>
    (["webgpu", "wasm"] as const).map((backend) =>
      peer === "jax" ? jaxContender(backend) : tfjsContender(backend, host.peerFiles),
    ),
  );
  return [...ours, ...theirs];
}

/** The search sees the rows that will be trained on, and a device of its own. */
async function openTuned(
  { adapter }: BenchJob,
  host: JobHost,
  options: EngineOptions,
  mode: TuneMode,
): Promise<{ engine: Engine; notes: string[]; searchMs: number }> {
  const { network, training, dataset } = options;
  const start = performance.now();
  const device = await requestDevice(host.gpu, { adapter });
  let table: Tuning;
  try {
    const { signal } = host;
    ({ tuning: table } = await tune(device, { network, training, split: dataset!.train, mode, signal }));
  } finally {
    device.destroy();
  }
  const searchMs = performance.now() - start;
  const engine = await openEngine({ engine: "gpu", adapter }, host, options, { ...table });
  return {
    engine,
    notes: [`tiles from a search of ${(searchMs / 1000).toFixed(1)} s, apart from the first step`],
    searchMs,
  };
}

function ownProduct(device: GPUDevice, limits: PlanLimits, software: boolean): ProductContender {
  return {
    contender: "backlit",
    backend: "webgpu",
    async open(id, factors) {
      const product = await Product.create(device, id.product, id, factors, { limits, software });
      return {
        notes: [],
        run: (n) => product.run(n),
        checksum: () => product.read(),
        total: () => product.total(),
        dispose: () => product.dispose(),
      };
    },
  };
}

function peerProducts({ peers }: BenchJob, { peerFiles }: JobHost): ProductContender[] {
  return peers.flatMap((peer) =>
    (["webgpu", "wasm"] as const).map((backend) =>
      peer === "jax" ? jaxProduct(backend) : tfjsProduct(backend, peerFiles),
    ),
  );
}

/** What is known where the job runs. */
function environmentHere({ peers }: BenchJob): Omit<Environment, "runtime" | "date"> {
  const { navigator, crossOriginIsolated } = globalThis as {
    navigator?: { userAgent?: string; hardwareConcurrency?: number };
    crossOriginIsolated?: boolean;
  };
  return {
    userAgent: navigator?.userAgent,
    logicalCores: navigator?.hardwareConcurrency,
    crossOriginIsolated,
    versions: versionsOf(peers),
  };
}
