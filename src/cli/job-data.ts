/** A dataset as a job takes it: generated digits are drawn where the job runs, everything else is read here. */
import type { DatasetSource } from "../worker/job.ts";
import { mentionNeedlessFolder, readDataset, SYNTHETIC } from "./dataset-source.ts";
import type { Output } from "./output.ts";

/** @throws DataError, DownloadError */
export async function jobData(
  name: string,
  dataDir: string | undefined,
  output: Output,
  signal?: AbortSignal,
): Promise<DatasetSource> {
  if (name === SYNTHETIC) {
    mentionNeedlessFolder(name, dataDir, output);
    return { kind: "synthetic" };
  }
  return { kind: "given", dataset: await readDataset(name, dataDir, output, signal) };
}
