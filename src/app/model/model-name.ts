/** What a model is called: in the names of its files, and in addresses. */
import { fnv1a } from "../../data/hash.ts";
import type { HeldModel } from "../state/model.ts";
import { sizesOf } from "./layers.tsx";

/** `mnist-784-512-10` */
export function fileName({ contents }: Pick<HeldModel, "contents">): string {
  const data = contents.dataset.name.replaceAll(/[^\w-]+/g, "-").slice(0, 40);
  return [data, ...sizesOf(contents)].join("-");
}

const names = new WeakMap<Uint8Array, string>();

/** `mnist-784-512-10-3f2a9c01`: the same for the same bytes, whatever their file is called. */
export function modelName(model: Pick<HeldModel, "bytes" | "contents">): string {
  let name = names.get(model.bytes);
  if (name === undefined) {
    name = `${fileName(model)}-${fnv1a(model.bytes)}`;
    names.set(model.bytes, name);
  }
  return name;
}

/** Whether a text can be a name that `modelName` has given. */
export function isModelName(text: string): boolean {
  return /^[\w-]{1,300}-[0-9a-f]{8}$/.test(text);
}
