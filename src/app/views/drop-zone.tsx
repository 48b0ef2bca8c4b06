/** Takes the files of a dataset that are dragged onto the choice of data. */
import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";
import { chooseFiles, OWN_FILES } from "../state/datasets.ts";
import { setOption } from "../state/options.ts";
import { busy } from "../state/run.ts";

export function DropZone({ children }: { children: ComponentChildren }) {
  const over = useSignal(false);
  const takes = (event: DragEvent): boolean =>
    !busy.value && (event.dataTransfer?.types.includes("Files") ?? false);
  return (
    <div
      class={over.value ? "dropping" : undefined}
      onDragOver={(event) => {
        if (!takes(event)) return;
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        over.value = false;
        if (!takes(event)) return;
        event.preventDefault();
        // Elsewhere on the page, a file that is dropped is a model.
        event.stopPropagation();
        setOption("data", OWN_FILES);
        chooseFiles(undefined, [...event.dataTransfer!.files]);
      }}
    >
      {children}
    </div>
  );
}
