/** Where a job runs: in this Node process, or in a headless Chrome. */
import type { AdapterWish } from "../../worker/job.ts";
import type { Job, JobEvent } from "../../worker/job.ts";

export interface RuntimeOptions {
  adapter: AdapterWish;
  /** Told what a person should know before the job starts, such as a download. */
  say: (line: string) => void;
  /** Told why a software adapter is taken; nobody is when left out. */
  sayAdapter?: (line: string) => void;
}

export interface Runtime {
  readonly name: "chrome" | "node";
  /**
   * Runs one job and yields its events in order. Aborting makes the job save and end; leaving the loop early ends
   * everything that was started.
   * @throws BacklitError what the job threw, with its code and exit code
   */
  run(job: Job, signal: AbortSignal): AsyncGenerator<JobEvent, void, undefined>;
}
