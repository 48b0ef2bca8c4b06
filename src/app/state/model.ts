/** The model that the other views look into: the last one trained here, or one from a file. */
import { signal } from "@preact/signals";
import { readModel, type Model } from "../../model/model-file.ts";
import type { JobEvent } from "../../worker/job.ts";

/** What a run said while it went, or the files that tell of it: `config.json`, `events.jsonl`, `report.html`. */
export type RunRecord = { events: readonly JobEvent[] } | { files: Record<string, Uint8Array> };

export interface HeldModel {
  /** `model.safetensors` as it is saved. */
  bytes: Uint8Array;
  contents: Model;
  /**
   * The run of this page, or the file's name; `kept` where it comes from an earlier visit, `interrupted` with how many of
   * its epochs were finished where the page was closed while its run was under way, and which row of the list that is.
   */
  origin: ({ kind: "run" } | { kind: "file"; name: string }) & {
    kept?: boolean;
    interrupted?: { id: string; epoch: number; epochs: number };
  };
  /** A checkpoint file to go on from, where there is one. */
  checkpoint: Uint8Array | null;
  /** Where more is known of the run than the model's own file says. */
  run: RunRecord | null;
}

export const heldModel = signal<HeldModel | null>(null);

/** @throws FileFormatError or what else readModel finds wrong; then the model held before stays */
export function holdModel(
  bytes: Uint8Array,
  origin: HeldModel["origin"],
  { checkpoint = null, run = null }: Partial<Pick<HeldModel, "checkpoint" | "run">> = {},
): void {
  heldModel.value = { bytes, contents: readModel(bytes), origin, checkpoint, run };
}
