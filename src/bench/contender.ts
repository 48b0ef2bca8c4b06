/** What is compared: anything that trains a workload on some backend. */
import { BacklitError, EXIT } from "../core/errors.ts";
import type { BackendName, ContenderName } from "./result.ts";
import type { Timed } from "./turns.ts";
import type { Workload } from "./workload.ts";

export interface Contender {
  readonly contender: ContenderName;
  readonly backend: BackendName;
  /**
   * Compiles and uploads what the first step needs.
   * @throws BacklitError `bench/unavailable` where it cannot run here
   */
  open(workload: Workload): Promise<Session>;
}

/** A network in training. Every step takes the next batch of the same order, whichever method takes it. */
export interface Session extends Timed {
  /** Takes the first step and waits until it is done. */
  first(): Promise<void>;
  /** Takes n steps and returns the loss that each began with. Not timed. */
  losses(n: number): Promise<number[]>;
  /** Makes the rest of the data resident and finds the best settings; after the losses, before the timing. */
  prepare(): Promise<void>;
  /** Hands n steps over. This is what is timed, and what `losses` trains with. */
  run(n: number): Promise<void>;
  /** Fraction of the test rows that it reads rightly. Not timed. */
  accuracy(): Promise<number>;
  /** Milliseconds of its opening that went into a search for tiles, which the first step does not count. */
  readonly searchMs?: number;
  /** What a reader of the figures should know. */
  readonly notes: readonly string[];
  dispose(): void;
}

/** @param what names the contender. */
export function unavailable(what: string, reason: string, cause?: unknown): BacklitError {
  return new BacklitError("bench/unavailable", `${what} is not available: ${reason}`, {
    exitCode: EXIT.badInput,
    cause,
  });
}
