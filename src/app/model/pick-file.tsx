/** Picks a file of a model, a checkpoint or a run. */
import { takeFiles } from "../state/arriving.ts";
import "./parts.css";

export function PickFile({ label = "Open a file …" }: { label?: string }) {
  return (
    <div class="pick-file">
      <input
        id="pick-model"
        class="unseen"
        type="file"
        accept=".safetensors,.zip"
        onChange={(event) => {
          const chosen = [...(event.currentTarget.files ?? [])];
          // The same file, once corrected, can be chosen again.
          event.currentTarget.value = "";
          void takeFiles(chosen);
        }}
      />
      <label for="pick-model">{label}</label>
    </div>
  );
}
