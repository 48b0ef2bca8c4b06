/** Why a run ended where it did, and whose parameters its scores are of. */
import type { DoneEvent } from "../job.ts";
import { counted, grouped } from "../../report/numbers.ts";

/** In sentences; empty where both go without saying: every step taken, the last one's parameters. */
export function ending(
  { reason, steps, keptEpoch }: Pick<DoneEvent, "reason" | "steps" | "keptEpoch">,
  totalSteps: number,
): string {
  const where = `after ${grouped(steps)} of ${counted(totalSteps, "step")}`;
  const ended = {
    completed: "",
    "max-steps": `The run was stopped ${where}, at its step limit.`,
    aborted: `The run was interrupted ${where}.`,
    "early-stopping": `The run stopped early, ${where}: validation no longer improved.`,
  }[reason];
  if (keptEpoch !== null) {
    const kept = `The parameters are those of epoch ${keptEpoch}, the best on the validation rows.`;
    return [ended, kept].filter((sentence) => sentence !== "").join(" ");
  }
  return ended === "" ? "" : `${ended} The parameters are those of its last step.`;
}
