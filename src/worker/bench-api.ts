/** What the benchmark page and its worker say to each other: plain values, so that comlink can carry them. */
import type { BenchJob, AdapterEvent, JobEvent } from "./job.ts";
import type { ErrorEvent } from "./job-error.ts";
import type { DataChoice, DataEvent } from "./trainer-api.ts";

export interface BenchRequest extends Pick<
  BenchJob,
  "suite" | "narrowing" | "peers" | "protocol" | "adapter"
> {
  /** Where the digits come from. */
  data: DataChoice;
  /** What measures the same from a terminal. */
  command: string;
}

export type BenchPageEvent = JobEvent | DataEvent;

export interface BenchApi {
  /** The adapter that a run would get. */
  probe(): Promise<AdapterEvent | ErrorEvent>;
  /** One run at a time; resolves when it has ended, however it ended. An error is the last event. */
  run(request: BenchRequest, onEvent: (event: BenchPageEvent) => void): Promise<void>;
  /** The step under way is finished, and what was measured becomes the result. */
  stop(): void;
}
