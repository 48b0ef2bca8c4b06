/** What to train, and how: made from the table of run options. */
import { FIRST, OTHERS } from "../state/fields.ts";
import { OFFERS, OWN_FILES, UNREADABLE } from "../state/datasets.ts";
import {
  anyChanged,
  linkable,
  linkProblems,
  linkTo,
  resetOptions,
  resolved,
  setOption,
  texts,
} from "../state/options.ts";
import { writeCommand, type OptionTexts } from "../state/permalink.ts";
import { busy } from "../state/run.ts";
import { CopyButton } from "./copy-button.tsx";
import { Field } from "./field.tsx";
import { OwnFiles } from "./own-files.tsx";

export function Settings() {
  return (
    <form class="settings" aria-label="Settings" onSubmit={(event) => event.preventDefault()}>
      <LinkProblems />
      <fieldset disabled={busy.value} class="plain">
        <legend class="unseen">Settings of the run</legend>
        <DataOffers />
        {resolved.value.data === OWN_FILES && <OwnFiles />}
        <h2>Network and training</h2>
        <div class="fields">
          {FIRST.map((name) => (
            <Field key={name} name={name} />
          ))}
        </div>
        <details class="more">
          <summary>More options</summary>
          <div class="fields">
            {OTHERS.map((name) => (
              <Field key={name} name={name} />
            ))}
          </div>
        </details>
      </fieldset>
      <p class="fine">The address of this page holds these settings: share it, or come back to it.</p>
      <div class="buttons">
        <CopyButton label="Copy link" text={() => linkTo(linkable(texts.value))} />
        <CopyButton label="Copy as command line" text={() => writeCommand(shareable())} />
        {anyChanged.value && !busy.value && (
          <button type="button" class="quiet" onClick={resetOptions}>
            Back to the defaults
          </button>
        )}
      </div>
    </form>
  );
}

/** Own files cannot be in a link, but a command can name their folder. */
function shareable(): OptionTexts {
  const { data } = texts.value;
  return { ...linkable(texts.value), ...(data === OWN_FILES && { data }) };
}

function DataOffers() {
  return (
    <fieldset class="plain offers">
      <legend>Data</legend>
      {OFFERS.map(({ name, title, note }) => (
        <label key={name} class="offer">
          <input
            type="radio"
            name="data"
            value={name}
            checked={resolved.value.data === name}
            onChange={() => setOption("data", name)}
          />
          <span>
            {title} <small>{note}</small>
          </span>
        </label>
      ))}
      {UNREADABLE.map(({ name, title, homepage }) => (
        <p key={name} class="help">
          {title} is not among them: its mirror lets no page read it. Get its four files from{" "}
          <a href={homepage} rel="noreferrer">
            its own page
          </a>{" "}
          and choose them as own files.
        </p>
      ))}
    </fieldset>
  );
}

function LinkProblems() {
  const found = linkProblems.value;
  if (found.length === 0) return null;
  return (
    <div class="notice" role="status">
      <h2>This link is not quite right</h2>
      <ul>
        {found.map((problem) => (
          <li key={problem}>{problem}.</li>
        ))}
      </ul>
      <p>{found.length === 1 ? "It was" : "They were"} ignored; everything else applies.</p>
      <button type="button" class="quiet" onClick={() => (linkProblems.value = [])}>
        Understood
      </button>
    </div>
  );
}
