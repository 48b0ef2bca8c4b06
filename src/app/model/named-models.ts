/** Models by the names that addresses have for them. Those of this visit can be gone back to; of earlier ones, the last. */
import { effect } from "@preact/signals";
import { heldModel, type HeldModel } from "../state/model.ts";
import { busy } from "../state/run.ts";
import { forgotten, keepModel, restoreModel } from "./keep.ts";
import { modelName } from "./model-name.ts";

/** As many as somebody goes back to; each takes some megabytes. */
const MOST = 4;

/** The newest last. */
const seen = new Map<string, HeldModel>();

effect(() => {
  const model = heldModel.value;
  // A run under way has another one after every epoch.
  if (!model || busy.value) return;
  const name = modelName(model);
  seen.delete(name);
  seen.set(name, model);
  for (const oldest of [...seen.keys()].slice(0, -MOST)) seen.delete(oldest);
});

effect(() => {
  if (forgotten.value) seen.delete(modelName(forgotten.value));
});

/**
 * Holds the model of that name.
 * @returns a sentence without its full stop where it is not there; then whichever is held stays
 */
export async function holdNamed(name: string): Promise<string | undefined> {
  await restoreModel();
  const held = heldModel.peek();
  if (held && modelName(held) === name) return undefined;
  const model = seen.get(name);
  if (!model) return `The model “${name}” is not in this browser, which keeps the last one only`;
  heldModel.value = model;
  // Any other is kept because it is held (state/keep-model.ts).
  if (model.origin.kept) await keepModel(model);
  return undefined;
}
