/** Runs any job: the same in Node and in the worker of a headless page. The pages' workers hold only their own jobs. */
import { runAdapterJob } from "./adapter-job.ts";
import { runCheckJob } from "./check-job.ts";
import { runEvaluateJob, runPredictJob } from "./inference-job.ts";
import type { BenchJob, Job, JobEvent, JobHost } from "./job.ts";
import { runTraceJob } from "./trace-job.ts";
import { runTrainJob } from "./train-job.ts";
import { runTuneJob } from "./tune-job.ts";

/** @throws BacklitError */
export function runJob(job: Job, host: JobHost): AsyncGenerator<JobEvent, void, undefined> {
  switch (job.kind) {
    case "train":
      return runTrainJob(job, host);
    case "evaluate":
      return runEvaluateJob(job, host);
    case "predict":
      return runPredictJob(job, host);
    case "check":
      return runCheckJob(job, host);
    case "trace":
      return runTraceJob(job, host);
    case "adapter":
      return runAdapterJob(job, host);
    case "bench":
      return runBenchJob(job, host);
    case "tune":
      return runTuneJob(job, host);
  }
}

/** Loaded when it is asked for: nobody who trains needs it. */
async function* runBenchJob(job: BenchJob, host: JobHost): AsyncGenerator<JobEvent> {
  const bench = await import("./bench-job.ts");
  yield* bench.runBenchJob(job, host);
}
