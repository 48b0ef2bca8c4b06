/** Going on from a checkpoint: which file, and which of the flags given beside it the run can take. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunOptions } from "../core/run-options.ts";
import { readCheckpoint } from "../model/checkpoint.ts";
import type { EpochSummary } from "../model/trainer-state.ts";
import { checkResume } from "../train/resume.ts";
import { readInputFile, runFile, withFileName } from "./input-file.ts";
import type { RuntimeName } from "./runtime-options.ts";

export interface Resumed {
  bytes: Uint8Array;
  options: RunOptions;
  /** The epochs finished before. */
  history: EpochSummary[];
  /** The run directory the checkpoint lies in. */
  directory: string;
}

/** @param path of a checkpoint file, or of a run directory. @throws FileFormatError, SpecError */
export async function resumeFrom(path: string, given: RunOptions): Promise<Resumed> {
  const file = await runFile(path, "checkpoint");
  const bytes = await readInputFile(file, "checkpoint");
  const { config, trainer } = await withFileName(file, () => readCheckpoint(bytes));
  return {
    bytes,
    options: checkResume(config, given),
    history: trainer.history,
    directory: dirname(file),
  };
}

/** What a run was started with beside its options. */
export interface StoredChoices {
  dataDir?: string;
  runtime?: RuntimeName;
}

/** From the configuration beside the checkpoint; nothing where a checkpoint was moved away from its run. */
export async function storedChoices({ directory }: Resumed): Promise<StoredChoices> {
  try {
    const text = await readFile(join(directory, "config.json"), "utf8");
    const { dataDir, runtime } = JSON.parse(text) as { dataDir?: unknown; runtime?: unknown };
    return {
      ...(typeof dataDir === "string" && { dataDir }),
      ...((runtime === "chrome" || runtime === "node") && { runtime }),
    };
  } catch {
    return {};
  }
}
