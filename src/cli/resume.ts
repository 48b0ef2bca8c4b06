/** Going on from a checkpoint: which file, and which of the flags given beside it the run can take. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SpecError } from "../core/errors.ts";
import { runOptions, type RunOptionName, type RunOptions } from "../core/run-options.ts";
import { readCheckpoint } from "../model/checkpoint.ts";
import type { EpochSummary } from "../model/trainer-state.ts";
import { readInputFile } from "./input-file.ts";
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
  const file = (await isFolder(path)) ? join(path, "checkpoint.safetensors") : path;
  const bytes = await readInputFile(file, "checkpoint");
  const { config, trainer } = readCheckpoint(bytes);
  return {
    bytes,
    options: mergeOptions(config.options, given),
    history: trainer.history,
    directory: dirname(file),
  };
}

/**
 * The run's own options with the flags given now. Only what leaves the past steps as they were may change: where to
 * stop, where the data lies (its hash is checked), and more epochs where the schedule does not depend on their number.
 */
export function mergeOptions(stored: RunOptions, given: RunOptions): RunOptions {
  const free: RunOptionName[] = ["maxSteps", "data"];
  for (const name of Object.keys(given) as RunOptionName[]) {
    if (free.includes(name) || JSON.stringify(given[name]) === JSON.stringify(stored[name])) continue;
    const { flag } = runOptions[name];
    const conflict = `--${flag} is ${String(given[name])}, but the run was started with ${String(stored[name])}`;
    if (name !== "epochs") {
      throw new SpecError(
        name,
        conflict,
        "A resumed run keeps its options; leave the flag out, or start from --init.",
      );
    }
    if (stored.schedule !== "constant") {
      throw new SpecError(name, `${conflict} and a ${stored.schedule} schedule, which depends on it`);
    }
    if ((given.epochs ?? 0) < (stored.epochs ?? 0)) {
      throw new SpecError(name, conflict, "The number of epochs is a total and can only be raised.");
    }
  }
  return { ...stored, ...given };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Reading it gives the better message.
    return false;
  }
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
