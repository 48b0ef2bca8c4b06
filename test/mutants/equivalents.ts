/**
 * Mutants that no case can notice because they change nothing that is promised, each with its proof. `npm run mutants --
 * --equivalents` lets them meet every case all the same.
 */
import { PROOFS } from "./equivalents/index.ts";
import type { Mutant } from "./mutants.ts";

export interface Equivalent {
  file: string;
  operator: string;
  /** The line, and what became of it, as `npm run mutants -- --list` prints them. */
  before: string;
  after: string;
  /** Which of those whose lines are alike, from 1. Left out where there is one only. */
  which?: number;
  reason: string;
}

/** One proof, and what it holds for. */
export interface Proof {
  reason: string;
  mutants: readonly (readonly [
    file: string,
    operator: string,
    before: string,
    after: string,
    which?: number,
  ])[];
}

export const EQUIVALENTS: readonly Equivalent[] = PROOFS.flatMap(({ reason, mutants }) =>
  mutants.map(([file, operator, before, after, which]) => ({ file, operator, before, after, which, reason })),
);

/** What identifies a mutant by its lines. */
const lines = ({ file, operator, before, after }: Mutant | Equivalent): string =>
  [file, operator, before, after].join("\n");

/** The equivalents among mutants. @throws Error for an entry that matches none any more, or more than one */
export function equivalentsAmong(
  mutants: readonly Mutant[],
  list: readonly Equivalent[] = EQUIVALENTS,
): ReadonlyMap<Mutant, Equivalent> {
  const alike = new Map<string, Mutant[]>();
  for (const mutant of mutants) alike.set(lines(mutant), [...(alike.get(lines(mutant)) ?? []), mutant]);
  const found = new Map<Mutant, Equivalent>();
  for (const entry of list) {
    const candidates = alike.get(lines(entry)) ?? [];
    const at = (entry.which ?? 1) - 1;
    const what = `equivalents: ${entry.file}, ${entry.operator}, "${entry.before}"`;
    if (candidates[at] === undefined) throw new Error(`${what} matches no mutant any more`);
    if (entry.which === undefined && candidates.length > 1) {
      throw new Error(`${what} matches ${candidates.length} mutants: say which`);
    }
    if (found.has(candidates[at])) throw new Error(`${what} is there twice`);
    found.set(candidates[at], entry);
  }
  return found;
}
