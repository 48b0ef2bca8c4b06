/** Goes on with an interrupted run of the list, whose row is continued. */
import { FileFormatError, SpecError } from "../../core/errors.ts";
import type { KeptRun } from "../state/kept-run.ts";
import { parseTexts } from "../state/permalink.ts";
import { busy } from "../state/run.ts";
import { listedRun } from "../state/runs.ts";
import { noteUnderWay } from "../state/under-way.ts";
import { goOnFrom } from "./go-on.ts";
import { claimRun, endUnderWay, giveUp, readInterrupted } from "./under-way.ts";

const GONE = "checkpoint/gone";

/** The row of an interrupted run, as long as it can be gone on with from this step. */
export async function interruptedRun(id: string, step: number): Promise<KeptRun | undefined> {
  const row = await listedRun(id);
  return row?.interrupted && row.steps === step ? row : undefined;
}

/**
 * To where it was to end when it was started. Nothing happens while another run is under way here.
 * @throws SpecError, or FileFormatError where its checkpoint is gone or cannot be read; its row stays
 */
export async function goOnWith({ id, steps }: KeptRun): Promise<void> {
  if (busy.peek()) return;
  if (!(await claimRun(id))) {
    throw new SpecError("run", "the run is under way in another tab", "Go on with it there.");
  }
  try {
    // It may have been gone on with, or deleted, through another tab.
    const row = await interruptedRun(id, steps);
    if (!row)
      throw new SpecError("run", "the run has been gone on with since", "The list shows how it stands.");
    const checkpoint = await readInterrupted(row);
    if (!checkpoint) {
      throw new FileFormatError(GONE, "this browser has deleted the checkpoint of the run", {
        hint: "It deletes what pages keep when its disk is full. The row and the curves stay.",
      });
    }
    await noteUnderWay(row);
    if (busy.peek()) throw new SpecError("run", "another run is under way", "Wait for its end.");
    goOnFrom(checkpoint, { maxSteps: parseTexts(row.options).maxSteps }, row);
  } catch (error) {
    await endUnderWay(id);
    if (error instanceof FileFormatError && error.code === GONE) await giveUp(id);
    throw error;
  }
}
