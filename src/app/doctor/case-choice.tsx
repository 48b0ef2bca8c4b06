/** Which cases: the standard ones, or so many random ones. */
import { Control } from "../views/control.tsx";
import { casesProblem, seedProblem } from "./link.ts";
import { busy, casesText, random, seedText } from "./state.ts";

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
            <Control
              id="doctor-cases"
              label="Cases"
              value={casesText.value}
              help="how many"
              problem={casesProblem(casesText.value)}
              inputMode="numeric"
              onChange={(text) => (casesText.value = text)}
            />
            <Control
              id="doctor-seed"
              label="Seed"
              value={seedText.value}
              help="of shapes and contents"
              problem={seedProblem(seedText.value)}
              inputMode="numeric"
              onChange={(text) => (seedText.value = text)}
            />
          </div>
        )}
      </fieldset>
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
