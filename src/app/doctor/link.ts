/** What the address of the doctor's view says: which cases. Pure. */
import { commandLine } from "../../core/command-line.ts";

export interface DoctorChoice {
  /** So many random cases; the standard ones when left out. */
  cases?: number;
  seed: number;
}

/** More would take hours on a software adapter. */
export const MOST_CASES = 100_000;
const MOST_SEED = 2 ** 32 - 1;

export function casesProblem(text: string): string | undefined {
  return wholeNumberProblem("Cases", text, 1, MOST_CASES);
}

export function seedProblem(text: string): string | undefined {
  return wholeNumberProblem("Seed", text, 0, MOST_SEED);
}

function wholeNumberProblem(what: string, text: string, least: number, most: number): string | undefined {
  if (!/^-?\d+$/.test(text)) return `${what} must be a whole number, not “${text}”`;
  const value = Number(text);
  if (value < least) return `${what} must be at least ${least}, not ${text}`;
  return value > most ? `${what} must be at most ${most.toLocaleString("en-US")}, not ${text}` : undefined;
}

/** What is not valid is left out, and named. */
export function readDoctorLink(query: string): { choice: DoctorChoice; problems: string[] } {
  const choice: DoctorChoice = { seed: 1 };
  const problems: string[] = [];
  for (const [name, text] of new URLSearchParams(query)) {
    const problem =
      name === "cases"
        ? casesProblem(text)
        : name === "seed"
          ? seedProblem(text)
          : `“${name}” is not an option`;
    if (problem !== undefined) problems.push(problem);
    else choice[name as keyof DoctorChoice] = Number(text);
  }
  return { choice, problems };
}

/** Without its `?`; empty for the standard cases, which are the same for every seed. */
export function writeDoctorLink({ cases, seed }: DoctorChoice): string {
  return cases === undefined ? "" : `cases=${cases}&seed=${seed}`;
}

/** What checks the same from a terminal. */
export function doctorCommand({ cases, seed }: DoctorChoice): string {
  return commandLine("check", cases === undefined ? [] : [`--cases ${cases}`, `--seed ${seed}`]);
}
