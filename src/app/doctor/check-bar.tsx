/** Start, stop, and where the check stands. */
import { counted, duration, grouped } from "../format.ts";
import { whyNoWebGpu } from "../state/no-webgpu.ts";
import { adapterState } from "../state/trainer.ts";
import {
  busy,
  failure,
  phase,
  problem,
  report,
  results,
  startCheck,
  stopCheck,
  stopped,
  total,
} from "./state.ts";

export function CheckBar() {
  const asked = adapterState.value;
  const without =
    asked.state === "none" ? `${whyNoWebGpu(asked.error).text} So there is nothing to check.` : "";
  return (
    <div class="run-bar">
      <div class="buttons">
        {busy.value ? (
          <button type="button" class="secondary" onClick={stopCheck}>
            {phase.value === "stopping" ? "Stop at once" : "Stop"}
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            disabled={without !== "" || problem.value !== undefined}
            onClick={() => void startCheck()}
          >
            {phase.value === "ended" ? "Check again" : "Start the check"}
          </button>
        )}
      </div>
      <p class="status" role="status">
        {statusText(without)}
      </p>
      {busy.value && (
        <>
          <p class="hint">
            {total.value > 0 && `${grouped(results.value.length)} of ${counted(total.value, "case")}`}
          </p>
          <progress
            class="run-progress"
            aria-label="Progress"
            max={1}
            value={total.value > 0 ? results.value.length / total.value : undefined}
          />
        </>
      )}
    </div>
  );
}

/** Changes seldom enough to be read out. */
function statusText(without: string): string {
  const wrong = results.value.filter(({ failure: text }) => text !== "").length;
  switch (phase.value) {
    case "idle":
      if (without !== "") return without;
      return problem.value === undefined ? "Ready." : "One of the numbers is not valid.";
    case "starting":
      return "Preparing.";
    case "running":
      return wrong === 0 ? "Checking; everything agrees so far." : `Checking; ${wrong} wrong so far.`;
    case "stopping":
      return "Stopping after what is under way.";
    case "ended":
      if (failure.value) return "The check ended with an error.";
      if (!report.value) return "Stopped.";
      if (!stopped.value) return `Done in ${duration(report.value.seconds)}.`;
      return `Stopped after ${grouped(report.value.cases)} of ${counted(total.value, "case")}.`;
  }
}
