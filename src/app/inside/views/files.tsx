/** The step to take away. */
import { useSignal } from "@preact/signals";
import { CopyButton } from "../../views/copy-button.tsx";
import { explainCommand } from "../state/choices.ts";
import { savePage, saveWorkbook } from "../state/files.ts";
import { moves, texts, workedOut } from "../state/step.ts";

export function Files() {
  const problem = useSignal("");
  const save = async (work: () => Promise<void>): Promise<void> => {
    problem.value = "";
    try {
      await work();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <section class="files" aria-labelledby="files-title">
      <h3 id="files-title">Take it with you</h3>
      <p class="fine">
        The workbook is made of live formulas: change a yellow number, and both forms follow. The page needs
        nothing else and can be read without a network.
      </p>
      <div class="acts">
        <button type="button" class="secondary" onClick={() => void save(saveWorkbook)}>
          Save as a spreadsheet (.xlsx)
        </button>
        <button type="button" class="secondary" onClick={() => void save(savePage)}>
          Save as a page (.html)
        </button>
        <CopyButton label="Copy link" text={() => location.href} />
        {isExplained() && (
          <CopyButton
            label="Copy as command line"
            text={() => explainCommand(texts.value, workedOut.value.steps)}
          />
        )}
      </div>
      {!isExplained() && (
        <p class="fine">
          No command line repeats numbers that were changed by hand: the link and both files have them.
        </p>
      )}
      <p class="fine" role="status">
        {problem.value && `It could not be saved: ${problem.value}.`}
      </p>
    </section>
  );
}

/** The command takes steps, but changes no entries. */
function isExplained(): boolean {
  return moves.value.every(({ kind }) => kind === "steps");
}
