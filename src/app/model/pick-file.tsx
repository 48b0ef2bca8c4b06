/** Picks a file of a model, a checkpoint or a run; in Draw, a picture. */
import { takeFiles } from "../state/arriving.ts";
import "./parts.css";

interface Props {
  label?: string;
  id?: string;
  /** As in an input's attribute. */
  accept?: string;
}

export function PickFile({
  label = "Open a file …",
  id = "pick-model",
  accept = ".safetensors,.zip",
}: Props) {
  return (
    <div class="pick-file">
      <input
        id={id}
        class="unseen"
        type="file"
        accept={accept}
        onChange={(event) => {
          const chosen = [...(event.currentTarget.files ?? [])];
          // The same file, once corrected, can be chosen again.
          event.currentTarget.value = "";
          void takeFiles(chosen);
        }}
      />
      <label for={id}>{label}</label>
    </div>
  );
}
