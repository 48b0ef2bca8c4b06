/** The look at the run's parameters, renewed about once a second for as long as somebody looks. */
import { signal } from "@preact/signals";
import type { Look } from "../../worker/look.ts";
import { counted } from "../format.ts";
import { latest, phase } from "./run.ts";
import { lookInWorker } from "./trainer.ts";

export const lastLook = signal<Look | null>(null);

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
  try {
    lastLook.value = (await lookInWorker()) ?? lastLook.peek();
  } catch {
    // The worker was ended, or broke: then the run itself says so.
  }
}

export function whenOf({ step }: Look): string {
  return step === null ? "at the end of the run" : `after ${counted(step, "step")}`;
}
