/** The entry that is looked at, by pointer or keys, and what lights up with it. */
import { computed, signal } from "@preact/signals";
import { matrixOf } from "../../../lens/derivation/derive.ts";
import { origins, roots } from "../../../lens/derivation/trace.ts";
import type { Cell, Derivation } from "../../../lens/derivation/types.ts";
import { derivation } from "./step.ts";

/** Under the pointer; goes before what is selected. */
export const pointedAt = signal<Cell | null>(null);
/** By keys, or pinned by a click. */
export const selected = signal<Cell | null>(null);

/** What was typed into an entry and is no number; null as long as nothing is wrong. */
export const unreadable = signal<string | null>(null);

export type Light = "at" | "from" | "root" | "from root";

/** Following everything back takes too long in a step with more numbers than this, for every move of a pointer. */
const MOST_FOLLOWED = 30_000;

/** Only as long as there is such an entry. */
export const looked = computed((): Cell | null => {
  const cell = pointedAt.value ?? selected.value;
  return cell !== null && exists(derivation.value, cell) ? cell : null;
});

const followed = computed(
  () =>
    [...derivation.value.matrices.values()].reduce((sum, { values }) => sum + values.length, 0) <=
    MOST_FOLLOWED,
);

/** What the entry was made from, and what it goes back to; null where that is not followed. */
export const ancestry = computed((): { from: Cell[]; roots: Cell[] | null } => {
  const cell = looked.value;
  if (cell === null) return { from: [], roots: [] };
  return {
    from: origins(derivation.value, cell),
    roots: followed.value ? roots(derivation.value, cell) : null,
  };
});

/** By matrix and by entry, row by row. */
export const lights = computed((): ReadonlyMap<string, ReadonlyMap<number, Light>> => {
  const found = new Map<string, Map<number, Light>>();
  const cell = looked.value;
  if (cell === null) return found;
  const light = ({ id, row, column }: Cell, kind: Light): void => {
    const place = row * matrixOf(derivation.value.matrices, id).shape[1] + column;
    const ofMatrix = found.get(id) ?? new Map<number, Light>();
    found.set(id, ofMatrix);
    ofMatrix.set(place, kind === "root" && ofMatrix.get(place) === "from" ? "from root" : kind);
  };
  for (const origin of ancestry.value.from) light(origin, "from");
  for (const root of ancestry.value.roots ?? []) light(root, "root");
  light(cell, "at");
  return found;
});

function exists({ matrices }: Derivation, { id, row, column }: Cell): boolean {
  const shape = matrices.get(id)?.shape;
  return shape !== undefined && row < shape[0] && column < shape[1];
}
