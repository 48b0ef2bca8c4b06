/**
 * Which shader files each case composes, and how long it takes: what decides which cases a mutant meets, and in which
 * order. It is a record of a run (`npm run mutants -- --record`). A case that is not in it counts as composing every file.
 */
import recorded from "./case-index.json" with { type: "json" };

export interface CaseRecord {
  /** Of one run on a software adapter. */
  seconds: number;
  files: readonly string[];
}

export const CASE_INDEX: Readonly<Record<string, CaseRecord>> = recorded;
