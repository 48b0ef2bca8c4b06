/**
 * Lights up the entries of a matrix, past the views: with every move of a pointer only the entries that change are
 * touched, and not every number on the page.
 */
import { useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { lights } from "../state/selection.ts";

/**
 * @param entryOf the entry at a place, counted row by row; undefined where it is not shown
 */
export function useLights(
  table: RefObject<HTMLTableElement | null>,
  id: string,
  entryOf: (place: number) => Element | undefined,
): void {
  const lit = useRef<Element[]>([]);
  const find = useRef(entryOf);
  find.current = entryOf;
  const apply = (): void => {
    const wanted = lights.value.get(id);
    for (const entry of lit.current) {
      entry.removeAttribute("data-light");
      entry.setAttribute("aria-selected", "false");
    }
    lit.current = [];
    if (wanted === undefined || table.current === null) return;
    for (const [place, light] of wanted) {
      const entry = find.current(place);
      if (entry === undefined) continue;
      entry.setAttribute("data-light", light);
      entry.setAttribute("aria-selected", String(light === "at"));
      lit.current.push(entry);
    }
  };
  useSignalEffect(apply);
  // Entries may have come, gone or moved.
  useLayoutEffect(apply);
}
