/** While a run is under way, views look at its latest checkpoint: one watches a network learn to read one's own digit. */
import { effect } from "@preact/signals";
import { readCheckpoint } from "../../model/checkpoint.ts";
import { modelOfCheckpoint } from "../../model/checkpoint-model.ts";
import { heldModel, holdModel } from "./model.ts";
import { busy, files } from "./run.ts";

/** A model from a file stays, until the run's own is there at its end. @returns an end to that */
export function followRun(): () => void {
  return effect(() => {
    const checkpoint = files.value["checkpoint.safetensors"];
    if (!checkpoint || !busy.value) return;
    const held = heldModel.peek();
    const isOwn = held?.origin.kind === "run" || held?.origin.kept;
    if ((held && !isOwn) || held?.checkpoint === checkpoint) return;
    holdModel(modelOfCheckpoint(readCheckpoint(checkpoint)), { kind: "run" }, { checkpoint });
  });
}
