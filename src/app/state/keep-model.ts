/** Keeps every new model for the next visit, when no run is under way any more: what keeps it is loaded only then. */
import { effect } from "@preact/signals";
import { heldModel } from "./model.ts";
import { busy } from "./run.ts";

export function keepHeldModel(): void {
  effect(() => {
    const model = heldModel.value;
    if (!model || busy.value || model.origin.kept) return;
    void import("../model/keep.ts").then(({ keepModel }) => keepModel(model));
  });
}
