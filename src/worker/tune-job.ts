/** Finds the tuning table of a run: one that was found before, or by a search on the adapter that is going to train. */
import { DeviceLostError, toBacklitError } from "../core/errors.ts";
import { resolveRunOptions, toSpecs } from "../core/run-options.ts";
import type { Split } from "../core/dataset.ts";
import type { NetworkSpec, TrainingSpec } from "../core/spec.ts";
import { adapterOf, requestDevice } from "../gpu/device.ts";
import { tune, TUNING_ROWS } from "../gpu/tuner.ts";
import { tuningKey } from "../gpu/tuner-key.ts";
import type { TuneMode } from "../gpu/tuner-types.ts";
import type { Tuning } from "../gpu/tuning.ts";
import { sampleDataset } from "./job-engine.ts";
import type { JobEvent, JobHost, TrainJob, TuneJob } from "./job.ts";

interface TunedRun {
  network: NetworkSpec;
  training: TrainingSpec;
  /** Rows that it trains on. */
  split: Split;
}

/** Searches, whatever was found before. @throws BacklitError */
export async function* runTuneJob(job: TuneJob, { gpu, signal }: JobHost): AsyncGenerator<JobEvent> {
  const options = resolveRunOptions(job.options);
  const dataset = sampleDataset(job.data, Math.max(TUNING_ROWS, options.batchSize));
  const input = dataset.height * dataset.width;
  const specs = toSpecs(options, { input, classes: dataset.classes.length });
  const device = await requestDevice(gpu, { adapter: job.adapter });
  try {
    const adapter = adapterOf(device);
    yield { type: "adapter", adapter };
    const report = await tune(device, { ...specs, split: dataset.train, mode: job.mode, signal });
    const rows = report.batch;
    const key = await tuningKey({ adapter, ...specs, rows, mode: job.mode });
    yield { type: "tuning", key, tuning: report.tuning, report };
  } finally {
    device.destroy();
  }
}

/**
 * The table for a training run, with the adapter's event in front. Where the search itself fails, a warning says so and
 * the adapter's default table is used.
 * @throws AdapterError
 */
export async function* tunedTable(
  { adapter: wish, tunings = {} }: TrainJob,
  { gpu, signal }: JobHost,
  { network, training, split }: TunedRun,
  mode: TuneMode,
): AsyncGenerator<JobEvent, Tuning | undefined> {
  const device = await requestDevice(gpu, { adapter: wish });
  try {
    const adapter = adapterOf(device);
    yield { type: "adapter", adapter };
    const rows = Math.min(training.batchSize ?? Infinity, split.labels.length);
    const keyOf = (of: TuneMode): Promise<string> =>
      tuningKey({ adapter, network, training, rows, mode: of });
    // What a longer search has found serves a shorter one, too.
    for (const of of mode === "fast" ? (["full", "fast"] as const) : (["full"] as const)) {
      const key = await keyOf(of);
      if (!Object.hasOwn(tunings, key)) continue;
      yield { type: "tuning", key, tuning: tunings[key], report: null };
      return tunings[key];
    }
    const report = await tune(device, { network, training, split, mode, signal });
    yield { type: "tuning", key: await keyOf(mode), tuning: report.tuning, report };
    return report.tuning;
  } catch (error) {
    const known = toBacklitError(error);
    if (!(known instanceof DeviceLostError) && !known.code.startsWith("gpu/")) throw error;
    const message = `the search for tiles failed (${known.message}); training with the adapter's default table`;
    yield { type: "warning", code: "tune/failed", message, hint: known.hint };
    return undefined;
  } finally {
    device.destroy();
  }
}
