/** The benchmark as a job: contenders on the engines and the adapter of where it runs. */
import { engineContender } from "../bench/engine-contender.ts";
import type { Contender } from "../bench/contender.ts";
import { jaxContender } from "../bench/peers/jax.ts";
import { tfjsContender } from "../bench/peers/tfjs.ts";
import type { Environment } from "../bench/result.ts";
import { benchProtocol, runBench, type BenchEvent } from "../bench/run.ts";
import { describeAdapter, requestDevice } from "../gpu/device.ts";
import { DEFAULT_LIMITS, type PlanLimits } from "../gpu/plan-types.ts";
import { openEngine } from "./job-engine.ts";
import type { AdapterEvent, BenchJob, JobHost } from "./job.ts";

/** @throws AdapterError where there is no adapter, SpecError where the options leave nothing to measure */
export async function* runBenchJob(job: BenchJob, host: JobHost): AsyncGenerator<AdapterEvent | BenchEvent> {
  const { adapter, limits, features } = await lookAtDevice(job, host);
  yield { type: "adapter", adapter, limits };
  yield* runBench({
    suite: job.suite,
    narrowing: job.narrowing,
    protocol: benchProtocol(adapter.software, job.protocol),
    contenders: contendersOf(job, host),
    adapter,
    environment: { ...hereEnvironment(), ...job.environment, limits: { ...limits }, features },
    digits: job.data.kind === "given" ? job.data.dataset : undefined,
    signal: host.signal,
    clock: { now: () => performance.now() },
  });
}

async function lookAtDevice(
  { adapter }: BenchJob,
  { gpu }: JobHost,
): Promise<{ adapter: AdapterEvent["adapter"]; limits: PlanLimits; features: string[] }> {
  const device = await requestDevice(gpu, { adapter });
  const names = Object.keys(DEFAULT_LIMITS) as (keyof PlanLimits)[];
  const limits = Object.fromEntries(
    names.map((name) => [name, device.limits[name]]),
  ) as unknown as PlanLimits;
  const features = [...device.features].map(String).sort();
  device.destroy();
  return { adapter: describeAdapter(device.adapterInfo), limits, features };
}

/** Backlit on WebGPU and as a plain loop, then the peers, each with both of its backends. */
function contendersOf(job: BenchJob, host: JobHost): Contender[] {
  const { adapter, peers } = job;
  const ours = (["gpu", "cpu"] as const).map((kind) =>
    engineContender(kind, (engine, options) => openEngine({ engine, adapter }, host, options)),
  );
  const theirs = peers.flatMap((peer) =>
    (["webgpu", "wasm"] as const).map((backend) =>
      peer === "jax" ? jaxContender(backend) : tfjsContender(backend, host.peerFiles),
    ),
  );
  return [...ours, ...theirs];
}

function hereEnvironment(): Pick<Environment, "userAgent" | "logicalCores" | "crossOriginIsolated"> {
  const { navigator, crossOriginIsolated } = globalThis as {
    navigator?: { userAgent?: string; hardwareConcurrency?: number };
    crossOriginIsolated?: boolean;
  };
  return {
    userAgent: navigator?.userAgent,
    logicalCores: navigator?.hardwareConcurrency,
    crossOriginIsolated,
  };
}
