/**
 * Keeps every new model for the next visit, when no run is under way any more; and of a run that is under way its newest
 * checkpoint. What keeps them is loaded only then.
 */
import { effect } from "@preact/signals";
import { heldModel, type HeldModel } from "./model.ts";
import { busy, checkpointed, runId } from "./run.ts";
import { listUnderWay, noteDeletedRuns, whenNoted } from "./under-way.ts";

const UNDER_WAY = () => import("../model/under-way.ts");

export function keepHeldModel(): void {
  /** The run that has been under way since the last model was seen to. */
  let begun: string | undefined;
  effect(() => {
    if (!busy.value) {
      const model = heldModel.value;
      void keepAtEnd(model?.origin.kept ? null : model, begun);
      begun = undefined;
      return;
    }
    begun = runId();
    if (checkpointed.value) void UNDER_WAY().then(({ keepUnderWay }) => keepUnderWay(standing));
  });
  noteDeletedRuns();
}

/** The model first: were the page closed between, the run's checkpoint would still be there. */
async function keepAtEnd(model: HeldModel | null, ended: string | undefined): Promise<void> {
  if (model) await (await import("../model/keep.ts")).keepModel(model);
  if (ended !== undefined) await (await UNDER_WAY()).endUnderWay(ended);
}

function standing() {
  return (busy.peek() && checkpointed.peek()) || undefined;
}

/** Takes on the runs whose tabs are closed before they end. */
export function adoptInterruptedRuns(): void {
  whenNoted(() => void adopt());
  void adopt();
}

async function adopt(): Promise<void> {
  try {
    const noted = await listUnderWay();
    if (noted.length > 0) await (await UNDER_WAY()).adoptInterrupted(noted);
  } catch {
    // A browser that keeps nothing has none.
  }
}
