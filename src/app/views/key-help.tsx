/** What the keys do, and whether they do it; and the question before a run is thrown away. */
import { helpOpen, keysOn, resetAsked, turnKeys } from "../state/keys.ts";
import { resetRun } from "../state/run.ts";
import { Dialog } from "./dialog.tsx";

const KEYS: readonly [string, string][] = [
  ["Space", "start, pause, go on; after a run, only the button starts another"],
  ["S", "take one step, and pause"],
  ["R", "reset: back to before the run"],
  ["Arrows", "move between the cells of a matrix, or along a curve that is zoomed"],
  ["+ − 0", "in a curve: zoom in, zoom out, show all steps"],
  ["Enter", "open the images of a cell"],
  ["?", "this list"],
  ["Esc", "close what is open"],
];

export function KeyHelp() {
  return (
    <Dialog title="Keys" open={helpOpen.value} onClose={() => (helpOpen.value = false)} class="small">
      <dl class="key-list">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={keysOn.value}
          onChange={(event) => turnKeys(event.currentTarget.checked)}
        />
        Space, S and R work on this view
      </label>
    </Dialog>
  );
}

export function ResetQuestion() {
  const close = (): void => void (resetAsked.value = false);
  return (
    <Dialog title="Throw this run away?" open={resetAsked.value} onClose={close} class="small">
      <p>It is under way: its model and its curves are lost. To keep them, stop it instead.</p>
      <div class="buttons">
        <button
          type="button"
          class="secondary"
          onClick={() => {
            close();
            resetRun();
          }}
        >
          Throw it away
        </button>
        <button type="button" class="secondary" onClick={close}>
          Keep it
        </button>
      </div>
    </Dialog>
  );
}
