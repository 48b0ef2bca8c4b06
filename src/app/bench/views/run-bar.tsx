/** Start, stop, and where the benchmark stands. */
import { byteSize, duration } from "../../format.ts";
import {
  busy,
  failure,
  loading,
  obstacle,
  phase,
  progress,
  result,
  startBench,
  stopBench,
} from "../state/run.ts";

export function RunBar() {
  return (
    <>
      <div class="run-bar">
        <div class="buttons">
          {busy.value ? (
            <button type="button" class="secondary" onClick={stopBench}>
              {phase.value === "stopping" ? "Stop at once" : "Stop"}
            </button>
          ) : (
            <button
              type="button"
              class="primary"
              disabled={obstacle.value !== undefined}
              onClick={() => void startBench()}
            >
              {phase.value === "ended" ? "Measure again" : "Start measuring"}
            </button>
          )}
        </div>
        <p class="status" role="status">
          {statusText()}
        </p>
        {busy.value && <progress class="run-progress" aria-label="Progress" max={1} value={share()} />}
      </div>
      <p class="now" hidden={!busy.value}>
        {nowText()}
      </p>
    </>
  );
}

/** Changes with every workload, which is seldom enough to be read out. */
function statusText(): string {
  switch (phase.value) {
    case "idle":
      return obstacle.value ?? "Ready.";
    case "starting":
      return loading.value?.activity === "downloading" ? "Downloading the digits." : "Preparing.";
    case "running": {
      const now = progress.value;
      return now === null ? "Preparing." : `Measuring ${now.part + 1} of ${now.parts}.`;
    }
    case "stopping":
      return "Stopping after what is under way.";
    case "ended":
      return endedText();
  }
}

function endedText(): string {
  if (failure.value) return "The benchmark ended with an error.";
  const measured = result.value;
  if (measured === null) return "Stopped.";
  const time = duration(measured.seconds);
  return measured.interrupted ? `Stopped after ${time}; what was measured is below.` : `Done in ${time}.`;
}

const PHASES = {
  open: "takes its first step",
  losses: "computes the losses to compare",
  "warm-up": "warms up",
  round: "is timed",
  race: "trains",
};

const NAMES: Record<string, string> = { backlit: "Backlit", tfjs: "TensorFlow.js", jax: "jax-js" };

/** What happens at this moment; for the eye alone. */
function nowText(): string {
  const data = loading.value;
  if (data?.activity === "downloading") return `${byteSize(data.done)} of ${byteSize(data.total ?? 0)}`;
  const now = progress.value;
  if (now === null) return "";
  const [name, ...backend] = now.contender.split(" ");
  const who = `${NAMES[name] ?? name} ${backend.join(" ").replace("webgpu", "WebGPU")}`;
  const what = now.network === undefined ? now.work : `${now.network}, batch ${now.batch}, ${now.optimizer}`;
  const round = now.phase === "round" ? `, round ${now.done + 1} of ${now.total}` : "";
  return `${what === undefined ? "" : `${what}: `}${who} ${PHASES[now.phase]}${round}`;
}

/** 0 to 1; undefined while nobody can say. */
function share(): number | undefined {
  const now = progress.value;
  if (now === null) return undefined;
  const within =
    now.phase === "round" || now.phase === "race" ? 0.5 + (0.5 * now.done) / Math.max(1, now.total) : 0.2;
  return Math.min(1, (now.part + Math.min(1, within)) / now.parts);
}
