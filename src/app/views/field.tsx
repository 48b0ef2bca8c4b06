/** One option of a run, as its schema has it. */
import type { ReadonlySignal } from "@preact/signals";
import { idleBecauseOf } from "../../core/idle-options.ts";
import {
  choicesOf,
  describe,
  kindOf,
  runOptions,
  type RunOption,
  type RunOptionName,
} from "../../core/run-options.ts";
import { sentence, withMinus } from "../format.ts";
import { LABELS } from "../state/fields.ts";
import {
  batchNote,
  isChanged,
  leaveOption,
  problems,
  resolved,
  textOf,
  typeOption,
  validationNote,
} from "../state/options.ts";
import { Control } from "./control.tsx";

/** What some values come to on the data that is chosen. */
const NOTES: Partial<Record<RunOptionName, ReadonlySignal<string | undefined>>> = {
  batchSize: batchNote,
  validation: validationNote,
};

export function Field({ name }: { name: RunOptionName }) {
  const { schema, flag, perLayer }: RunOption = runOptions[name];
  // A value for each layer is no choice of a list.
  const kind = perLayer && textOf(name).includes(",") ? "array" : kindOf(schema);
  return (
    <Control
      id={`option-${flag}`}
      label={LABELS[name]}
      value={textOf(name)}
      {...(kind === "picklist" && { choices: choicesOf(schema) })}
      help={sentence(withMinus(describe(name)))}
      problem={problems.value[name]}
      note={NOTES[name]?.value}
      inputMode={kind === "number" ? "decimal" : "text"}
      placeholder={name === "maxSteps" ? "all" : undefined}
      class={kind === "array" ? "wide" : ""}
      changed={isChanged(name)}
      idle={idleBecauseOf(name, resolved.value)}
      onChange={(text) => typeOption(name, text)}
      onLeave={() => leaveOption(name)}
    />
  );
}
