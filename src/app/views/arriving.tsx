/** Over every view: where files may be dropped, and what was wrong with one that was. */
import { sentence } from "../format.ts";
import { heldModel } from "../state/model.ts";
import { dragging, refusal } from "../state/arriving.ts";

export function DropTarget() {
  if (!dragging.value) return null;
  return (
    <div class="drop-target">
      <p>
        Drop a model, a checkpoint or a run
        <small>.safetensors or .zip; or the IDX files of a dataset. Nothing leaves this computer.</small>
      </p>
    </div>
  );
}

export function Refusal() {
  const refused = refusal.value;
  if (!refused) return null;
  const { name, error } = refused;
  return (
    <div class="notice grave refusal" role="alert">
      <h2>
        {name}: {titleOf(error.code)}
      </h2>
      <p class="message">{sentence(error.message)}</p>
      <p>
        {hintOf(error)}
        {heldModel.value && " The model held before is still there."}
      </p>
      <button type="button" class="secondary" onClick={() => (refusal.value = null)}>
        Close
      </button>
    </div>
  );
}

function titleOf(code: string): string {
  if (code === "data/unreadable") return "could not be read";
  if (code === "model/format" || code === "checkpoint/format") return "a file of another program";
  if (code.endsWith("/version")) return "of another version of Backlit";
  const family = code.split("/")[0];
  if (family === "safetensors") return "not a whole safetensors file";
  if (family === "run") return "not an archive of a run";
  if (family === "checkpoint") return "not a checkpoint to go on from";
  return "not a model to read with";
}

/** The command's flags are no help here. */
function hintOf({ code, hint }: { code: string; hint: string }): string {
  if (hint !== "" && !hint.includes("--")) return hint;
  if (code.endsWith("/format")) return "Only Backlit’s own files say what their network is.";
  return "Give a model.safetensors, a checkpoint.safetensors, or a run as a ZIP archive.";
}
