/**
 * Keeps every new model for the next visit, when no run is under way any more; and of a run that is under way its newest
 * checkpoint. What keeps them is loaded only then.
 */
import { effect } from "@preact/signals";
import { heldModel, type HeldModel } from "./model.ts";
import { busy, files, runSoFar } from "./run.ts";
import { listUnderWay } from "./under-way.ts";

const UNDER_WAY = () => import("../model/under-way.ts");

export function keepHeldModel(): void {
  /** Of the run that is under way, the one that was seen to last. */
  let checkpoint: Uint8Array | undefined;
  effect(() => {
    if (!busy.value) {
      const model = heldModel.value;
      const begun = checkpoint !== undefined;
      checkpoint = undefined;
      void keepAtEnd(model?.origin.kept ? null : model, begun);
      return;
    }
    const newest = files.value["checkpoint.safetensors"];
    if (!newest || newest === checkpoint) return;
    checkpoint = newest;
    void UNDER_WAY().then(({ keepUnderWay }) => keepUnderWay(standing));
  });
}

/** The model first: were the page closed between, the run's checkpoint would still be there. */
async function keepAtEnd(model: HeldModel | null, begun: boolean): Promise<void> {
  if (model) await (await import("../model/keep.ts")).keepModel(model);
  if (begun) await (await UNDER_WAY()).endUnderWay();
}

function standing() {
  const checkpoint = files.peek()["checkpoint.safetensors"];
  const run = busy.peek() && runSoFar();
  return run && checkpoint ? { run, checkpoint } : undefined;
}

/** Takes on the runs whose tabs were closed before they ended. */
export async function adoptInterruptedRuns(): Promise<void> {
  try {
    const ids = await listUnderWay();
    if (ids.length > 0) await (await UNDER_WAY()).adoptInterrupted(ids);
  } catch {
    // A browser that keeps nothing has none.
  }
}
