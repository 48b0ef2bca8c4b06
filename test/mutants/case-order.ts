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
      return ((this.cost(name) + 0.05) * breadth * (tried + 2)) / (killed + 1);
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
    const tries = this.#tries.get(key) ?? { tried: 0, killed: 0 };
    this.#tries.set(key, tries);
    return tries;
  }
}
