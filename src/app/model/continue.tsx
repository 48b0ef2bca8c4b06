/** Going on with the run, where its checkpoint is there. */
import { sameAdapter } from "../../core/adapter.ts";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { toBacklitError } from "../../core/errors.ts";
import { readCheckpoint, type Checkpoint } from "../../model/checkpoint.ts";
import { counted, grouped } from "../format.ts";
import type { HeldModel } from "../state/model.ts";
import { busy } from "../state/run.ts";
import { adapterState } from "../state/trainer.ts";
import { HindranceText } from "../views/hindrance.tsx";
import { goOnFrom, remaining, setUpLonger, whyComplete } from "./go-on.ts";
import { goOnWith, interruptedRun } from "./go-on-with.ts";

export function Continue({ model: { checkpoint, origin } }: { model: HeldModel }) {
  const contents = useMemo(() => checkpoint && readCheckpoint(checkpoint), [checkpoint]);
  if (!checkpoint || !contents) return null;
  return (
    <section aria-labelledby="continue-title">
      <h3 id="continue-title">Go on training</h3>
      <Ways bytes={checkpoint} contents={contents} row={origin.interrupted?.id} />
    </section>
  );
}

/** @param row the run's in the list, where it was interrupted and may still be gone on with there */
function Ways({
  bytes,
  contents,
  row,
}: {
  bytes: Uint8Array;
  contents: Checkpoint;
  row: string | undefined;
}) {
  const { epochs, epoch, step, obstacle, prolongable } = remaining(contents);
  const more = useSignal(2 * epochs);
  const problem = useSignal<string | null>(null);
  const begin = async (total?: number): Promise<void> => {
    try {
      const interrupted = row === undefined ? undefined : await interruptedRun(row, step);
      if (interrupted && total === undefined) await goOnWith(interrupted);
      else goOnFrom(bytes, { epochs: total });
    } catch (error) {
      const { message, hint } = toBacklitError(error);
      problem.value = `${message}. ${hint}`;
    }
  };
  const stands = `After ${counted(step, "step")}; ${grouped(epoch)} of ${counted(epochs, "epoch")} finished.`;
  return (
    <div class="continue">
      <p>
        {stands} {obstacle === undefined && sameBits(contents)}
        {obstacle === "finished" &&
          (prolongable
            ? "The schedule is constant, so that the run can be prolonged."
            : whyComplete(contents.config.training))}
        {obstacle !== undefined && obstacle !== "finished" && <HindranceText hindrance={obstacle} />}
      </p>
      {obstacle === undefined && (
        <button type="button" class="secondary" disabled={busy.value} onClick={() => void begin()}>
          {busy.value ? "A run is under way" : "Go on"}
        </button>
      )}
      {obstacle === "finished" && !prolongable && (
        <button type="button" class="secondary" disabled={busy.value} onClick={() => setUpLonger(contents)}>
          Set up a new run of {counted(2 * epochs, "epoch")}
        </button>
      )}
      {obstacle === "finished" && prolongable && (
        <form
          class="evaluate"
          onSubmit={(event) => {
            event.preventDefault();
            void begin(more.value);
          }}
        >
          <div class="field">
            <label for="more-epochs">Epochs in all</label>
            <input
              id="more-epochs"
              type="number"
              min={epochs + 1}
              step={1}
              required
              value={more.value}
              onInput={(event) => (more.value = event.currentTarget.valueAsNumber)}
            />
          </div>
          <button type="submit" class="secondary" disabled={busy.value}>
            {busy.value ? "A run is under way" : "Go on"}
          </button>
        </form>
      )}
      {problem.value !== null && (
        <p class="notice grave" role="alert">
          {problem.value}
        </p>
      )}
    </div>
  );
}

/** Another adapter rounds in other places. */
function sameBits({ config: { engine, adapter } }: Checkpoint): string {
  const here = adapterState.value;
  if (engine === "cpu") return "It goes on exactly, on the CPU engine.";
  if (here.state !== "found" || sameAdapter(here.adapter, adapter)) {
    return "It goes on exactly: with the same numbers as if it had never stopped.";
  }
  const name = adapter.description || adapter.device || adapter.vendor;
  return `It was trained on ${name}; on this adapter it goes on, too, but not with the same bits.`;
}
