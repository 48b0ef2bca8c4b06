/** The flags of `npm run mutants`. */
import { parseArgs } from "node:util";
import { Random } from "../../src/core/rng.ts";
import type { Mutant } from "./mutants.ts";

export interface Options {
  /** Prefixes of identities, `FILE`, `FILE/OPERATOR` or `FILE/OPERATOR/NUMBER`; empty for all. */
  only: string[];
  /** So many mutants that compile, drawn by the seed; undefined for all. */
  sample?: number;
  seed: number;
  workers: number;
  /** Cases that a mutant meets at most; undefined for all. */
  cases?: number;
  equivalents: boolean;
  list: boolean;
  record: boolean;
  learn: boolean;
  json: boolean;
  verbose: boolean;
  help: boolean;
}

export const USAGE = `npm run mutants -- [flags]

  --only FILE[/OPERATOR[/NUMBER]]   these mutants only; may be repeated
  --sample N [--seed S]             N mutants, drawn by a seed
  --workers N                       processes that run cases (2)
  --cases N                         at most N cases per mutant: a quick look, after which survivors are candidates
  --equivalents                     those that are proven equivalent, which must survive
  --list                            prints the mutants, runs nothing; with --sample also those that may not compile
  --record                          runs every case without a mutant and writes test/mutants/case-index.json
  --learn                           keeps there, too, which cases noticed most
  --json                            one JSON object per line; the last is {type:"result", …}
  --verbose                         a line per mutant
  --help                            this text
`;

/** @throws TypeError for what is no flag or has no proper value */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: [] },
      sample: { type: "string" },
      seed: { type: "string", default: "1" },
      workers: { type: "string", default: "2" },
      cases: { type: "string" },
      equivalents: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
      learn: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false, short: "h" },
    },
  });
  const whole = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) {
      throw new TypeError(`--${name} must be a whole number of at least ${least}, but is "${text}"`);
    }
    return value;
  };
  return {
    ...values,
    // As file names and as identities.
    only: values.only.map((each) => each.replace(/^shaders\//, "").replace(/\.wgsl(?=\/|$)/, "")),
    sample: values.sample === undefined ? undefined : whole("sample", values.sample, 1),
    cases: values.cases === undefined ? undefined : whole("cases", values.cases, 1),
    seed: whole("seed", values.seed, 0),
    workers: whole("workers", values.workers, 1),
  };
}

/** Whether an identity is among those asked for. */
export function isWanted({ id }: Mutant, only: readonly string[]): boolean {
  return only.length === 0 || only.some((prefix) => id === prefix || id.startsWith(`${prefix}/`));
}

/** @throws TypeError for an `--only` that names no mutant, with what there is instead */
export function checkOnly(mutants: readonly Mutant[], only: readonly string[]): void {
  const wrong = only.find((prefix) => !mutants.some((mutant) => isWanted(mutant, [prefix])));
  if (wrong === undefined) return;
  const [file] = wrong.split("/");
  const own = mutants.filter((mutant) => mutant.file === file);
  const there =
    own.length > 0
      ? `of ${file} there are ${[...new Set(own.map(({ operator }) => operator))].join(", ")}`
      : `the files are ${[...new Set(mutants.map((mutant) => mutant.file))].join(", ")}`;
  throw new TypeError(`--only ${wrong} names no mutant; ${there}`);
}

/** In an order that a seed draws. */
export function shuffled(mutants: readonly Mutant[], seed: number): Mutant[] {
  const order = Uint32Array.from(mutants, (_, index) => index);
  return [...Random.fromSeed(seed, "cases").shuffle(order)].map((index) => mutants[index]);
}
