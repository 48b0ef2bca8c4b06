/**
 * A number typed where it is shown: what cannot be read is marked, changes nothing while it stands there, and is gone when
 * the field is left.
 */
import { useSignal } from "@preact/signals";

interface Props {
  label: string;
  value: number;
  /** Undefined where the text is no such number. */
  read: (text: string) => number | undefined;
  onChange: (value: number) => void;
}

export function NumberField({ label, value, read, onChange }: Props) {
  // What stands in the field may be on its way to a number, as `0.` is.
  const typed = useSignal<string | null>(null);
  const before = useSignal(value);
  return (
    <input
      type="text"
      inputMode="decimal"
      autoComplete="off"
      aria-label={label}
      aria-invalid={typed.value !== null && read(typed.value) === undefined}
      value={typed.value ?? String(value)}
      onFocus={() => (before.value = value)}
      onInput={(event) => {
        typed.value = event.currentTarget.value;
        onChange(read(typed.value) ?? before.value);
      }}
      onBlur={() => (typed.value = null)}
    />
  );
}
