/** The network and batch that are worked out. */
import { ACTIVATIONS } from "../../../core/spec.ts";
import type { ChoiceName } from "../state/choices.ts";
import { problemOf, setChoice, textOf } from "../state/step.ts";

const LABELS: Record<ChoiceName, string> = {
  layers: "Layers",
  batch: "Batch size",
  activation: "Activation",
  seed: "Seed",
  lr: "Learning rate",
  "label-smoothing": "Label smoothing",
};

const HELP: Record<ChoiceName, string> = {
  layers: "inputs, then units of each layer; the last are the classes",
  batch: "samples in the batch",
  activation: "of the hidden layers",
  seed: "of weights, inputs and labels",
  lr: "how far the update goes",
  "label-smoothing": "what the labels give up to all classes",
};

export function ChoiceForm() {
  return (
    <form class="choices" aria-label="The step to work out" onSubmit={(event) => event.preventDefault()}>
      {(Object.keys(LABELS) as ChoiceName[]).map((name) => (
        <Choice key={name} name={name} />
      ))}
      <button
        type="button"
        class="secondary"
        onClick={() => setChoice("seed", String((Number(textOf("seed")) || 0) + 1))}
      >
        Other numbers
      </button>
    </form>
  );
}

function Choice({ name }: { name: ChoiceName }) {
  const id = `inside-${name}`;
  const problem = problemOf(name);
  const shared = {
    id,
    value: textOf(name),
    "aria-describedby": `${id}-help`,
    "aria-invalid": problem !== undefined,
  };
  return (
    <div class="field">
      <label for={id}>{LABELS[name]}</label>
      {name === "activation" ? (
        <select {...shared} onChange={({ currentTarget }) => setChoice(name, currentTarget.value)}>
          {ACTIVATIONS.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          type="text"
          inputMode={name === "layers" ? "text" : "decimal"}
          autoComplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => setChoice(name, currentTarget.value.trim())}
        />
      )}
      <p id={`${id}-help`} class={problem === undefined ? "help" : "help wrong"} aria-live="polite">
        {problem ?? HELP[name]}
      </p>
    </div>
  );
}
