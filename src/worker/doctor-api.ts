/** What the page and the worker that checks it say to each other: plain values, so that comlink can carry them. */
import type { ErrorEvent } from "./job-error.ts";
import type { AdapterEvent, CheckCaseEvent, CheckJob, CheckReportEvent } from "./job.ts";

export type DoctorRequest = Pick<CheckJob, "cases" | "seed" | "only">;

export type DoctorEvent = AdapterEvent | CheckCaseEvent | CheckReportEvent | ErrorEvent;

export interface DoctorApi {
  /** One check at a time; resolves when it has ended, however it ended. An error is the last event. */
  check(request: DoctorRequest, onEvent: (event: DoctorEvent) => void): Promise<void>;
  /** The cases under way are finished, and the report is of what ran. */
  stop(): void;
}
