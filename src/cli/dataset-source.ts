/** Where a verb's images come from: generated digits, the catalogue, or a folder; with progress for people. */
import type { Dataset } from "../core/dataset.ts";
import { SpecError } from "../core/errors.ts";
import { withHash } from "../data/hash.ts";
import { syntheticDataset } from "../data/synthetic/dataset.ts";
import { loadDataset } from "./data-folder.ts";
import { downloadProgress } from "./download-progress.ts";
import type { Output } from "./output.ts";

export const SYNTHETIC = "synthetic";

/** @throws SpecError when a folder is named, but not the dataset in it: the default's digits come from no folder */
export function requireNamedDataset(data: string | undefined, dataDir: string | undefined): void {
  if (data !== undefined || dataDir === undefined) return;
  throw new SpecError(
    "dataDir",
    "--data-dir has no effect on synthetic digits, the default; did you mean --data mnist?",
    "Name the dataset whose files lie in that folder with --data.",
  );
}

/** Says so when a folder is named for digits that were asked for and come from none. */
export function mentionNeedlessFolder(name: string, dataDir: string | undefined, output: Output): void {
  if (name === SYNTHETIC && dataDir !== undefined)
    output.say("--data-dir has no effect on synthetic digits.");
}

/** @throws DataError or DownloadError */
export async function readDataset(
  name: string,
  dataDir: string | undefined,
  output: Output,
  signal?: AbortSignal,
  onFolder?: (folder: string) => void,
): Promise<Dataset> {
  mentionNeedlessFolder(name, dataDir, output);
  if (name === SYNTHETIC) return withHash(syntheticDataset());
  const { onProgress, end } = downloadProgress(output);
  try {
    return await loadDataset(name, {
      dataDir,
      signal,
      onProgress,
      onFolder,
      onWarning: ({ message }) => output.say(message),
    });
  } finally {
    end();
  }
}
