/** What a hidden layer does with its sums: its activation, and how many of its units are dropped in a step. */
import { ACTIVATIONS, type Activation } from "../../core/spec.ts";
import { readRate } from "../state/architecture.ts";
import { NumberField } from "./number-field.tsx";

interface Props<T> {
  /** Where no label stands around it. */
  label?: string;
  value: T;
  onChange: (value: T) => void;
}

export function ActivationChoice({ label, value, onChange }: Props<Activation>) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Activation)}
    >
      {ACTIVATIONS.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

export function DropoutSlider({ value, onChange }: Props<number>) {
  return (
    <label class="slider">
      Dropout
      <input
        type="range"
        min="0"
        max="0.9"
        step="0.05"
        value={value}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      <output>{value}</output>
    </label>
  );
}

/** Where there is no room for a slider. */
export function DropoutField({ label = "Dropout", ...props }: Props<number>) {
  return (
    <div class="own-dropout">
      <span aria-hidden="true">dropout</span>
      <NumberField label={label} read={readRate} {...props} />
    </div>
  );
}
