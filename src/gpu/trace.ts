/**
 * A profile as a trace file that chrome://tracing and https://ui.perfetto.dev open: submits as the host sees them, and
 * the dispatches of the sampled steps by the device's own clock.
 * Format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU (Trace Event Format)
 */
import type { AdapterSummary } from "../core/engine.ts";
import type { StepTimings } from "./step-profiler.ts";

export interface TraceEvent {
  name: string;
  ph: "X" | "M" | "b" | "e";
  pid: number;
  tid: number;
  cat?: string;
  id?: number;
  /** Microseconds. */
  ts?: number;
  dur?: number;
  args?: Record<string, unknown>;
}

export interface TraceFile {
  traceEvents: TraceEvent[];
  displayTimeUnit: "ms";
  otherData: Record<string, unknown>;
}

const PROCESS = 1;
const HOST = 1;
const DEVICE = 2;

export function traceFile(timings: StepTimings, adapter: AdapterSummary, adapterName: string): TraceFile {
  const { samples, submits, waits, dispatches } = timings;
  const start = Math.min(
    ...[...submits, ...waits].map(({ begin }) => begin),
    ...samples.map((s) => s.submitted),
  );
  const us = (ms: number): number => (ms - start) * 1000;
  const named = (name: string, tid: number, what: string): TraceEvent => ({
    name,
    ph: "M",
    pid: PROCESS,
    tid,
    args: { name: what },
  });
  const offset = clockOffset(timings);
  return {
    traceEvents: [
      named("process_name", HOST, "backlit"),
      named("thread_name", HOST, "host"),
      named("thread_name", DEVICE, `${adapterName}: first steps of each submit`),
      ...waits.map(({ name, begin, end }) => span(name, "host", HOST, us(begin), us(end))),
      // Several submits are under way at a time, so they are spans of their own rather than a stack.
      ...submits.flatMap(({ name, begin, end }, id): TraceEvent[] => {
        const common = { name, cat: "submit", id, pid: PROCESS, tid: HOST };
        return [
          { ...common, ph: "b", ts: us(begin) },
          { ...common, ph: "e", ts: us(end) },
        ];
      }),
      ...samples.flatMap(({ step, stamps }) =>
        dispatches.map((name, index): TraceEvent => {
          const [begin, end] = [stamps[2 * index], stamps[2 * index + 1]].map((value) =>
            us(toMs(value) + offset),
          );
          return { ...span(name, "dispatch", DEVICE, begin, end), args: { step: step + 1 } };
        }),
      ),
    ],
    displayTimeUnit: "ms",
    otherData: {
      adapter,
      clocks: "the device's clock is shifted so that no dispatch begins before its submit was handed over",
    },
  };
}

function span(name: string, cat: string, tid: number, begin: number, end: number): TraceEvent {
  return { name, cat, ph: "X", pid: PROCESS, tid, ts: begin, dur: Math.max(0, end - begin) };
}

/** Milliseconds to add to the device's clock: the least that puts no dispatch before its submit. */
function clockOffset({ samples }: StepTimings): number {
  return Math.max(...samples.map(({ submitted, stamps }) => submitted - toMs(stamps[0])));
}

const toMs = (nanoseconds: bigint): number => Number(nanoseconds) / 1e6;
