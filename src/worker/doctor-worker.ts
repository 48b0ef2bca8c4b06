/** The worker that checks whether this browser computes correctly: the same job as the command's, on a device of its own. */
import { expose } from "comlink";
import { SpecError, toBacklitError } from "../core/errors.ts";
import { runCheckJob } from "./check-job.ts";
import type { DoctorApi, DoctorEvent, DoctorRequest } from "./doctor-api.ts";
import { errorToEvent } from "./job-error.ts";

class Doctor implements DoctorApi {
  #stop: AbortController | undefined;

  async check(request: DoctorRequest, onEvent: (event: DoctorEvent) => void | Promise<void>): Promise<void> {
    const stop = new AbortController();
    try {
      if (this.#stop) throw new SpecError("check", "this worker is checking already");
      this.#stop = stop;
      const job = { kind: "check", engine: "gpu", adapter: "auto", ...request } as const;
      const host = { gpu: navigator.gpu, signal: stop.signal };
      for await (const event of runCheckJob(job, host)) await onEvent(event as DoctorEvent);
    } catch (error) {
      await onEvent(errorToEvent(toBacklitError(error)));
    } finally {
      if (this.#stop === stop) this.#stop = undefined;
    }
  }

  stop(): void {
    this.#stop?.abort();
  }
}

expose(new Doctor());
