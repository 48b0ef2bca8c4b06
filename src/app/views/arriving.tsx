/** Over every view: where files may be dropped, and what was wrong with one that was. */
import { sentence } from "../format.ts";
import { refusalHint, refusalTitle } from "../model/refusal-words.ts";
import { heldModel } from "../state/model.ts";
import { view } from "../state/route.ts";
import { dragging, leftOut, refusal } from "../state/arriving.ts";

export function DropTarget() {
  if (!dragging.value) return null;
  return (
    <div class="drop-target">
      <p>
        Drop a model, a checkpoint or a run{view.value === "draw" && ", or a picture to be read"}
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
        {name}: {refusalTitle(error.code)}
      </h2>
      <p class="message">{sentence(error.message)}</p>
      <p>
        {refusalHint(error, view.value === "draw")}
        {heldModel.value && " The model held before is still there."}
      </p>
      <button type="button" class="secondary" onClick={() => (refusal.value = null)}>
        Close
      </button>
    </div>
  );
}

/** Of several files that came at once. */
export function LeftOut() {
  const left = leftOut.value;
  if (!left) return null;
  return (
    <div class="notice refusal" role="status">
      <p class="message">
        Of several files one is taken: {left.taken}. Left out: {left.others.join(", ")}. Only the IDX files of
        a dataset come together.
      </p>
      <button type="button" class="secondary" onClick={() => (leftOut.value = null)}>
        Close
      </button>
    </div>
  );
}
