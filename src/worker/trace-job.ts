/** A traced run, or one traced step of a replay file, where the job runs. */
import { resolveRunOptions, toSpecs } from "../core/run-options.ts";
import { fittingValidation, holdOutValidation } from "../data/split.ts";
import { adapterOf, requestDevice } from "../gpu/device.ts";
import { createGpuEngine } from "../gpu/engine.ts";
import { compareTraced, type TensorWorst } from "../lens/trace/compare.ts";
import { readReplay } from "../lens/trace/replay.ts";
import { sortWorst, traceSteps } from "../lens/trace/run.ts";
import { Tracer } from "../lens/trace/tracer.ts";
import { summarizeDataset } from "../model/metadata.ts";
import { openDataset } from "./job-engine.ts";
import type { JobEvent, JobHost, TraceJob } from "./job.ts";

/** @throws BacklitError */
export async function* runTraceJob(job: TraceJob, host: JobHost): AsyncGenerator<JobEvent> {
  const device = await requestDevice(host.gpu, { adapter: job.adapter });
  try {
    yield { type: "adapter", adapter: adapterOf(device) };
    if (job.replay === undefined) yield* runSteps(job, host, device);
    else yield* runReplay(job.replay, device);
  } finally {
    device.destroy();
  }
}

async function* runSteps(job: TraceJob, { signal }: JobHost, device: GPUDevice): AsyncGenerator<JobEvent> {
  const options = resolveRunOptions(job.options);
  const whole = await openDataset(job.data);
  const held = fittingValidation(options.validation, whole.train.labels.length);
  const dataset = holdOutValidation(whole, held, options.seed);
  const shape = { input: dataset.height * dataset.width, classes: dataset.classes.length };
  const engine = await createGpuEngine(device, { ...toSpecs(options, shape), dataset });
  const { network, training, plan } = engine;
  const setting = { network, training, tuning: plan.tuning };
  const data = { dataset: summarizeDataset(whole), validation: held };
  try {
    for await (const event of traceSteps(engine, device, job.steps, { signal })) {
      if (event.type === "report") yield { type: "trace-report", report: event.report, setting, data };
      else yield { type: "trace-step", step: event.step, errorOverBound: event.errorOverBound };
    }
  } finally {
    engine.dispose();
  }
}

async function* runReplay(bytes: Uint8Array, device: GPUDevice): AsyncGenerator<JobEvent> {
  const { setting, inputs } = readReplay(bytes);
  const tracer = await Tracer.open(device, setting, inputs.labels.length);
  try {
    const worst = new Map<string, TensorWorst>();
    const traced = await tracer.step(inputs);
    const first = compareTraced(setting.network, inputs, traced, worst);
    const report = {
      steps: 1,
      diverged: first !== undefined,
      ...(first ? { first } : traced.notFinite && { notFinite: traced.notFinite }),
      worst: sortWorst(worst),
    };
    yield { type: "trace-report", report, setting };
  } finally {
    tracer.dispose();
  }
}
