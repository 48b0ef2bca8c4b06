/**
 * Runs one job in a dedicated worker of the headless page. The job comes from the command's server and every event goes
 * back to it by POST, one after the other, so that order is kept and a slow command slows the job down.
 */
import { toBacklitError } from "../core/errors.ts";
import type { Job, JobEvent } from "./job.ts";
import { runJob } from "./run-job.ts";
import { errorToEvent } from "./job-error.ts";
import { decodePacket, encodePacket } from "./packet.ts";

/** Events on their way to the command; more than this and the job waits. */
const MAX_IN_FLIGHT = 16;

self.addEventListener("message", (event: MessageEvent<string>) => void serve(event.data), { once: true });

async function serve(token: string): Promise<void> {
  const stop = new AbortController();
  const address = (what: string): string => `/${token}/${what}`;
  let sending = Promise.resolve();
  let inFlight = 0;
  const send = async (event: JobEvent): Promise<void> => {
    inFlight++;
    sending = sending.then(async () => {
      const response = await fetch(address("event"), { method: "POST", body: encodePacket(event) });
      inFlight--;
      if (!response.ok) throw new Error(`the command refused an event with status ${response.status}`);
    });
    if (inFlight > MAX_IN_FLIGHT) await sending;
  };
  try {
    const response = await fetch(address("job"));
    const job = decodePacket(new Uint8Array(await response.arrayBuffer())) as Job;
    void waitForStop(address("stop"), stop);
    const peerFiles = new URL("/peers/", location.href).href;
    const host = { gpu: navigator.gpu, signal: stop.signal, peerFiles };
    for await (const event of runJob(job, host)) await send(event);
  } catch (error) {
    await send(errorToEvent(toBacklitError(error)));
  }
  await sending;
  await fetch(address("end"), { method: "POST" });
}

/** The command answers this request when the job is to stop; a command that is gone stops the job as well. */
async function waitForStop(address: string, stop: AbortController): Promise<void> {
  try {
    await fetch(address);
  } finally {
    stop.abort();
  }
}
