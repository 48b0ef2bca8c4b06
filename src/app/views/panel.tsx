/** A part of the stage that costs something to show: there only while it is open. */
import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";

interface PanelProps {
  title: string;
  /** Whether it is open until somebody closes it. */
  opened?: boolean;
  children: () => ComponentChildren;
}

export function Panel({ title, opened = false, children }: PanelProps) {
  const open = useSignal(opened);
  return (
    <details class="behind" open={open.value} onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{title}</summary>
      {open.value && children()}
    </details>
  );
}
