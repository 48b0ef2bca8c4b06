/** What the next run would take on the device, and whether there is room for it: asked whenever the options change. */
import { effect, signal } from "@preact/signals";
import type { ErrorEvent as TrainerError } from "../../worker/job-error.ts";
import type { FootprintEvent } from "../../worker/trainer-api.ts";
import { shapeOfData } from "./datasets.ts";
import { optionsInForce, resolved } from "./options.ts";
import { adapterState, footprintInWorker } from "./trainer.ts";

/** An error where the device has no room; null while it is not known. */
export const footprint = signal<FootprintEvent | TrainerError | null>(null);

/** Whoever types a number passes others on the way. */
const PATIENCE_MS = 120;

export function followFootprint(): void {
  let asked = 0;
  effect(() => {
    const options = optionsInForce.value;
    const shape = shapeOfData(resolved.value.data);
    const ready = shape && adapterState.value.state === "found";
    const mine = ++asked;
    if (!ready) {
      footprint.value = null;
      return;
    }
    setTimeout(() => {
      if (mine !== asked) return;
      footprintInWorker({ options, shape }).then(
        (answer) => {
          if (mine === asked) footprint.value = answer;
        },
        // The worker was ended, or broke: then the run itself says so.
        () => {},
      );
    }, PATIENCE_MS);
  });
}
