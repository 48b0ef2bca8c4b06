/** Ctrl-C: the first one asks the work to save and end, the second ends the process at once. */
import { EXIT } from "../core/errors.ts";
import type { Output } from "./output.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs work that a signal interrupts. Returns whether it was. */
export async function interruptible(
  output: Output,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const stop = new AbortController();
  const interrupt = (): void => {
    // Exit handlers still run: they take a browser down with the process.
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    output.say("Interrupted; saving. Once more to quit at once.");
    stop.abort();
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  try {
    await work(stop.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
  }
  return stop.signal.aborted;
}
