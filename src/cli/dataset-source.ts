/** Where a verb's images come from: generated digits, the catalogue, or a folder; with progress for people. */
import type { Dataset } from "../core/dataset.ts";
import { datasetHash } from "../data/hash.ts";
import { syntheticDataset } from "../data/synthetic/dataset.ts";
import { loadDataset } from "./data-folder.ts";
import { downloadProgress } from "./download-progress.ts";
import type { Output } from "./output.ts";

export const SYNTHETIC = "synthetic";

/** @throws DataError or DownloadError */
export async function readDataset(
  name: string,
  dataDir: string | undefined,
  output: Output,
  signal?: AbortSignal,
): Promise<Dataset> {
  if (name === SYNTHETIC) {
    const dataset = syntheticDataset();
    return { ...dataset, sha256: dataset.sha256 ?? (await datasetHash(dataset)) };
  }
  const { onProgress, end } = downloadProgress(output);
  try {
    return await loadDataset(name, {
      dataDir,
      signal,
      onProgress,
      onWarning: ({ message }) => output.say(message),
    });
  } finally {
    end();
  }
}
