/**
 * The two roofs of a device, measured by kernels of a few lines: how many bytes a copy moves and how many floating-point
 * operations independent multiply-adds reach. Several forms of each are tried, since what suits a GPU does not suit an
 * adapter that runs on the CPU; the best one counts.
 */
import type { Roofline } from "../core/profile.ts";
import { resolveNetwork, resolveTraining } from "../core/spec.ts";
import { DispatchTimer } from "./dispatch-timer.ts";
import { CONTROL_BYTES } from "./faults.ts";
import { GpuMemory } from "./memory.ts";
import { prepare } from "./pipelines.ts";
import { dispatch, type Environment } from "./plan-dispatch.ts";
import type { BufferPlan, DispatchPlan, JobDraft, PlanLimits } from "./plan-types.ts";
import type { ShaderSources } from "./shader-sources.ts";
import { defaultTuning } from "./tuning.ts";

/** A form of a kernel: invocations per workgroup, and how much each of them does. */
interface Form {
  workgroupSize: number;
  perItem: number;
}

const COPY_FORMS: readonly Form[] = [
  { workgroupSize: 64, perItem: 1 },
  { workgroupSize: 64, perItem: 16 },
  { workgroupSize: 16, perItem: 256 },
];
/** `perItem` is the number of chains. */
const ARITHMETIC_FORMS: readonly Form[] = [
  { workgroupSize: 64, perItem: 4 },
  { workgroupSize: 64, perItem: 8 },
  { workgroupSize: 16, perItem: 16 },
];
/** Larger than most caches, small enough for every device. */
const COPY_BYTES = { software: 16 * 2 ** 20, hardware: 64 * 2 ** 20 };
/** Invocations of the arithmetic kernel: many more than a GPU runs at a time. */
const ARITHMETIC_ITEMS = { software: 4096, hardware: 262_144 };
const ROUNDS = 256;
/** Milliseconds of a batch, and how many batches are timed. */
const BATCH_MS = 10;
const SAMPLES = 3;

export interface RooflineKernel {
  dispatch: DispatchPlan;
  buffers: BufferPlan[];
}

/** @param vectors of four floats that are copied from `origin` to `copied` */
export function copyKernel(
  vectors: number,
  { workgroupSize, perItem }: Form,
  given: { limits: PlanLimits; shaders?: ShaderSources },
): RooflineKernel {
  const items = Math.ceil(vectors / perItem);
  const constants = { VECTORS: vectors, ITEMS: items, PER_ITEM: perItem };
  const job = kernelJob("roofline-copy", constants, Math.ceil(items / workgroupSize), 0);
  const bytes = 16 * vectors;
  return {
    dispatch: dispatch(environment(workgroupSize, given), "copy", [job], {}),
    buffers: buffers(bytes, bytes),
  };
}

/** `origin` holds a vector per invocation, then the factor and the summand; `copied` takes the results. */
export function arithmeticKernel(
  items: number,
  rounds: number,
  { workgroupSize, perItem: chains }: Form,
  given: { limits: PlanLimits; shaders?: ShaderSources },
): RooflineKernel {
  const constants = { VECTORS: items, CHAINS: chains, ROUNDS: rounds };
  const flops = items * rounds * chains * 8;
  const job = kernelJob("roofline-arithmetic", constants, Math.ceil(items / workgroupSize), flops);
  return {
    dispatch: dispatch(environment(workgroupSize, given), "arithmetic", [job], {}),
    buffers: buffers(16 * (items + 2), 16 * items),
  };
}

/** @throws GpuError when memory runs out */
export async function measureRoofline(
  device: GPUDevice,
  { software, limits }: { software: boolean; limits: PlanLimits },
): Promise<Roofline> {
  const kind = software ? "software" : "hardware";
  const copyBytes = Math.min(COPY_BYTES[kind], limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const copies = COPY_FORMS.map((form) => copyKernel(copyBytes / 16, form, { limits }));
  const arithmetic = ARITHMETIC_FORMS.map((form) =>
    arithmeticKernel(ARITHMETIC_ITEMS[kind], ROUNDS, form, { limits }),
  );
  const { flops } = arithmetic[0].dispatch.jobs[0];
  const perChain = flops / ARITHMETIC_FORMS[0].perItem;
  const copyMs = await times(device, copies);
  const arithmeticMs = await times(device, arithmetic);
  return {
    gflops: Math.max(...arithmeticMs.map((ms, i) => (perChain * ARITHMETIC_FORMS[i].perItem) / ms / 1e6)),
    gbps: (2 * copyBytes) / Math.min(...copyMs) / 1e6,
    copyBytes,
  };
}

/** Milliseconds of each kernel; all share one set of buffers. */
async function times(device: GPUDevice, kernels: readonly RooflineKernel[]): Promise<number[]> {
  const memory = new GpuMemory(device);
  try {
    const bound = memory.allocate(kernels[0].buffers, "roofline");
    const ready = await prepare(
      device,
      kernels.map((kernel) => kernel.dispatch),
      bound,
    );
    const timer = new DispatchTimer(memory, bound.get("control")!);
    const measured: number[] = [];
    for (const each of ready) {
      const { times: all } = await timer.measure([each], { batchMs: BATCH_MS, samples: SAMPLES });
      measured.push(Math.min(...all));
    }
    timer.destroy();
    return measured;
  } finally {
    memory.dispose();
  }
}

function kernelJob(
  kernel: string,
  constants: Record<string, number>,
  workgroups: number,
  flops: number,
): JobDraft {
  return { kernel, roles: {}, buffers: {}, constants, workgroups, flops };
}

/** What `dispatch` needs; the network is of no concern here. */
function environment(
  workgroupSize: number,
  { limits, shaders }: { limits: PlanLimits; shaders?: ShaderSources },
): Environment {
  return {
    network: resolveNetwork({ input: 1, layers: [{ units: 2 }] }),
    training: resolveTraining({}),
    limits,
    tuning: { ...defaultTuning(false), workgroupSize },
    shaders,
  };
}

function buffers(origin: number, copied: number): BufferPlan[] {
  return [
    { name: "control", bytes: CONTROL_BYTES, purpose: "fault flag" },
    { name: "origin", bytes: origin, purpose: "what is read" },
    { name: "copied", bytes: copied, purpose: "what is written" },
  ];
}
