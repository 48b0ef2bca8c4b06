/** The model that the other views look into: the last one trained here, or one from a file. */
import { signal } from "@preact/signals";
import { readModel, type Model } from "../../model/model-file.ts";

export interface HeldModel {
  /** `model.safetensors` as it is saved. */
  bytes: Uint8Array;
  contents: Model;
  /** The run of this page, or the file's name. */
  origin: { kind: "run" } | { kind: "file"; name: string };
}

export const heldModel = signal<HeldModel | null>(null);

/** @throws FileFormatError or what else readModel finds wrong; then the model held before stays */
export function holdModel(bytes: Uint8Array, origin: HeldModel["origin"]): void {
  heldModel.value = { bytes, contents: readModel(bytes), origin };
}
