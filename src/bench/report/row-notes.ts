/** Notes of rows: what is to be said of every row of a contender is said once, below the table. */
import { whoName, type Who } from "./names.ts";

interface Noted extends Who {
  notes: readonly string[];
}

export interface RowNotes {
  /** Of all rows of a contender. */
  common: { who: string; text: string }[];
  /** What is left to be said of one row. */
  own(row: Noted): string;
}

export function rowNotes(rows: readonly Noted[]): RowNotes {
  const shared = new Map<string, readonly string[]>();
  for (const row of rows) {
    const known = shared.get(whoName(row)) ?? row.notes;
    shared.set(
      whoName(row),
      known.filter((note) => row.notes.includes(note)),
    );
  }
  return {
    common: [...shared]
      .filter(([, notes]) => notes.length > 0)
      .map(([who, notes]) => ({ who, text: notes.join("; ") })),
    own: (row) => row.notes.filter((note) => !shared.get(whoName(row))?.includes(note)).join("; "),
  };
}
