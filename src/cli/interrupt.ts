/**
 * Ctrl-C: the first one asks the work to end in good order, the second ends the process at once. A closed pipe asks for
 * the same without a word.
 */
import { setImmediate } from "node:timers/promises";
import { BacklitError, EXIT } from "../core/errors.ts";
import type { Context } from "./context.ts";

/** What work without a partial result does when it is interrupted. */
export const GIVING_UP = "giving up what is not done";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs work that a signal interrupts, or that nobody reads any more. A signal decides the exit code, unless the work sets
 * another one afterwards.
 * @param ending what the work does when it is interrupted
 * @returns whether it was a signal
 */
export async function interruptible(
  context: Context,
  work: (signal: AbortSignal) => Promise<void>,
  ending = "ending with what there is",
): Promise<boolean> {
  const { output } = context;
  const stop = new AbortController();
  const { unread } = output;
  let interrupted = false;
  const interrupt = (): void => {
    // Exit handlers still run: they take a browser down with the process.
    if (interrupted) process.exit(EXIT.interrupted);
    output.say(`Interrupted; ${ending}. Once more to quit at once.`);
    interrupted = true;
    context.exitCode = EXIT.interrupted;
    stop.abort();
  };
  const end = (): void => stop.abort();
  for (const name of SIGNALS) process.on(name, interrupt);
  unread.addEventListener("abort", end);
  if (unread.aborted) end();
  try {
    await work(stop.signal);
  } catch (error) {
    // Work that was given up is what was asked for.
    if (error !== stop.signal.reason && !(interrupted && isGivenUp(error))) throw error;
  } finally {
    // A signal that came while the thread was busy is still on its way.
    await setImmediate();
    unread.removeEventListener("abort", end);
    for (const name of SIGNALS) process.off(name, interrupt);
  }
  return interrupted;
}

/** Between two looks at what has come in, in milliseconds. */
const TURN = 50;

/**
 * Work in this thread that pauses now and then, so that a signal is heard while it goes on.
 * @throws the signal's reason, once it is aborted; what the work throws
 */
export async function inTurns<T>(work: Generator<void, T>, signal: AbortSignal): Promise<T> {
  let last = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - last < TURN) continue;
    await setImmediate();
    signal.throwIfAborted();
    last = performance.now();
  }
}

const isGivenUp = (error: unknown): boolean =>
  error instanceof BacklitError && error.code === "download/aborted";
