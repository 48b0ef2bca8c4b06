/** From times per dispatch to a report: work and traffic of each from the plan, and how near it comes to the roofs. */
import type { AdapterSummary } from "../core/engine.ts";
import type { DispatchProfile, ProfileClock, ProfileReport, Roofline } from "../core/profile.ts";
import { networkToSpec } from "../core/spec.ts";
import { median } from "./measure.ts";
import { sum } from "./plan-dispatch.ts";
import type { DispatchPlan, Plan } from "./plan-types.ts";
import { jobBytes } from "./traffic.ts";

/** A clock coarser than this part of a time does not give a useful median. */
const COARSE = 1 / 20;

export interface ProfileContents {
  plan: Plan;
  adapter: AdapterSummary;
  clock: ProfileClock;
  roofline: Roofline;
  /** Milliseconds of every run that was timed, by dispatch of the step. */
  times: readonly (readonly number[])[];
  /** Rows of the training split. */
  trainRows: number;
}

export function profileReport(contents: ProfileContents): ProfileReport {
  const { plan, adapter, clock, roofline } = contents;
  const timed = plan.dispatches.map((each, index) => dispatchProfile(each, contents.times[index], contents));
  const ms = sum(timed.map((each) => each.ms));
  const flops = sum(timed.map((each) => each.flops));
  const bytes = sum(timed.map((each) => each.bytes));
  return {
    adapter: { ...adapter },
    network: networkToSpec(plan.network),
    training: { ...plan.training },
    rows: plan.train.rows,
    tuning: plan.tuning.name,
    clock,
    roofline,
    dispatches: timed.map((each) => ({ ...each, share: ratio(each.ms, ms) })),
    step: { ms, flops, bytes, gflops: perSecond(flops, ms), gbps: perSecond(bytes, ms) },
  };
}

function dispatchProfile(
  { name, jobs }: DispatchPlan,
  times: readonly number[],
  { plan, clock, roofline, trainRows }: ProfileContents,
): DispatchProfile {
  const profiled = jobs.map((job) => ({
    kernel: job.kernel,
    layer: job.layer ?? null,
    flops: job.flops,
    bytes: jobBytes(job, plan.train.rows, trainRows),
  }));
  const flops = sum(profiled.map((job) => job.flops));
  const bytes = sum(profiled.map((job) => job.bytes));
  const ms = times.length === 0 ? 0 : typical(times, clock.quantum / 1e6);
  const arithmeticMs = flops / (roofline.gflops * 1e6);
  const memoryMs = bytes / (roofline.gbps * 1e6);
  return {
    name,
    jobs: profiled,
    samples: times.length,
    ms,
    fastest: times.length === 0 ? 0 : Math.min(...times),
    slowest: times.length === 0 ? 0 : Math.max(...times),
    share: 0,
    flops,
    bytes,
    intensity: ratio(flops, bytes),
    gflops: perSecond(flops, ms),
    gbps: perSecond(bytes, ms),
    bound: arithmeticMs > memoryMs ? "arithmetic" : "memory",
    ofRoofline: ratio(Math.max(arithmeticMs, memoryMs), ms),
  };
}

/** The median, or the mean where a coarse clock has rounded: over many values its rounding evens out. */
function typical(times: readonly number[], quantumMs: number): number {
  const middle = median(times);
  return quantumMs > COARSE * middle ? sum([...times]) / times.length : middle;
}

/** Billions a second. */
const perSecond = (count: number, ms: number): number => ratio(count, ms) / 1e6;

/** 0 where nothing was timed. */
const ratio = (a: number, b: number): number => (b > 0 ? a / b : 0);
