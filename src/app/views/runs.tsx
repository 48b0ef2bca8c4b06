/** The runs that this browser keeps: to be compared, named, repeated, taken away, deleted. */
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { decimal, duration, grouped, percent } from "../format.ts";
import { saveFile } from "../save-file.ts";
import { curvesToCsv, runsToCsv, titleOf, type KeptRun } from "../state/kept-run.ts";
import { linkTo } from "../state/options.ts";
import {
  deleteRun,
  ghosts,
  MOST_COMPARED,
  openRuns,
  renameRun,
  runs,
  setCompared,
  storageProblem,
} from "../state/runs.ts";

export function Runs() {
  useEffect(() => void openRuns(), []);
  if (runs.value.length === 0) return null;
  return (
    <section class="runs" aria-labelledby="runs-title">
      <h2 id="runs-title">Runs</h2>
      <p class="fine">
        Kept by this browser, without their models. Up to {MOST_COMPARED} can lie behind the curves for
        comparison.
      </p>
      {storageProblem.value !== "" && (
        <p class="notice" role="status">
          {storageProblem.value}
        </p>
      )}
      <div class="scroller" tabIndex={0} role="region" aria-label="List of runs">
        <table>
          <thead>
            <tr>
              <th scope="col">Compare</th>
              <th scope="col">Run</th>
              <th scope="col">Test accuracy</th>
              <th scope="col">Validation</th>
              <th scope="col">Steps</th>
              <th scope="col">Time</th>
              <th scope="col">
                <span class="unseen">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.value.map((run) => (
              <Row key={run.id} run={run} />
            ))}
          </tbody>
        </table>
      </div>
      <div class="buttons">
        <button type="button" class="quiet" onClick={() => exportAll("csv")}>
          Figures as CSV
        </button>
        <button type="button" class="quiet" onClick={() => exportAll("json")}>
          Everything as JSON
        </button>
      </div>
    </section>
  );
}

function Row({ run }: { run: KeptRun }) {
  const renaming = useSignal(false);
  const ghost = ghosts.value.find((candidate) => candidate.run.id === run.id);
  const title = titleOf(run);
  return (
    <tr class={ghost ? `ghost-${ghost.colour}` : undefined}>
      <td class="compare">
        <input
          type="checkbox"
          aria-label={`Compare with ${title}`}
          checked={ghost !== undefined}
          disabled={!ghost && ghosts.value.length >= MOST_COMPARED}
          onChange={(event) => setCompared(run.id, event.currentTarget.checked)}
        />
        {ghost && <span class="key" />}
      </td>
      <th scope="row">
        {renaming.value ? (
          <NameField run={run} onDone={() => (renaming.value = false)} />
        ) : (
          <a href={linkTo(run.options)} title="Its options">
            {title}
          </a>
        )}
        <small>
          {new Date(run.at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}, seed{" "}
          {run.options.seed ?? "1"}
          {run.ending !== "completed" && `, ${ENDINGS[run.ending] ?? "ended by an error"}`}
        </small>
      </th>
      <td>{run.test ? percent(run.test.accuracy) : "none"}</td>
      <td title={run.validation ? `loss ${decimal(run.validation.loss)}` : undefined}>
        {run.validation ? percent(run.validation.accuracy) : "none"}
      </td>
      <td>{grouped(run.steps)}</td>
      <td title={run.software ? `${run.adapter}, not a GPU` : run.adapter}>{duration(run.seconds)}</td>
      <td class="actions">
        <button
          type="button"
          class="link"
          aria-label={`Rename ${title}`}
          onClick={() => (renaming.value = true)}
        >
          Rename
        </button>
        <button
          type="button"
          class="link"
          aria-label={`Curves of ${title} as CSV`}
          onClick={() => saveFile(`${fileName(title)}.csv`, curvesToCsv(run.curves), "text/csv")}
        >
          CSV
        </button>
        <button
          type="button"
          class="link"
          aria-label={`Delete ${title}`}
          onClick={() => void deleteRun(run.id)}
        >
          Delete
        </button>
      </td>
    </tr>
  );
}

const ENDINGS: Record<string, string> = {
  aborted: "stopped",
  "max-steps": "ended as asked",
  "early-stopping": "ended early",
  "training/diverged": "diverged",
  "gpu/device-lost": "the GPU was lost",
};

function NameField({ run, onDone }: { run: KeptRun; onDone: () => void }) {
  const keep = (text: string): void => {
    void renameRun(run.id, text.trim());
    onDone();
  };
  return (
    <input
      class="name"
      type="text"
      aria-label={`Name of ${titleOf(run)}`}
      defaultValue={run.name}
      placeholder={titleOf({ ...run, name: "" })}
      maxLength={60}
      ref={(field) => field?.focus()}
      onBlur={(event) => keep(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") keep(event.currentTarget.value);
        if (event.key !== "Escape") return;
        // Leaving the field keeps what is in it.
        event.currentTarget.value = run.name;
        onDone();
      }}
    />
  );
}

function exportAll(kind: "csv" | "json"): void {
  const all = runs.value;
  if (kind === "csv") saveFile("backlit-runs.csv", runsToCsv(all, linkTo), "text/csv");
  else saveFile("backlit-runs.json", `${JSON.stringify(all, null, 2)}\n`, "application/json");
}

/** What every file system takes. */
function fileName(title: string): string {
  return title.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "run";
}
