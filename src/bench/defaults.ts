/** How much is measured where nothing is said about it. */
import type { Protocol, SuiteName } from "./result.ts";

/** Enough for fresh data in every step, little enough to lie on the device of every contender at once, as floats. */
const ROWS = 16_384;

type Amount = Pick<Protocol, "lossSteps" | "rounds" | "seconds" | "patience" | "rows">;

/**
 * @param software on such an adapter 20 steps are compared instead of 200, as each takes so much longer
 * @param given what was asked for; the rest is filled in
 */
export function benchProtocol(
  suite: SuiteName,
  software: boolean,
  { quick = false, seed = 1, ...given }: Partial<Protocol> = {},
): Protocol {
  return { quick, tolerance: 0.01, seed, ...amount(suite, software, quick), ...withoutUndefined(given) };
}

function amount(suite: SuiteName, software: boolean, quick: boolean): Amount {
  if (quick) return { lossSteps: software ? 5 : 50, rounds: 3, seconds: 0.5, patience: 60, rows: 2048 };
  const full = { lossSteps: software ? 20 : 200, rounds: 5, seconds: 2, patience: 120, rows: ROWS };
  switch (suite) {
    case "scaling":
    case "crossover":
      // Many workloads, and trends rather than figures.
      return { ...full, lossSteps: software ? 5 : 50, rounds: 3, seconds: 1, patience: 60 };
    case "accuracy":
      return { ...full, patience: 600, rows: 60_000 };
    default:
      return full;
  }
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>;
}
