/**
 * Ctrl-C: the first one asks the work to save and end, the second ends the process at once. A closed pipe asks for the
 * same without a word.
 */
import { EXIT } from "../core/errors.ts";
import type { Output } from "./output.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs work that a signal interrupts, or that nobody reads any more. Returns whether it was a signal. */
export async function interruptible(
  output: Output,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const stop = new AbortController();
  const { unread } = output;
  let interrupted = false;
  const interrupt = (): void => {
    // Exit handlers still run: they take a browser down with the process.
    if (interrupted) process.exit(EXIT.interrupted);
    output.say("Interrupted; saving. Once more to quit at once.");
    interrupted = true;
    stop.abort();
  };
  const end = (): void => stop.abort();
  for (const name of SIGNALS) process.on(name, interrupt);
  unread.addEventListener("abort", end);
  if (unread.aborted) end();
  try {
    await work(stop.signal);
  } finally {
    unread.removeEventListener("abort", end);
    for (const name of SIGNALS) process.off(name, interrupt);
  }
  return interrupted;
}
