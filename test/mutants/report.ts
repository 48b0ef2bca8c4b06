/** What a run ends with: counts, and the table of shader files and operators. */
import { counted } from "../../src/core/words.ts";
import type { Mutant } from "./mutants.ts";
import type { Verdict } from "./judge.ts";

export interface Counts {
  /** Those that compile. */
  mutants: number;
  killed: number;
  equivalent: number;
  survivors: number;
  /** Those that do not compile, which are no mutants. */
  discarded: number;
}

const COLUMNS = ["mutants", "killed", "equivalent", "survivors", "discarded"] as const;

export function countsOf(verdicts: readonly Verdict[], equivalents: readonly Mutant[]): Counts {
  const of = (result: Verdict["result"]): number =>
    verdicts.filter((verdict) => verdict.result === result).length;
  const [killed, survivors, equivalent] = [of("killed"), of("survived"), equivalents.length];
  const mutants = killed + survivors + equivalent;
  return { mutants, killed, equivalent, survivors, discarded: of("discarded") };
}

/** Rows are files and operators, columns what became of their mutants. */
export function table(verdicts: readonly Verdict[], equivalents: readonly Mutant[]): string {
  const keys: readonly (readonly [title: string, of: (mutant: Mutant) => string])[] = [
    ["shader file", ({ file }) => `${file}.wgsl`],
    ["operator", ({ operator }) => operator],
  ];
  return keys
    .map(([title, of]) => {
      const names = new Set([...verdicts.map(({ mutant }) => of(mutant)), ...equivalents.map(of)]);
      const rows = [...names].map((name) => {
        const counts = countsOf(
          verdicts.filter(({ mutant }) => of(mutant) === name),
          equivalents.filter((mutant) => of(mutant) === name),
        );
        return [name, ...COLUMNS.map((column) => counts[column])];
      });
      return aligned([[title, ...COLUMNS], ...rows]);
    })
    .join("\n\n");
}

function aligned(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i])))
        .join("  "),
    )
    .join("\n");
}

/** A mutant as it is listed. */
export function describe({ id, file, line, before, after }: Mutant): string {
  return `${id}\n    shaders/${file}.wgsl:${line}\n    - ${before}\n    + ${after}`;
}

const LOST: Readonly<Record<string, string>> = { hangs: "by hanging in", crashes: "by crashing in" };

/** What became of a mutant, in a line. */
export function verdictLine({ mutant, result, by, failure = "", met, seconds }: Verdict): string {
  const noticed = by === undefined ? "" : ` ${LOST[failure] ?? "by"} "${by}"`;
  return `${mutant.id}: ${result}${noticed} (${counted(met, "case")}, ${seconds.toFixed(1)} s)`;
}

/** Says now and then how many of those are judged that were to be. */
export class Progress {
  readonly #total: number;
  readonly #sample: number | undefined;
  #done = 0;

  /** @param sample so many that compile are enough, of all that may be judged */
  constructor(all: number, sample?: number) {
    this.#total = Math.min(all, sample ?? all);
    this.#sample = sample;
  }

  note({ result }: Verdict): void {
    // What does not compile is replaced by another one of the sample.
    if (this.#sample === undefined || result !== "discarded") this.#done++;
  }

  /** `3 of 4 mutants` */
  get text(): string {
    return `${this.#done} of ${counted(this.#total, "mutant")}`;
  }
}
