/** How the entry that is looked at was worked out, with the numbers put in, and what it goes back to. */
import { matrixOf } from "../../../lens/derivation/derive.ts";
import { figure, withMinus } from "../../format.ts";
import { valueOf } from "../../../lens/derivation/trace.ts";
import type { Cell, Derivation } from "../../../lens/derivation/types.ts";
import { cellName, working } from "../../../lens/derivation/working.ts";
import { ancestry, looked, unreadable } from "../state/selection.ts";
import { derivation } from "../state/step.ts";

export function Working() {
  const cell = looked.value;
  return (
    <div class="working" role="status" aria-live="polite">
      {unreadable.value !== null && (
        <p class="wrong">
          {unreadable.value.trim() === ""
            ? "A number has to be there: Escape leaves the one that was."
            : `“${unreadable.value}” is no number that can be worked with: write it as 0.5, -3 or 1e-3.`}
        </p>
      )}
      {cell === null ? (
        <p class="fine">
          Point at a number, or tap it: what it was made from lights up, and underlined is what it goes back
          to. Warm is above 0, blue below.{" "}
          <span class="key-hints">
            Keys: <kbd>N</kbd> next, <kbd>P</kbd> back, <kbd>Tab</kbd> and arrows for the numbers,{" "}
            <kbd>Enter</kbd> to change a given one.
          </span>
        </p>
      ) : (
        <Explanation cell={cell} />
      )}
    </div>
  );
}

function Explanation({ cell }: { cell: Cell }) {
  const isGiven = matrixOf(derivation.value.matrices, cell.id).operation.kind === "given";
  const { from, roots } = ancestry.value;
  const sources = [...new Set(from.map(({ id }) => id))];
  return (
    <>
      <p>
        <b>
          {cellName(derivation.value, cell)} = {figure(valueOf(derivation.value, cell))}
        </b>
        {withMinus(working(derivation.value, cell))}
      </p>
      {!isGiven && (
        <p class="fine">
          {sources.length > 0 && `From ${sources.join(", ")}. `}
          {roots !== null && roots.length > 0 && `Goes back to ${rootsText(derivation.value, roots)}.`}
        </p>
      )}
    </>
  );
}

/** `8 inputs, 2 labels, 18 weights and 5 biases`: labels are counted by their entries of Y. */
function rootsText({ matrices }: Derivation, roots: readonly Cell[]): string {
  const counts = new Map<string, number>();
  for (const { id } of roots) {
    const { operation } = matrixOf(matrices, id);
    const source = operation.kind === "given" ? operation.source : "";
    const kind =
      source === "inputs"
        ? "input"
        : source === "labels"
          ? "entry of Y"
          : source.endsWith("weight")
            ? "weight"
            : "bias";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const plural: Record<string, string> = { bias: "biases", "entry of Y": "entries of Y" };
  const parts = ["input", "weight", "bias", "entry of Y"]
    .filter((kind) => counts.has(kind))
    .map((kind) => `${counts.get(kind)} ${counts.get(kind) === 1 ? kind : (plural[kind] ?? `${kind}s`)}`);
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}` : parts[0];
}
