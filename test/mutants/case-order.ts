/**
 * Which cases a mutant meets, and in which order: only those that compose its file, those first that are likely to notice
 * for what they cost. How likely is learnt as mutants of the same file are killed.
 */
import type { CaseRecord } from "./case-index.ts";

interface Tries {
  tried: number;
  killed: number;
}

/** What a case without a record is taken to cost, in seconds: it comes late. */
const UNKNOWN_SECONDS = 10;
const UNKNOWN_FILES = 20;
/** Of so many cases that were never tried one is taken to notice. */
const UNLIKELY = 10;
/** What a case that noticed many of a file's mutants before begins with. */
const NOTICED = 5;
/** How many cases are kept for a file. */
const MOST_NOTICING = 3;

export class CaseOrder {
  readonly #names: readonly string[];
  readonly #index: Readonly<Record<string, CaseRecord | undefined>>;
  readonly #tries = new Map<string, Tries>();

  constructor(names: readonly string[], index: Readonly<Record<string, CaseRecord | undefined>>) {
    this.#names = names;
    this.#index = index;
  }

  /** Of one run, in seconds. */
  cost(name: string): number {
    return this.#index[name]?.seconds ?? UNKNOWN_SECONDS;
  }

  /** For a mutant of this file. */
  for(file: string): string[] {
    const expected = (name: string): number => {
      const { tried, killed } = this.#of(name, file);
      // A case of few files is about them.
      const breadth = this.#index[name]?.files.length ?? UNKNOWN_FILES;
      return ((this.cost(name) + 0.05) * breadth * (tried + UNLIKELY)) / (killed + 1);
    };
    return this.#names
      .filter((name) => this.#index[name]?.files.includes(file) ?? true)
      .sort((a, b) => expected(a) - expected(b));
  }

  note(name: string, file: string, killed: boolean): void {
    const tries = this.#of(name, file);
    tries.tried++;
    if (killed) tries.killed++;
  }

  #of(name: string, file: string): Tries {
    const key = `${file}\n${name}`;
    const before = this.#index[name]?.notices?.includes(file) ? NOTICED : 0;
    const tries = this.#tries.get(key) ?? { tried: before, killed: before };
    this.#tries.set(key, tries);
    return tries;
  }
}

/** The index with the cases that noticed most of each file's mutants. @param noticed `[file, case]` of each that was killed */
export function learned(
  index: Readonly<Record<string, CaseRecord>>,
  noticed: readonly (readonly [file: string, name: string])[],
): Record<string, CaseRecord> {
  const counts = new Map<string, Map<string, number>>();
  for (const [file, name] of noticed) {
    const own = counts.get(file) ?? new Map<string, number>();
    counts.set(file, own.set(name, (own.get(name) ?? 0) + 1));
  }
  const best = [...counts].flatMap(([file, own]) =>
    [...own]
      .sort((a, b) => b[1] - a[1])
      .slice(0, MOST_NOTICING)
      .map(([name]) => ({ file, name })),
  );
  return Object.fromEntries(
    Object.entries(index).map(([name, { seconds, files }]) => {
      const notices = best.filter((each) => each.name === name).map(({ file }) => file);
      return [name, { seconds, files, ...(notices.length > 0 && { notices: notices.sort() }) }];
    }),
  );
}
