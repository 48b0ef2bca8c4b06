/** Gives the model away: alone, with all that is needed to go on, or as the directory of its run. */
import { useSignal } from "@preact/signals";
import { byteSize } from "../format.ts";
import { saveFile } from "../save-file.ts";
import type { HeldModel } from "../state/model.ts";
import { fileName } from "./model-name.ts";
import { packRun } from "./run-archive.ts";
import { runFiles } from "./run-files.ts";

const BYTES = "application/octet-stream";

export function Save({ model }: { model: HeldModel }) {
  const problem = useSignal<string | null>(null);
  const { bytes, checkpoint, run } = model;
  const name = fileName(model);
  const saveRun = async (): Promise<void> => {
    try {
      await saveFile(`${name}.zip`, await packRun(runFiles(model)));
      problem.value = null;
    } catch (error) {
      // Two copies of everything may be more than there is memory for.
      problem.value = (error as Error).message;
    }
  };
  return (
    <>
      <button
        type="button"
        class="primary"
        onClick={() => void saveFile(`${name}.safetensors`, bytes, BYTES)}
      >
        Save model <small>{byteSize(bytes.length)}</small>
      </button>
      {checkpoint && (
        <button
          type="button"
          class="secondary"
          onClick={() => void saveFile(`${name}.checkpoint.safetensors`, checkpoint, BYTES)}
        >
          Save checkpoint <small>{byteSize(checkpoint.length)}</small>
        </button>
      )}
      {run && (
        <button type="button" class="secondary" onClick={() => void saveRun()}>
          Save run as ZIP
        </button>
      )}
      {problem.value !== null && (
        <p class="notice grave" role="alert">
          The archive could not be made: {problem.value}
        </p>
      )}
    </>
  );
}
