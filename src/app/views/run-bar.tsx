/** Start, pause, stop, and where the run stands. */
import { computed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { byteSize, counted, grouped, percent } from "../format.ts";
import { askForReset, helpOpen } from "../state/keys.ts";
import {
  busy,
  done,
  epochs,
  evaluation,
  failure,
  hasJustEnded,
  latest,
  loading,
  outdated,
  phase,
  progress,
  start,
  startRun,
  stepRun,
  stopRun,
  targetSteps,
  toggleRun,
} from "../state/run.ts";
import { obstacle } from "../state/what-hinders.ts";
import { settling } from "../state/standstill.ts";

export function RunBar() {
  const bar = useRef<HTMLDivElement>(null);
  // Buttons come and go with the phase. Where the one that was pressed goes, the main one has the focus.
  void phase.value;
  const hadFocus = bar.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    if (!hadFocus || bar.current!.contains(document.activeElement)) return;
    bar.current!.querySelector<HTMLElement>(".primary")!.focus({ preventScroll: true });
  });
  return (
    <div class="run-bar" ref={bar}>
      <div class="buttons">
        <MainButton />
        <OtherButtons />
      </div>
      <p class="status" role="status">
        {statusText()}
      </p>
      <button type="button" class="quiet keys-button" onClick={() => (helpOpen.value = true)}>
        Keys <kbd aria-hidden="true">?</kbd>
      </button>
      <RunProgress />
    </div>
  );
}

/**
 * A run is on its way, or on its way out, and there is nothing to press but Stop. The buttons are not disabled meanwhile: a
 * disabled button loses the focus.
 */
const waits = computed(() => phase.value === "preparing" || phase.value === "stopping");

function OtherButtons() {
  return (
    <>
      {(busy.value || obstacle.value === undefined) && (
        <button
          type="button"
          class="secondary"
          title="Take one step, and pause (S)"
          aria-keyshortcuts="s"
          aria-disabled={waits.value}
          onClick={stepRun}
        >
          Step
        </button>
      )}
      {busy.value && (
        <button
          type="button"
          class="secondary stop"
          aria-disabled={phase.value === "stopping"}
          onClick={stopRun}
        >
          Stop
        </button>
      )}
      {(phase.value === "paused" || phase.value === "ended") && (
        <button
          type="button"
          class="secondary"
          title="Back to before the run (R)"
          aria-keyshortcuts="r"
          onClick={askForReset}
        >
          Reset
        </button>
      )}
    </>
  );
}

function MainButton() {
  if (phase.value === "running" || phase.value === "paused") {
    return (
      <button type="button" class="primary" aria-keyshortcuts="Space" onClick={toggleRun}>
        {phase.value === "running" ? "Pause" : "Go on"}
      </button>
    );
  }
  return (
    <button
      type="button"
      class="primary"
      aria-keyshortcuts={phase.value === "idle" ? "Space" : undefined}
      aria-disabled={waits.value}
      disabled={!busy.value && obstacle.value !== undefined}
      onClick={() => {
        // What was meant for Pause a moment ago does not clear the results away.
        if (!hasJustEnded()) void startRun();
      }}
    >
      {done.value ? "Train again" : "Start training"}
    </button>
  );
}

function RunProgress() {
  const data = loading.value;
  const waits = phase.value === "running" && latest.value === null;
  const share = data ? (data.total ? data.done / data.total : undefined) : waits ? undefined : progress.value;
  if (phase.value === "idle" || phase.value === "ended") return null;
  return <progress class="run-progress" aria-label="Progress" max={1} value={share} />;
}

/** Changes seldom enough to be read out: with the phase, and with every epoch. */
function statusText(): string {
  switch (phase.value) {
    case "idle":
      return obstacle.value ?? "Ready.";
    case "preparing":
      return preparing();
    case "running": {
      const finished = epochs.value.length;
      const all = start.value?.training.epochs ?? 0;
      if (latest.value === null) return "Working on the first steps.";
      const stands = finished === 0 ? "" : ` ${grouped(finished)} of ${counted(all, "epoch")} done.`;
      return `Training.${stands}${wholeSplit()}`;
    }
    case "paused":
      if (settling.value) return latest.value ? "Pausing …" : "Working on the first step.";
      return latest.value ? `Paused after ${counted(latest.value.step, "step")}.` : "Paused.";
    case "stopping":
      return "Stopping: saving the model and reading the test images.";
    case "ended":
      return ending();
  }
}

/** What a batch comes to that is larger than the training split. */
function wholeSplit(): string {
  if (!start.value) return "";
  const { training, rows } = start.value;
  return training.batchSize > rows.train ? ` Every step takes all ${counted(rows.train, "row")}.` : "";
}

function preparing(): string {
  const data = loading.value;
  if (!data) return "Preparing the engine.";
  switch (data.activity) {
    case "drawing":
      return "Drawing digits.";
    case "reading":
      return "Reading the files.";
    case "downloading": {
      const all = data.total === null ? "" : `, ${byteSize(data.total)}`;
      const from = data.mirror === "" ? "" : ` from ${new URL(data.mirror).host}`;
      return `Downloading${from}${all}.`;
    }
  }
}

function ending(): string {
  return outdated.value ? `${ended()} The settings have been changed since.` : ended();
}

function ended(): string {
  if (failure.value) return "The run ended with an error.";
  const taken = done.value?.steps ?? 0;
  const accuracy = evaluation.value ? ` Test accuracy ${percent(evaluation.value.report.accuracy)}.` : "";
  switch (done.value?.reason) {
    case "aborted":
      return `Stopped after ${grouped(taken)} of ${counted(targetSteps.value, "step")}.${accuracy}`;
    case "max-steps":
      return `Ended after ${counted(taken, "step")}, as asked.${accuracy}`;
    case "early-stopping":
      return `Ended early: validation stopped improving.${accuracy}`;
    default:
      return `Done.${accuracy}`;
  }
}
