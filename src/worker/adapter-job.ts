/** Names the adapter that other jobs would get, and the limits of its device. */
import { toBacklitError } from "../core/errors.ts";
import { adapterOf, deviceLimits, requestDevice } from "../gpu/device.ts";
import type { AdapterEvent, AdapterJob, AdapterWish, JobHost } from "./job.ts";
import { errorToEvent, type ErrorEvent } from "./job-error.ts";

/** @throws AdapterError where there is none */
export async function* runAdapterJob(
  { adapter }: AdapterJob,
  { gpu }: JobHost,
): AsyncGenerator<AdapterEvent> {
  yield await lookAtAdapter(gpu, adapter);
}

/** For a page: what is there, or why nothing is. */
export async function probeAdapter(
  gpu: GPU | undefined,
  wish: AdapterWish = "auto",
): Promise<AdapterEvent | ErrorEvent> {
  try {
    return await lookAtAdapter(gpu, wish);
  } catch (error) {
    return errorToEvent(toBacklitError(error));
  }
}

async function lookAtAdapter(gpu: GPU | undefined, adapter: AdapterWish): Promise<AdapterEvent> {
  const device = await requestDevice(gpu, { adapter });
  const event: AdapterEvent = {
    type: "adapter",
    adapter: adapterOf(device),
    limits: deviceLimits(device),
  };
  device.destroy();
  return event;
}
