/**
 * The confusion matrix as a heat map that is a table: every count can be read, read out, and opened for its images. Arrow
 * keys move between its cells, of which one at a time is in the order of tabbing.
 */
import { useSignal } from "@preact/signals";
import type { SplitName } from "../../core/dataset.ts";
import { grouped } from "../format.ts";
import { showCell } from "../state/cell.ts";
import { moved } from "../state/grid.ts";

interface Props {
  split: SplitName;
  /** `confusion[truth][predicted]`, counts */
  confusion: number[][];
  classes: string[];
}

export function ConfusionMatrix({ split, confusion, classes }: Props) {
  const current = useSignal<readonly [number, number]>([0, 0]);
  const worst = Math.max(
    1,
    ...confusion.flatMap((row, truth) => row.filter((_, predicted) => predicted !== truth)),
  );
  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    const next = moved(event.key, current.value, classes.length, classes.length, event.ctrlKey);
    if (!next) return;
    event.preventDefault();
    current.value = next;
    const [truth, predicted] = next;
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${truth},${predicted}"]`)?.focus();
  };
  return (
    <div class="scroller">
      <table
        class="confusion"
        role="grid"
        aria-label={`Confusion matrix of the ${split} images`}
        onKeyDown={move}
      >
        <thead>
          <tr>
            <td />
            {classes.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, truth) => (
            <tr key={classes[truth]}>
              <th scope="row">{classes[truth]}</th>
              {row.map((count, predicted) => (
                <td
                  key={predicted}
                  class={predicted === truth ? "right" : count === 0 ? "nil" : "wrong"}
                  style={predicted !== truth && count > 0 ? { "--heat": heat(count, worst) } : undefined}
                >
                  <button
                    type="button"
                    data-cell={`${truth},${predicted}`}
                    aria-label={`${grouped(count)}: ${classes[truth]} read as ${classes[predicted]}`}
                    aria-disabled={count === 0}
                    tabIndex={current.value[0] === truth && current.value[1] === predicted ? 0 : -1}
                    onFocus={() => (current.value = [truth, predicted])}
                    onClick={() => {
                      if (count > 0) void showCell({ split, truth, predicted });
                    }}
                  >
                    {grouped(count)}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The square root lets rare mistakes show beside frequent ones. */
function heat(count: number, worst: number): string {
  return Math.sqrt(count / worst).toFixed(3);
}
