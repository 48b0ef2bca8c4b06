/** What a run directory says about its run: which options it had, and what happened. */
import type { StartEvent } from "../job.ts";

/** Which events `events.jsonl` holds, one a line: not the files, nor what is in the report. */
const LOGGED: ReadonlySet<string> = new Set(["tuning", "start", "step", "epoch", "warning", "done", "error"]);

export function isLogged({ type }: { type: string }): boolean {
  return LOGGED.has(type);
}

/** `config.json`: everything to run it again. @param dataDir where a named dataset lay; null where none was named */
export function runConfig(
  { network, training, options, dataset, rows, adapter, tuning, engine }: StartEvent,
  { version, dataDir, runtime }: { version: string; dataDir: string | null; runtime: string },
): object {
  const { seed } = training;
  return {
    version,
    options,
    network,
    training,
    seed,
    dataset,
    rows,
    dataDir,
    engine,
    runtime,
    adapter,
    tuning,
  };
}
