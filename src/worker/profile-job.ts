/** What a profiled run gives beside its result: where the time of its steps went, and a trace of them. */
import { adapterName, deviceLimits, requestDevice } from "../gpu/device.ts";
import type { GpuEngine } from "../gpu/engine.ts";
import { profileEngine } from "../gpu/profiler.ts";
import { traceFile } from "../gpu/trace.ts";
import type { JobEvent, JobHost, TrainJob } from "./job.ts";

/** @throws BacklitError; nothing where not one step was taken */
export async function* profileEvents(
  engine: GpuEngine,
  { adapter }: TrainJob,
  { gpu }: JobHost,
): AsyncGenerator<JobEvent> {
  const timings = await engine.timings();
  if (timings === undefined || timings.submits.length === 0) return;
  const trace = JSON.stringify(traceFile(timings, engine.adapter, adapterName(engine.adapter)));
  yield { type: "file", name: "trace.json", bytes: new TextEncoder().encode(trace) };
  // A device of its own: what is measured on it is no business of the engine's.
  const device = await requestDevice(gpu, { adapter });
  try {
    yield { type: "profile", report: await profileEngine(engine, timings, device, deviceLimits(device)) };
  } finally {
    device.destroy();
  }
}
