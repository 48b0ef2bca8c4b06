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
  /** Whether the value is another than the one that is there by itself. */
  changed?: boolean;
  /** What makes the value mean nothing: `adamw`. */
  idle?: string | undefined;
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
  const { id, label, value, choices, help, problem, note, changed = false, idle, onChange } = props;
  const parts = { help: true, note: note !== undefined, idle: idle !== undefined, changed };
  const described = Object.entries(parts).filter(([, isThere]) => isThere);
  const shared = {
    id,
    value,
    "aria-describedby": described.map(([part]) => `${id}-${part}`).join(" "),
    "aria-invalid": problem !== undefined,
    onBlur: props.onLeave,
  };
  const change = ({ currentTarget }: { currentTarget: { value: string } }): void =>
    onChange(currentTarget.value.trim());
  return (
    <div class={`field ${props.class ?? ""} ${idle === undefined ? "" : "idle"}`}>
      <label for={id}>
        {label}
        {changed && <ChangedDot />}
      </label>
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
      {idle !== undefined && (
        <p id={`${id}-idle`} class="note">
          Not used by {idle}.
        </p>
      )}
      {changed && (
        <span id={`${id}-changed`} class="unseen">
          Changed from its default.
        </span>
      )}
    </div>
  );
}

/** Marks what is another than its default; in words that is said elsewhere. */
export function ChangedDot() {
  return (
    <span class="dot" aria-hidden="true">
      {" "}
      •
    </span>
  );
}
