/** A part of the stage that costs something to show: there only while it is open. */
import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";

export function Panel({ title, children }: { title: string; children: () => ComponentChildren }) {
  const open = useSignal(false);
  return (
    <details class="behind" onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{title}</summary>
      {open.value && children()}
    </details>
  );
}
