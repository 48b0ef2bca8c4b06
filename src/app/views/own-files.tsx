/** Four pickers for the four IDX files; several chosen at once find their places by name. Below each what is wrong with it. */
import { DATA_FILE_ROLES, type DataFileRole } from "../../data/dataset-files.ts";
import { byteSize, sentence } from "../format.ts";
import { chooseFiles, fileProblems, ownFiles, ROLE_LABELS, unplacedFiles } from "../state/own-files.ts";

export function OwnFiles() {
  return (
    <div class="own-files">
      {DATA_FILE_ROLES.map((role) => (
        <FilePicker key={role} role={role} />
      ))}
      <p class="help unplaced" aria-live="polite">
        {unplacedFiles.value.length > 0 &&
          `No place was found for ${unplacedFiles.value.join(", ")}: each of the four takes one file. Choose it there if it is one of them.`}
      </p>
      <p class="help">
        IDX files as MNIST has them, gzipped or not. Choose or drop all four at once if they have the usual
        names.
      </p>
    </div>
  );
}

function FilePicker({ role }: { role: DataFileRole }) {
  const file = ownFiles.value[role]?.file;
  const problem = fileProblems.value[role];
  const id = `file-${role}`;
  return (
    <div class="picker">
      <input
        id={id}
        class="unseen"
        type="file"
        multiple
        aria-describedby={`${id}-problem`}
        aria-invalid={problem !== undefined}
        onChange={(event) => {
          const chosen = [...(event.currentTarget.files ?? [])];
          // The same file, once corrected, can be chosen again.
          event.currentTarget.value = "";
          if (chosen.length > 0) chooseFiles(role, chosen);
        }}
      />
      <label for={id}>
        <span>{ROLE_LABELS[role]}</span>
        <span class={file ? "chosen" : "choose"}>
          {file ? `${file.name}, ${byteSize(file.size)}` : "Choose …"}
        </span>
      </label>
      <p id={`${id}-problem`} class="help wrong" aria-live="polite">
        {problem && `${sentence(problem.message)} ${problem.hint}`}
      </p>
    </div>
  );
}
