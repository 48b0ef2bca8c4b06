/** The runs that this browser keeps: to be compared, named, repeated, taken away, deleted and had back. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { decimal, duration, grouped, percent } from "../format.ts";
import { saveFile } from "../save-file.ts";
import { curvesToCsv, endingOf, runsToCsv, titleOf, type KeptRun } from "../state/kept-run.ts";
import { linkTo } from "../state/options.ts";
import { busy, runId, start } from "../state/run.ts";
import {
  deleted,
  deleteRun,
  ghosts,
  MOST_COMPARED,
  openRuns,
  renameRun,
  runs,
  setCompared,
  storageProblem,
  undoDelete,
} from "../state/runs.ts";
import { elsewhere } from "../state/under-way.ts";
import { GoOnButton, GoOnProblem, isInterrupted } from "./interrupted.tsx";

export function Runs() {
  const title = useRef<HTMLHeadingElement>(null);
  /** The run whose row is to have the focus, as soon as it is there; empty where none is left. */
  const next = useRef<string | null>(null);
  useEffect(() => void openRuns(), []);
  useLayoutEffect(() => {
    if (next.current === null) return;
    const button = document.getElementById(deleteId(next.current));
    (button ?? title.current!).focus();
    // With the way back, which stands below the title.
    if (!button) title.current!.parentElement!.scrollIntoView({ block: "nearest" });
    next.current = null;
  });
  const all = runs.value;
  const others = elsewhere.value.size;
  if (all.length === 0 && deleted.value.length === 0 && others === 0) return null;
  const remove = ({ id }: KeptRun, index: number): void => {
    next.current = (all[index + 1] ?? all[index - 1])?.id ?? "";
    void deleteRun(id);
  };
  const undo = (): void => {
    next.current = deleted.value[0].run.id;
    void undoDelete();
  };
  return (
    <section class="runs" aria-labelledby="runs-title">
      <h2 id="runs-title" ref={title} tabIndex={-1}>
        Runs
      </h2>
      <p class="fine">
        Kept by this browser, without their models. Tick up to {MOST_COMPARED} to lay them behind the curves
        for comparison.
      </p>
      <p class="fine" role="status">
        {others > 0 &&
          (others === 1
            ? "A run is under way in another tab."
            : `${grouped(others)} runs are under way in other tabs.`)}
      </p>
      {storageProblem.value !== "" && (
        <p class="notice" role="status">
          {storageProblem.value}
        </p>
      )}
      {all.length > 0 && <List runs={all} onDelete={remove} />}
      <Deleted onUndo={undo} />
    </section>
  );
}

/** The button that deletes a run. */
function deleteId(run: string): string {
  return `delete-${run}`;
}

/** Stays in sight, wherever in the list one was deleted. */
function Deleted({ onUndo }: { onUndo: () => void }) {
  const [last] = deleted.value;
  return (
    <div role="status" class={last ? "deleted" : undefined}>
      {last && (
        <>
          <span>“{titleOf(last.run)}” is deleted.</span>
          <button type="button" class="link" onClick={onUndo}>
            Undo
          </button>
        </>
      )}
    </div>
  );
}

function List({
  runs: all,
  onDelete,
}: {
  runs: readonly KeptRun[];
  onDelete: (run: KeptRun, index: number) => void;
}) {
  return (
    <>
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
            {all.map((run, index) => (
              <Row key={run.id} run={run} onDelete={() => onDelete(run, index)} />
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
    </>
  );
}

function Row({ run, onDelete }: { run: KeptRun; onDelete: () => void }) {
  const renaming = useSignal(false);
  const rename = useRef<HTMLButtonElement>(null);
  const ghost = ghosts.value.find((candidate) => candidate.run.id === run.id);
  const title = titleOf(run);
  const isShown = start.value !== null && !busy.value && runId() === run.id;
  return (
    <tr class={ghost ? `ghost-${ghost.colour}` : undefined}>
      <td class="compare">
        <input
          type="checkbox"
          aria-label={`Compare with ${title}`}
          checked={ghost !== undefined}
          disabled={!ghost && (isShown || ghosts.value.length >= MOST_COMPARED)}
          title={isShown ? "Its own curves are shown" : undefined}
          onChange={(event) => setCompared(run.id, event.currentTarget.checked)}
        />
        {ghost && <span class="key" />}
      </td>
      <th scope="row">
        {renaming.value ? (
          <NameField
            run={run}
            onDone={() => (renaming.value = false)}
            onLeave={() => rename.current!.focus()}
          />
        ) : (
          <a href={linkTo(run.options)} title="Its options">
            {title}
          </a>
        )}
        <small>
          {new Date(run.at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" })}, seed{" "}
          {run.options.seed ?? "1"}
          {standingOf(run)}
        </small>
        <GoOnProblem run={run} />
      </th>
      <td data-label="Test">{run.test ? percent(run.test.accuracy) : "none"}</td>
      <td data-label="Validation" title={run.validation ? `loss ${decimal(run.validation.loss)}` : undefined}>
        {run.validation ? percent(run.validation.accuracy) : "none"}
      </td>
      <td data-label="Steps">{grouped(run.steps)}</td>
      <td data-label="Time" title={run.software ? `${run.adapter}, not a GPU` : run.adapter}>
        {duration(run.seconds)}
      </td>
      <td class="actions">
        {isInterrupted(run) && <GoOnButton run={run} />}
        <button
          ref={rename}
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
          onClick={() => void saveFile(`${fileName(title)}.csv`, curvesToCsv(run.curves), "text/csv")}
        >
          CSV
        </button>
        <button
          type="button"
          class="link"
          id={deleteId(run.id)}
          aria-label={`Delete ${title}`}
          onClick={onDelete}
        >
          Delete
        </button>
      </td>
    </tr>
  );
}

/** Nothing of a run that came to its end. */
function standingOf(run: KeptRun): string {
  if (elsewhere.value.has(run.id)) return ", under way in another tab";
  if (busy.value && runId() === run.id) return ", under way again";
  if (run.ending === "interrupted" && !run.interrupted)
    return ", interrupted; its checkpoint is kept no longer";
  return run.ending === "completed" ? "" : `, ${endingOf(run)}`;
}

/** @param onLeave by a key: takes the focus elsewhere, which keeps what is in the field */
function NameField({ run, onDone, onLeave }: { run: KeptRun; onDone: () => void; onLeave: () => void }) {
  return (
    <input
      class="name"
      type="text"
      aria-label={`Name of ${titleOf(run)}`}
      defaultValue={run.name}
      placeholder={titleOf({ ...run, name: "" })}
      maxLength={60}
      ref={(field) => field?.focus()}
      onBlur={(event) => {
        void renameRun(run.id, event.currentTarget.value.trim());
        onDone();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "Enter") return;
        if (event.key === "Escape") event.currentTarget.value = run.name;
        // It would go on to press what the focus moves to.
        event.preventDefault();
        onLeave();
      }}
    />
  );
}

function exportAll(kind: "csv" | "json"): void {
  const all = runs.value;
  if (kind === "csv") void saveFile("backlit-runs.csv", runsToCsv(all, linkTo), "text/csv");
  else void saveFile("backlit-runs.json", `${JSON.stringify(all, null, 2)}\n`, "application/json");
}

/** What every file system takes. */
function fileName(title: string): string {
  return title.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "run";
}
