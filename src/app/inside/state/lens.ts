/** The worker that computes for this view. */
import type { LensApi } from "../../../worker/lens-api.ts";
import { WorkerLine } from "../../state/worker-line.ts";

export const lens = new WorkerLine<LensApi>(
  () => new Worker(new URL("../../../worker/lens-worker.ts", import.meta.url), { type: "module" }),
);
