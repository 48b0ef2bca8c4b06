/** The page: settings beside the stage on which the run happens. */
import { useSignalEffect } from "@preact/signals";
import { phase } from "../state/run.ts";
import { RunBar } from "./run-bar.tsx";
import { Overture } from "./overture.tsx";
import { Progress } from "./progress.tsx";
import { Report } from "./report.tsx";
import { RunProblems } from "./problems.tsx";
import { Settings } from "./settings.tsx";

/** Where settings and stage lie one under the other; as in styles/layout.css. */
const NARROW = "(max-width: 60rem)";

export function App() {
  useSignalEffect(() => {
    if (phase.value === "preparing" && matchMedia(NARROW).matches) showStage();
  });
  return (
    <div class="page">
      <Settings />
      <section class="stage" id="stage" data-phase={phase.value} aria-label="Training run" tabIndex={-1}>
        <RunBar />
        <RunProblems />
        {phase.value === "idle" ? <Overture /> : <Progress />}
        <Report />
      </section>
    </div>
  );
}

function showStage(): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("stage")!.scrollIntoView({ behavior: still ? "auto" : "smooth" });
}
