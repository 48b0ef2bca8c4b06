/** A labelled control: a field for text, or a list to choose from; below it what it means, or what is wrong with it. */

interface Props {
  id: string;
  label: string;
  /** As typed. */
  value: string;
  /** To choose from; without any it is typed. */
  choices?: readonly string[];
  help: string;
  /** What is wrong with the value; undefined where nothing is. */
  problem?: string | undefined;
  /** What the value comes to. */
  note?: string | undefined;
  /** Which keys a screen offers. */
  inputMode?: "text" | "decimal" | "numeric";
  placeholder?: string | undefined;
  class?: string;
  /** With what is typed or chosen, trimmed. */
  onChange: (text: string) => void;
  /** When the field is left. */
  onLeave?: (() => void) | undefined;
}

export function Control(props: Props) {
  const { id, label, value, choices, help, problem, note, onChange } = props;
  const shared = {
    id,
    value,
    "aria-describedby": note === undefined ? `${id}-help` : `${id}-help ${id}-note`,
    "aria-invalid": problem !== undefined,
    onBlur: props.onLeave,
  };
  const change = ({ currentTarget }: { currentTarget: { value: string } }): void =>
    onChange(currentTarget.value.trim());
  return (
    <div class={`field ${props.class ?? ""}`}>
      <label for={id}>{label}</label>
      {choices === undefined ? (
        <input
          {...shared}
          type="text"
          inputMode={props.inputMode ?? "decimal"}
          autoComplete="off"
          spellcheck={false}
          placeholder={props.placeholder}
          onInput={change}
        />
      ) : (
        <select {...shared} onChange={change}>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      )}
      <p id={`${id}-help`} class={problem === undefined ? "help" : "help wrong"} aria-live="polite">
        {problem ?? help}
      </p>
      {note !== undefined && (
        <p id={`${id}-note`} class="note" aria-live="polite">
          {note}
        </p>
      )}
    </div>
  );
}
