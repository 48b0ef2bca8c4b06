/** What went wrong, in its own words, with what can be done and what was kept. */
import { sentence } from "../format.ts";
import { adviceFor, adviceForWarning } from "../state/advice.ts";
import { footprint } from "../state/footprint.ts";
import { BROWSERS, whyNoWebGpu } from "../state/no-webgpu.ts";
import { problems, resolved, setOption } from "../state/options.ts";
import { addresses } from "../state/route.ts";
import { busy, failure, files, start, trainedOn, warnings } from "../state/run.ts";
import { adapterState } from "../state/trainer.ts";
import { FailureMessage } from "./failure-message.tsx";
import { FilesByHand } from "./files-by-hand.tsx";
import { SaveFile } from "./save-file.tsx";

export function RunProblems() {
  return (
    <>
      <NoAdapter />
      <NoRoom />
      <Failure />
      {warnings.value.length > 0 && (
        <div class="notice" role="status">
          <h2>Worth knowing</h2>
          <ul>
            {warnings.value.map(({ code, message, hint }, index) => (
              <li key={index}>
                {sentence(message)} {adviceForWarning({ code, message, hint })}
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
      <h2>{whyNoWebGpu(asked.error).title}</h2>
      <p>{sentence(asked.error.message)}</p>
      <p>
        {asked.error.code.startsWith("adapter/") &&
          `This page is made for ${BROWSERS}, where the graphics driver allows it. `}
        You can train here all the same, on the CPU: the same network and the same steps, many times slower.
      </p>
      <button type="button" class="secondary" onClick={() => setOption("engine", "cpu")}>
        Use the CPU engine
      </button>
    </div>
  );
}

/**
 * Known from the options alone: nothing has been drawn or downloaded for a run that cannot begin. While one of them is not
 * valid, that comes first, and is said beside its field.
 */
function NoRoom() {
  const error = footprint.value;
  const isValid = Object.keys(problems.value).length === 0;
  if (error?.type !== "error" || !isValid || busy.value || resolved.value.engine === "cpu") return null;
  const { title, todo } = adviceFor(error);
  return (
    <div class="notice grave" role="alert">
      <h2>{title}</h2>
      <p class="message">{sentence(error.message)}</p>
      {todo !== "" && <p>{todo}</p>}
    </div>
  );
}

function Failure() {
  const error = failure.value;
  if (!error) return null;
  const { title, todo } = adviceFor(error);
  const isDownload = error.code.startsWith("download/");
  const model = files.value["model.safetensors"];
  return (
    <div class="notice grave" role="alert">
      <h2>{title}</h2>
      <FailureMessage text={error.message} />
      {todo !== "" && <p>{todo}</p>}
      {model ? (
        <p>
          The last good state of the model is kept: it is in the view{" "}
          <a href={addresses.value.model}>Model</a>, and can be saved here.
        </p>
      ) : files.value["checkpoint.safetensors"] ? (
        <p>
          What was learned until the last checkpoint is kept: the view Model opens it, to go on from there.
        </p>
      ) : (
        start.value && <p>Nothing had been learned yet, so there is no model of this run.</p>
      )}
      {isDownload && <FilesByHand data={trainedOn.value} />}
      <SaveFile name={model ? "model.safetensors" : "checkpoint.safetensors"} />
    </div>
  );
}
