/** The check of kernels, engine and device, where the job runs. */
import { adapterOf, requestDevice } from "../gpu/device.ts";
import { checkConformance } from "../lens/conformance/run.ts";
import type { CheckJob, JobEvent, JobHost } from "./job.ts";

/** @throws AdapterError, SpecError */
export async function* runCheckJob(job: CheckJob, host: JobHost): AsyncGenerator<JobEvent> {
  const openDevice = (): Promise<GPUDevice> => requestDevice(host.gpu, { adapter: job.adapter });
  const device = await openDevice();
  try {
    const adapter = adapterOf(device);
    yield { type: "adapter", adapter };
    const { cases, seed, only } = job;
    const { signal } = host;
    for await (const event of checkConformance({
      device,
      openDevice,
      adapter,
      cases,
      seed,
      only,
      signal,
    })) {
      if (event.type === "case") yield { type: "check-case", result: event.result, total: event.total };
      else yield { type: "check-report", report: event.report, userAgent: userAgent() };
    }
  } finally {
    device.destroy();
  }
}

/** What the browser calls itself; empty where there is none. */
function userAgent(): string {
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  return navigator?.userAgent ?? "";
}
