/**
 * The entries of a matrix, each tinted by its size and sign. One of them takes the focus, arrows move it; what is looked
 * at lights up, here and in every other matrix, together with what it was made from.
 */
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { shownIndices } from "../../../lens/derivation/display.ts";
import { axisLabel } from "../../../lens/derivation/notation.ts";
import type { Axis, Cell, Derivation, Matrix } from "../../../lens/derivation/types.ts";
import { cellName } from "../../../lens/derivation/working.ts";
import { moved } from "../../state/grid.ts";
import { pointedAt, selected } from "../state/selection.ts";
import { derivation, setCell } from "../state/step.ts";
import { Entry } from "./entry.tsx";
import { useLights } from "./light-up.ts";

/** More rows or columns than this are cut short. */
const MOST_ROWS = 16;
const MOST_COLUMNS = 32;

export function Grid({ matrix }: { matrix: Matrix }) {
  const { id, shape, axes, values, operation, symbol } = matrix;
  const table = useRef<HTMLTableElement>(null);
  /** Places among what is shown, not in the matrix. */
  const focused = useSignal<readonly [row: number, column: number]>([0, 0]);
  /** The step in which an entry is being changed: in another one, that is over. */
  const editedIn = useSignal<Derivation | null>(null);
  const editing = editedIn.value === derivation.value;
  const rows = shownIndices(shape[0], MOST_ROWS);
  const columns = shownIndices(shape[1], MOST_COLUMNS);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const isGiven = operation.kind === "given";
  const isLabels = isGiven && operation.source === "labels";
  const [atRow, atColumn] = [
    Math.min(focused.value[0], rows.length - 1),
    Math.min(focused.value[1], columns.length - 1),
  ];

  const hasLabels = axes[0].name !== "";
  useLights(table, id, (place) => {
    const row = rows.indexOf(Math.floor(place / shape[1]));
    const column = columns.indexOf(place % shape[1]);
    return row < 0 || column < 0
      ? undefined
      : table.current!.tBodies[0].rows[row].cells[column + (hasLabels ? 1 : 0)];
  });

  const cellAt = (row: number, column: number): Cell | null => {
    const [r, c] = [rows[row], columns[column]];
    return r === undefined || c === undefined ? null : { id, row: r, column: c };
  };
  const focus = (row: number, column: number): void => {
    focused.value = [row, column];
    entryAt(table.current!, row, column)?.focus();
  };
  const begin = (row: number, column: number): void => {
    const cell = cellAt(row, column);
    if (!isGiven || cell === null) return;
    if (isLabels) setCell(cell, 1);
    else {
      focused.value = [row, column];
      editedIn.value = derivation.value;
    }
  };
  const finish = (value: number | undefined): void => {
    editedIn.value = null;
    const cell = cellAt(atRow, atColumn);
    if (value !== undefined && cell !== null) setCell(cell, value);
  };
  // What was changed by keys is left by keys: the focus goes back to the entry.
  const wasEditing = useRef(false);
  useLayoutEffect(() => {
    if (wasEditing.current && !editing && document.activeElement === document.body) focus(atRow, atColumn);
    wasEditing.current = editing;
  }, [editing]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (editing || metaKey || altKey) return;
    const place = moved(key, [atRow, atColumn], rows.length, columns.length, ctrlKey);
    if (place !== undefined) focus(...place);
    else if (ctrlKey) return;
    else if (key === "Enter" || key === " " || key === "F2") {
      if (!isGiven) return;
      begin(atRow, atColumn);
    } else if (key === "Escape") {
      selected.value = null;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="values">
      <table
        ref={table}
        role="grid"
        aria-label={`${symbol.text}, ${shape.join(" by ")}`}
        aria-readonly={!isGiven}
        onKeyDown={onKeyDown}
        onPointerOver={(event) => (pointedAt.value = cellOf(event.target, cellAt))}
        onPointerLeave={() => (pointedAt.value = null)}
        onFocusIn={(event) => {
          const place = placeIn(event.target);
          if (place === null) return;
          focused.value = place;
          selected.value = cellAt(...place);
        }}
      >
        {axes[1].name !== "" && (
          <thead>
            <tr>
              {hasLabels && <td class="corner" />}
              {columns.map((column) => (
                <th key={column ?? "gap"} scope="col">
                  {labelOf(axes[1], column)}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, r) => (
            <tr key={row ?? "gap"}>
              {hasLabels && <th scope="row">{labelOf(axes[0], row)}</th>}
              {columns.map((column, c) => {
                const cell = cellAt(r, c);
                const place = cell === null ? -1 : cell.row * shape[1] + cell.column;
                const isFocused = r === atRow && c === atColumn;
                return (
                  <Entry
                    key={column ?? "gap"}
                    place={[r, c]}
                    value={values[place]}
                    largest={largest}
                    takesFocus={isFocused}
                    given={isGiven}
                    editing={isFocused && editing && cell !== null}
                    name={isGiven && cell !== null ? cellName(derivation.value, cell) : ""}
                    onBegin={() => begin(r, c)}
                    onFinish={finish}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function labelOf(axis: Axis, index: number | undefined): string {
  return index === undefined ? "…" : axisLabel(axis, index);
}

function entryAt(table: HTMLElement, row: number, column: number): HTMLElement | null {
  return table.querySelector(`[data-place="${row},${column}"]`);
}

function placeIn(target: EventTarget | null): readonly [number, number] | null {
  const entry = target instanceof Element ? target.closest<HTMLElement>("[data-place]") : null;
  if (entry === null) return null;
  const [row, column] = entry.dataset["place"]!.split(",").map(Number);
  return [row, column];
}

function cellOf(
  target: EventTarget | null,
  cellAt: (row: number, column: number) => Cell | null,
): Cell | null {
  const place = placeIn(target);
  return place === null ? null : cellAt(...place);
}
