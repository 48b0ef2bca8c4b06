/** One option: label, control, what it means, and what is wrong with it. */
import { choicesOf, describe, kindOf, runOptions, type RunOptionName } from "../../core/run-options.ts";
import { LABELS } from "../state/fields.ts";
import { batchNote, isChanged, problems, setOption, textOf } from "../state/options.ts";

export function Field({ name }: { name: RunOptionName }) {
  const { schema, flag } = runOptions[name];
  const id = `option-${flag}`;
  const problem = problems.value[name];
  const shared = {
    id,
    "aria-describedby": `${id}-help ${id}-note`,
    "aria-invalid": problem !== undefined,
  };
  const set = (event: { currentTarget: { value: string } }): void =>
    setOption(name, event.currentTarget.value.trim());
  // A value for each layer is no choice of a list.
  const kind = textOf(name).includes(",") ? "array" : kindOf(schema);
  const note = name === "batchSize" ? batchNote.value : undefined;
  return (
    <div class={`field${kind === "array" ? " wide" : ""}${isChanged(name) ? " changed" : ""}`}>
      <label for={id}>{LABELS[name]}</label>
      {kind === "picklist" ? (
        <select {...shared} value={textOf(name)} onChange={set}>
          {choicesOf(schema).map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          type="text"
          inputMode={kind === "number" ? "decimal" : "text"}
          autoComplete="off"
          spellcheck={false}
          value={textOf(name)}
          placeholder={name === "maxSteps" ? "all" : undefined}
          onInput={set}
        />
      )}
      <p id={`${id}-help`} class={problem === undefined ? "help" : "help wrong"} aria-live="polite">
        {problem ?? describe(name)}
      </p>
      {note !== undefined && (
        <p id={`${id}-note`} class="note" aria-live="polite">
          {note}
        </p>
      )}
    </div>
  );
}
