/** Interrupted runs can be gone on with: from a notice before the next run, and from their rows in the list. */
import { signal } from "@preact/signals";
import { toBacklitError } from "../../core/errors.ts";
import { counted, grouped, sentence } from "../format.ts";
import { titleOf, type Interrupted, type KeptRun } from "../state/kept-run.ts";
import { busy, phase, runId } from "../state/run.ts";
import { runs } from "../state/runs.ts";
import { elsewhere } from "../state/under-way.ts";
import { whatHinders } from "../state/what-hinders.ts";
import { HindranceText } from "./hindrance.tsx";

/** A run that can be gone on with, as long as nothing has been deleted. */
type InterruptedRun = KeptRun & { interrupted: Interrupted };

/** Whether it can be gone on with: one that is, here or in another tab, is not interrupted any more. */
export function isInterrupted(run: KeptRun): run is InterruptedRun {
  const isUnderWay = elsewhere.value.has(run.id) || (busy.value && runId() === run.id);
  return run.interrupted !== undefined && !isUnderWay;
}

/** Where it was asked for last, and why it was not to be. */
const problem = signal<{ place: string; text: string } | null>(null);

const NOTICE = "notice";

/** Of the newest one, while no run is on the stage. */
export function InterruptedNotice() {
  const run = runs.value.find(isInterrupted);
  if (phase.value !== "idle" || (!run && problem.value?.place !== NOTICE)) return null;
  const hindrance = run && hindranceOf(run);
  return (
    <div class="notice">
      {run && (
        <p>
          A run was interrupted after {grouped(run.interrupted.epoch)} of{" "}
          {counted(run.interrupted.epochs, "epoch")}. {hindrance && <HindranceText hindrance={hindrance} />}
        </p>
      )}
      {run && !hindrance && (
        <button type="button" class="secondary" onClick={() => void begin(run, NOTICE)}>
          Go on from step {grouped(run.steps)}
        </button>
      )}
      <Problem place={NOTICE} />
    </div>
  );
}

/** In the run's row. */
export function GoOnButton({ run }: { run: InterruptedRun }) {
  if (hindranceOf(run)) return null;
  const step = grouped(run.steps);
  return (
    <button
      type="button"
      class="link"
      disabled={busy.value}
      aria-label={`Go on with ${titleOf(run)} from step ${step}`}
      title={`From step ${step}`}
      onClick={() => void begin(run, run.id)}
    >
      Go on
    </button>
  );
}

/** Why a run of the list cannot be gone on with, or was not when that was asked for. */
export function GoOnProblem({ run }: { run: KeptRun }) {
  const hindrance = isInterrupted(run) && hindranceOf(run);
  if (!hindrance) return <Problem place={run.id} />;
  return (
    <small>
      <HindranceText hindrance={hindrance} />
    </small>
  );
}

function Problem({ place }: { place: string }) {
  if (problem.value?.place !== place) return null;
  return (
    <p class="problem" role="alert">
      {problem.value.text}
    </p>
  );
}

function hindranceOf({ interrupted: { engine }, dataset }: InterruptedRun) {
  return whatHinders({ engine, dataset });
}

/** @param place where it was asked for, which is where it is said if it is not to be */
async function begin(run: KeptRun, place: string): Promise<void> {
  problem.value = null;
  try {
    const { goOnWith } = await import("../model/go-on-with.ts");
    await goOnWith(run);
    // What was pressed is gone, or cannot be pressed any more.
    if (busy.peek()) document.querySelector<HTMLElement>(".run-bar .primary")?.focus({ preventScroll: true });
  } catch (error) {
    const { message, hint } = toBacklitError(error);
    problem.value = { place, text: `${sentence(message)} ${hint}` };
  }
}
