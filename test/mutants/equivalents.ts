/**
 * Mutants that no case can notice because they change nothing that is promised, each with its proof. `npm run mutants --
 * --equivalents` lets them meet every case all the same.
 */
import type { Mutant } from "./mutants.ts";

export interface Equivalent {
  file: string;
  operator: string;
  /** The line, and what became of it, as `npm run mutants -- --list` prints them. */
  before: string;
  after: string;
  reason: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [];

const matches = (mutant: Mutant, { file, operator, before, after }: Equivalent): boolean =>
  mutant.file === file && mutant.operator === operator && mutant.before === before && mutant.after === after;

export function equivalentOf(mutant: Mutant, list = EQUIVALENTS): Equivalent | undefined {
  return list.find((entry) => matches(mutant, entry));
}

/** Entries that no mutant matches any more. */
export function staleEntries(mutants: readonly Mutant[], list = EQUIVALENTS): Equivalent[] {
  return list.filter((entry) => !mutants.some((mutant) => matches(mutant, entry)));
}
