/**
 * Profiles by either way: from the timestamps of steps that trained, or from the dispatches of a step run on their own,
 * on buffers made for it. The second is for devices without timestamps, and for shapes that nobody trains.
 */
import type { Split } from "../core/dataset.ts";
import type { ProfileClock, ProfileReport, Roofline } from "../core/profile.ts";
import { adapterOf } from "./device.ts";
import { DispatchTimer } from "./dispatch-timer.ts";
import type { GpuEngine } from "./engine.ts";
import type { Plan, PlanLimits } from "./plan-types.ts";
import { profileReport } from "./profile.ts";
import { measureRoofline } from "./roofline.ts";
import { Scratch } from "./scratch.ts";
import type { StepTimings } from "./step-profiler.ts";
import { clockQuantum } from "./timestamps.ts";

/** Milliseconds of a batch of one dispatch, and how many batches are timed. */
const BATCH_MS = 20;
const SAMPLES = 5;

/**
 * What an engine made with `profile` has noted, as a report.
 * @param device of the same adapter, on which the roofline is measured, and the dispatches where there are no timestamps
 */
export async function profileEngine(
  { plan, dataset, adapter }: GpuEngine,
  timings: StepTimings,
  device: GPUDevice,
  limits: PlanLimits,
): Promise<ProfileReport> {
  const split = dataset!.train;
  const roofline = await measureRoofline(device, { software: adapter.software, limits });
  const measured =
    timings.samples.length > 0 ? fromTimestamps(timings) : await timeDispatches(device, plan, split, limits);
  return profileReport({ plan, adapter, roofline, trainRows: split.labels.length, ...measured });
}

/**
 * The dispatches of a plan, each run many times on its own.
 * @param split rows to train on, as many as the plan was made for
 * @param known the roofline, where it was measured before
 */
export async function profilePlan(
  device: GPUDevice,
  plan: Plan,
  split: Split,
  limits: PlanLimits,
  known?: Roofline,
): Promise<ProfileReport> {
  const adapter = adapterOf(device);
  const roofline = known ?? (await measureRoofline(device, { software: adapter.software, limits }));
  const measured = await timeDispatches(device, plan, split, limits);
  return profileReport({ plan, adapter, roofline, trainRows: split.labels.length, ...measured });
}

interface Measured {
  clock: ProfileClock;
  times: number[][];
}

function fromTimestamps({ samples, dispatches }: StepTimings): Measured {
  const times = dispatches.map((_, index) =>
    samples.flatMap(({ stamps }) => {
      const [begin, end] = [stamps[2 * index], stamps[2 * index + 1]];
      // Some drivers count backwards now and then.
      return end >= begin ? [Number(end - begin) / 1e6] : [];
    }),
  );
  const quantum = clockQuantum(samples.flatMap(({ stamps }) => [...stamps]));
  return { clock: { method: "timestamps", quantum }, times };
}

async function timeDispatches(
  device: GPUDevice,
  plan: Plan,
  split: Split,
  limits: PlanLimits,
): Promise<Measured> {
  const scratch = new Scratch(device, split, limits);
  try {
    const step = await scratch.prepare(plan);
    await scratch.settle(plan, step);
    const timer = new DispatchTimer(scratch.memory, scratch.control);
    const times: number[][] = [];
    for (const each of step) {
      const measured = await timer.measure([each], { batchMs: BATCH_MS, samples: SAMPLES });
      times.push(measured.times);
    }
    await scratch.checkFault();
    timer.destroy();
    return { clock: timer.clock, times };
  } finally {
    scratch.dispose();
  }
}
