/** What every job starts with: its dataset, and an engine on the device it was given. */
import type { Dataset } from "../core/dataset.ts";
import type { Engine, EngineOptions } from "../core/engine.ts";
import { FileFormatError } from "../core/errors.ts";
import { createCpuEngine } from "../cpu/engine.ts";
import { withHash } from "../data/hash.ts";
import { syntheticDataset } from "../data/synthetic/dataset.ts";
import { requestDevice } from "../gpu/device.ts";
import { createGpuEngine } from "../gpu/engine.ts";
import type { Plan } from "../gpu/plan-types.ts";
import { isTuning, type Tuning } from "../gpu/tuning.ts";
import type { DatasetSource, Job, JobHost } from "./job.ts";

/** Rows like those of the dataset, enough to tune on, and its shape. */
export function sampleDataset(source: DatasetSource, rows: number): Dataset {
  return source.kind === "synthetic" ? syntheticDataset({ train: rows, test: 1 }) : source.dataset;
}

/** The dataset whole, hash included; nothing held out yet. */
export async function openDataset(source: DatasetSource): Promise<Dataset> {
  return withHash(source.kind === "synthetic" ? syntheticDataset() : source.dataset);
}

/**
 * @param tuning the table of a resumed run, or one that was found; the engine's own choice when left out
 * @throws AdapterError where the engine is the GPU's and there is no such adapter, FileFormatError for a tuning table that
 *   this version cannot carry out
 */
export async function openEngine(
  { engine, adapter }: Pick<Job, "engine" | "adapter">,
  { gpu }: JobHost,
  options: EngineOptions & { profile?: boolean },
  tuning?: Record<string, unknown>,
): Promise<Engine> {
  if (engine === "cpu") return createCpuEngine(options);
  const table = tuning && Object.keys(tuning).length > 0 ? knownTuning(tuning) : undefined;
  const device = await requestDevice(gpu, { adapter });
  return createGpuEngine(device, { ...options, tuning: table, ownsDevice: true });
}

function knownTuning(table: Record<string, unknown>): Tuning {
  if (isTuning(table)) return table;
  throw new FileFormatError("checkpoint/tuning", "the checkpoint's tuning table is not one of this version", {
    hint: "Go on with the version that wrote it, or start a new run from its parameters with --init.",
  });
}

/** The tuning table an engine runs with, for the run's files; empty on the CPU. */
export function engineTuning({ plan }: Engine): Record<string, unknown> {
  return { ...(plan as Partial<Plan>).tuning };
}
