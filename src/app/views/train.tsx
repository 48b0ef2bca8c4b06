/** The training view: settings beside the stage on which the run happens. */
import { useSignalEffect } from "@preact/signals";
import { showStage } from "../show-stage.ts";
import { phase } from "../state/run.ts";
import { CellDialog } from "./cell-dialog.tsx";
import { KeyHelp, ResetQuestion } from "./key-help.tsx";
import { InterruptedNotice } from "./interrupted.tsx";
import { RunBar } from "./run-bar.tsx";
import { Overture } from "./overture.tsx";
import { ComparedRuns, Progress } from "./progress.tsx";
import { Report } from "./report.tsx";
import { RunProblems } from "./problems.tsx";
import { Runs } from "./runs.tsx";
import { Settings } from "./settings.tsx";

export function Train() {
  useSignalEffect(() => {
    if (phase.value === "preparing") showStage();
  });
  return (
    <div class="page">
      <h2 id="train-title" class="unseen">
        Train
      </h2>
      <Settings />
      <section class="stage" id="stage" data-phase={phase.value} aria-label="Training run" tabIndex={-1}>
        <RunBar />
        <InterruptedNotice />
        <RunProblems />
        {phase.value === "idle" ? <Overture /> : <Progress />}
        <ComparedRuns />
        <Report />
        <Runs />
      </section>
      <CellDialog />
      <KeyHelp />
      <ResetQuestion />
    </div>
  );
}
