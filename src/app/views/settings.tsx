/** What to train, and how: made from the table of run options. */
import { useSignalEffect } from "@preact/signals";
import { FIRST, OTHERS } from "../state/fields.ts";
import { counted } from "../format.ts";
import { datasetTitle, OFFERS, OWN_FILES, UNREADABLE } from "../state/datasets.ts";
import {
  anyChanged,
  inForce,
  linkProblems,
  linkTo,
  problems,
  resetOptions,
  resolved,
  setOption,
} from "../state/options.ts";
import { missingFiles } from "../state/own-files.ts";
import { narrow, unfolded } from "../state/narrow.ts";
import { writeCommand } from "../state/permalink.ts";
import { busy } from "../state/run.ts";
import { CopyButton } from "./copy-button.tsx";
import { ChangedDot } from "./control.tsx";
import { Field } from "./field.tsx";
import { LinkProblems } from "./link-problems.tsx";
import { OwnFiles } from "./own-files.tsx";

export function Settings() {
  useSignalEffect(() => {
    // Files that are asked for are chosen here.
    if (resolved.value.data === OWN_FILES && missingFiles.value.length > 0) unfolded.value = true;
  });
  return (
    <form class="settings" aria-label="Settings" onSubmit={(event) => event.preventDefault()}>
      <LinkProblems problems={linkProblems.value} onUnderstood={() => (linkProblems.value = [])} />
      <details
        class="fold"
        open={!narrow.value || unfolded.value}
        onToggle={(event) => {
          if (narrow.peek()) unfolded.value = event.currentTarget.open;
        }}
      >
        <summary>
          Settings <small>{inShort()}</small>
        </summary>
        <Options />
      </details>
    </form>
  );
}

/** What stands beside the folded settings. */
function inShort(): string {
  const { data, epochs, seed } = resolved.value;
  return `${datasetTitle(data)}, ${counted(epochs, "epoch")}, seed ${seed}`;
}

function Options() {
  return (
    <>
      <fieldset disabled={busy.value} class="plain">
        <legend class="unseen">Settings of the run</legend>
        <DataOffers />
        {resolved.value.data === OWN_FILES && <OwnFiles />}
        <div class="title">
          <h2>Network and training</h2>
          {anyChanged.value && (
            <small aria-hidden="true">
              <ChangedDot /> changed
            </small>
          )}
        </div>
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
      <p class="fine">
        {Object.keys(problems.value).length > 0 &&
          "Of what is not valid, the address, the link and the command hold what it was before. "}
        {resolved.value.data === OWN_FILES
          ? "The address of this page holds these settings, but not your files: whoever opens it is asked for them, and so are you when you come back to it. In the command, DIR stands for their folder."
          : "The address of this page holds these settings: share it, or come back to it."}
      </p>
      <div class="buttons">
        <CopyButton label="Copy link" text={() => linkTo(inForce.value)} />
        <CopyButton label="Copy as command line" text={() => writeCommand(inForce.value)} />
        {anyChanged.value && !busy.value && (
          <button type="button" class="quiet" onClick={resetOptions}>
            Back to the defaults
          </button>
        )}
      </div>
    </>
  );
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
