/**
 * Which shader files each case composes, and how long it takes: what decides which cases a mutant meets, and in which
 * order. It is a record of runs (`npm run mutants -- --record`, then `-- --learn`). A case that is not in it counts as composing every file.
 */
import recorded from "./case-index.json" with { type: "json" };

export interface CaseRecord {
  /** Of one run on a software adapter. */
  seconds: number;
  files: readonly string[];
  /** Files of whose mutants it noticed more than most cases, in a run with `--learn`. */
  notices?: readonly string[];
}

export const CASE_INDEX: Readonly<Record<string, CaseRecord>> = recorded;
