/** The look at the run's parameters, renewed about once a second for as long as somebody looks. */
import { effect, signal } from "@preact/signals";
import type { Look } from "../../worker/look.ts";
import { counted } from "../format.ts";
import { latest, phase, start } from "./run.ts";
import { lookInWorker } from "./trainer.ts";

/** The newest of this run; undefined until there is one, null where there will be none. */
export const lastLook = signal<Look | null | undefined>(undefined);

// Another run's parameters are not this one's.
effect(() => {
  void start.value;
  lastLook.value = undefined;
});

const INTERVAL_MS = 1000;
/** A look costs the run time; of all time it may take this much. */
const SHARE = 0.05;

const watching = { count: 0 };

/** Until the function that it returns is called. */
export function watchLook(): () => void {
  if (watching.count++ === 0) void keepLooking();
  return () => void watching.count--;
}

async function keepLooking(): Promise<void> {
  let seen = "";
  while (watching.count > 0) {
    const now = `${phase.peek()} ${latest.peek()?.step ?? 0}`;
    // What stands still has been seen.
    if (now !== seen || phase.peek() === "running") await renew();
    seen = now;
    const cost = 1000 * (lastLook.peek()?.seconds ?? 0);
    await new Promise((resolve) => setTimeout(resolve, Math.max(INTERVAL_MS, cost / SHARE)));
  }
}

async function renew(): Promise<void> {
  const [run, hadEnded] = [start.peek(), phase.peek() === "ended"];
  try {
    const look = await lookInWorker();
    if (run === start.peek()) lastLook.value = look ?? lastLook.peek() ?? (hadEnded ? null : undefined);
  } catch {
    // The worker was ended, or broke: then the run itself says so.
  }
}

export function whenOf({ step }: Look): string {
  return step === null ? "at the end of the run" : `after ${counted(step, "step")}`;
}
