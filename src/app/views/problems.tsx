/** What went wrong, in its own words, with what can be done and what was kept. */
import { grouped } from "../format.ts";
import { resolved, setOption } from "../state/options.ts";
import { busy, failure, files, latest, warnings } from "../state/run.ts";
import { adapterState } from "../state/trainer.ts";
import { SaveModel } from "./save-model.tsx";

export function RunProblems() {
  return (
    <>
      <NoAdapter />
      <Failure />
      {warnings.value.length > 0 && (
        <div class="notice" role="status">
          <h2>Worth knowing</h2>
          <ul>
            {warnings.value.map(({ message, hint }, index) => (
              <li key={index}>
                {sentence(message)} {hint}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

/** Never slips the CPU in: it is offered, and chosen by whoever wants it. */
function NoAdapter() {
  const asked = adapterState.value;
  if (asked.state !== "none" || resolved.value.engine === "cpu" || busy.value) return null;
  return (
    <div class="notice" role="alert">
      <h2>This browser gives no GPU to this page</h2>
      <p>{sentence(asked.error.message)}</p>
      <p>
        WebGPU is in Chrome and Edge from 113, in Safari from 26 and in Firefox from 141 (on Windows), where
        the graphics driver allows it. You can train here all the same, on the CPU: the same network and the
        same steps, many times slower.
      </p>
      <button type="button" class="secondary" onClick={() => setOption("engine", "cpu")}>
        Use the CPU engine
      </button>
    </div>
  );
}

function Failure() {
  const error = failure.value;
  if (!error) return null;
  return (
    <div class="notice grave" role="alert">
      <h2>{TITLES[error.code] ?? title(error.code)}</h2>
      <p class="message">{sentence(error.message)}</p>
      {error.hint !== "" && <p>{error.hint}</p>}
      {files.value["model.safetensors"] && (
        <>
          <p>What was learned until step {grouped(latest.value?.step ?? 0)} is kept.</p>
          <SaveModel />
        </>
      )}
    </div>
  );
}

const TITLES: Record<string, string> = {
  "training/diverged": "Training diverged",
  "gpu/device-lost": "The GPU was lost",
  "gpu/limit": "Too large for this GPU",
  "gpu/out-of-memory": "Out of GPU memory",
  "download/failed": "The download failed",
  "download/checksum": "The download does not verify",
  worker: "The training worker broke",
};

function title(code: string): string {
  const family = code.split("/")[0];
  if (["idx", "gzip", "data"].includes(family)) return "The data cannot be used";
  if (family === "adapter") return "There is no such adapter";
  if (family === "spec") return "The settings do not fit";
  return "The run could not go on";
}

/** Begins with a capital, unless that would misspell a name, and ends with a stop. */
function sentence(message: string): string {
  const first = /^[a-z]+[ ,]/.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
