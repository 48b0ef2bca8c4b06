/** Which cases: the standard ones, or so many random ones. */
import type { Signal } from "@preact/signals";
import { casesProblem, seedProblem } from "./link.ts";
import { busy, casesText, linkProblems, problem, random, seedText } from "./state.ts";

export function CaseChoice() {
  return (
    <form class="case-choice" aria-label="Cases" onSubmit={(event) => event.preventDefault()}>
      <fieldset class="plain" disabled={busy.value}>
        <legend class="unseen">Cases</legend>
        <Choice
          value={false}
          title="Standard cases"
          note="about half a minute on a software adapter, less on a GPU"
        />
        <Choice
          value={true}
          title="Random cases"
          note="other shapes for every seed, the same for the same seed"
        />
        {random.value && (
          <div class="fields">
            <NumberField
              id="doctor-cases"
              label="Cases"
              text={casesText}
              problem={casesProblem(casesText.value)}
            />
            <NumberField
              id="doctor-seed"
              label="Seed"
              text={seedText}
              problem={seedProblem(seedText.value)}
            />
          </div>
        )}
      </fieldset>
      {linkProblems.value.length > 0 && (
        <p class="fine" role="status">
          {`Of this link was ignored: ${linkProblems.value.join("; ")}.`}
        </p>
      )}
      <p class="fine wrong" role="status" id="doctor-problem">
        {problem.value && `${problem.value}.`}
      </p>
    </form>
  );
}

function Choice({ value, title, note }: { value: boolean; title: string; note: string }) {
  return (
    <label class="offer">
      <input
        type="radio"
        name="doctor-kind"
        value={value ? "random" : "standard"}
        checked={random.value === value}
        onChange={() => (random.value = value)}
      />
      <span>
        {title} <small>{note}</small>
      </span>
    </label>
  );
}

interface NumberFieldProps {
  id: string;
  label: string;
  text: Signal<string>;
  problem: string | undefined;
}

function NumberField({ id, label, text, problem: wrong }: NumberFieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        autoComplete="off"
        value={text.value}
        aria-describedby="doctor-problem"
        aria-invalid={wrong !== undefined}
        onInput={(event) => (text.value = event.currentTarget.value.trim())}
      />
    </div>
  );
}
