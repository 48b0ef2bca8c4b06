/**
 * Where the time of a training step goes, as plain JSON: what the profiler writes, and what reports and plots read. A
 * roofline plot needs no more than this: intensity and GFLOP/s of every kernel below the two measured roofs.
 */
import type { AdapterSummary } from "./engine.ts";
import type { NetworkSpec, Training } from "./spec.ts";

/** How kernels were timed. */
export interface ProfileClock {
  /** `timestamps`: the device's own, around each dispatch; `wall`: the host's, around many dispatches of one kind. */
  method: "timestamps" | "wall";
  /** Smallest step of that clock in nanoseconds, found in its values. */
  quantum: number;
}

/** What two kernels of few lines reach on the same device. */
export interface Roofline {
  /** Of independent multiply-adds in registers. */
  gflops: number;
  /** Of a copy: bytes read and bytes written together. */
  gbps: number;
  /** Bytes that the copy reads; caches as large as this are part of what it measures. */
  copyBytes: number;
}

/** One job of a dispatch: an instance of a kernel. */
export interface ProfiledJob {
  kernel: string;
  layer: number | null;
  flops: number;
  bytes: number;
}

export interface DispatchProfile {
  name: string;
  jobs: ProfiledJob[];
  /** How often it was timed. */
  samples: number;
  /** Milliseconds: the median, or the mean where the clock is too coarse for a median. */
  ms: number;
  fastest: number;
  slowest: number;
  /** Part of the step's time, 0 to 1. */
  share: number;
  /** Of a full batch, as if nothing were skipped. */
  flops: number;
  /** That must be read and written at least, each tensor once. */
  bytes: number;
  /** FLOP per byte. */
  intensity: number;
  gflops: number;
  gbps: number;
  /** Which roof it stands under. */
  bound: "arithmetic" | "memory";
  /** The shortest time that the roofs allow, divided by the time taken. */
  ofRoofline: number;
}

export interface ProfileReport {
  adapter: AdapterSummary;
  network: NetworkSpec;
  training: Training;
  /** Rows of a full batch. */
  rows: number;
  /** The tuning table's name. */
  tuning: string;
  clock: ProfileClock;
  roofline: Roofline;
  /** The dispatches of one training step, in their order. */
  dispatches: DispatchProfile[];
  /** All of them together. */
  step: { ms: number; flops: number; bytes: number; gflops: number; gbps: number };
}
