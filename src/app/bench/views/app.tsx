/** The benchmark page: what to measure beside the stage on which it is measured. */
import { useSignalEffect } from "@preact/signals";
import { showStage } from "../../show-stage.ts";
import { phase } from "../state/run.ts";
import { Notices } from "./notices.tsx";
import { Results } from "./results.tsx";
import { RunBar } from "./run-bar.tsx";
import { Settings } from "./settings.tsx";

export function App() {
  useSignalEffect(() => {
    if (phase.value === "starting") showStage();
  });
  return (
    <div class="page">
      <Settings />
      <section class="stage" id="stage" data-phase={phase.value} aria-label="Benchmark" tabIndex={-1}>
        <RunBar />
        <Notices />
        <Results />
      </section>
    </div>
  );
}
