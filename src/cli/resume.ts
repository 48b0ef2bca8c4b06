/** Going on from a checkpoint: which file, and which of the flags given beside it the run can take. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SpecError } from "../core/errors.ts";
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
  /** Where the command ran it, if it did. */
  runtime?: RuntimeName;
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
    ...(config.runtime && { runtime: config.runtime }),
  };
}

/** What a run was started with beside its options. */
export interface StoredChoices {
  dataDir?: string;
  runtime?: RuntimeName;
}

/**
 * @throws SpecError where another runtime is asked for than the run had: it would not go on bit for bit
 */
export function checkRuntime(stored: RuntimeName | undefined, asked: RuntimeName | undefined): void {
  if (stored === undefined || asked === undefined || stored === asked) return;
  throw new SpecError(
    "runtime",
    `--runtime is ${asked}, but the run that is resumed has ${stored}`,
    "Leave --runtime out: a resumed run goes on where it was. Or start a new run from its parameters with --init.",
  );
}

/** From the checkpoint, and the configuration beside it: there is none where a checkpoint was moved away from its run. */
export async function storedChoices({ directory, runtime: own }: Resumed): Promise<StoredChoices> {
  const fromCheckpoint = own === undefined ? {} : { runtime: own };
  try {
    const text = await readFile(join(directory, "config.json"), "utf8");
    const { dataDir, runtime } = JSON.parse(text) as { dataDir?: unknown; runtime?: unknown };
    return {
      ...(typeof dataDir === "string" && { dataDir }),
      ...((runtime === "chrome" || runtime === "node") && { runtime }),
      ...fromCheckpoint,
    };
  } catch {
    return fromCheckpoint;
  }
}
