/** One option: label, control, what it means, and what is wrong with it. */
import { choicesOf, describe, kindOf, runOptions, type RunOptionName } from "../../core/run-options.ts";
import { LABELS } from "../state/fields.ts";
import { isChanged, problems, setOption, textOf } from "../state/options.ts";

export function Field({ name }: { name: RunOptionName }) {
  const { schema, flag } = runOptions[name];
  const id = `option-${flag}`;
  const problem = problems.value[name];
  const shared = {
    id,
    "aria-describedby": `${id}-help`,
    "aria-invalid": problem !== undefined,
  };
  const set = (event: { currentTarget: { value: string } }): void =>
    setOption(name, event.currentTarget.value.trim());
  const kind = kindOf(schema);
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
    </div>
  );
}
