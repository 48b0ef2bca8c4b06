/** The network and batch that are worked out. */
import { ACTIVATIONS } from "../../../core/spec.ts";
import { Control } from "../../views/control.tsx";
import type { ChoiceName } from "../state/choices.ts";
import { leaveChoice, problemOf, setChoice, textOf } from "../state/step.ts";

const LABELS: Record<ChoiceName, string> = {
  layers: "Layers",
  batch: "Batch size",
  activation: "Activation",
  seed: "Seed",
  lr: "Learning rate",
  "label-smoothing": "Label smoothing",
};

const HELP: Record<ChoiceName, string> = {
  layers: "Inputs, then units of each layer; the last are the classes.",
  batch: "Samples in the batch.",
  activation: "Function of the hidden layers.",
  seed: "Seed of weights, inputs and labels.",
  lr: "How far the update goes.",
  "label-smoothing": "What the labels give up to all classes.",
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
  return (
    <Control
      id={`inside-${name}`}
      label={LABELS[name]}
      value={textOf(name)}
      {...(name === "activation" && { choices: ACTIVATIONS })}
      help={HELP[name]}
      problem={problemOf(name)}
      inputMode={name === "layers" ? "text" : "decimal"}
      onChange={(text) => setChoice(name, text)}
      onLeave={() => leaveChoice(name)}
    />
  );
}
