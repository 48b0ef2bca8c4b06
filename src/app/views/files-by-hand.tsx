/** Where the files of a dataset lie that the page could not fetch: a person may, from more places than a page. */
import { browserObstacle, CATALOGUE } from "../../data/catalogue.ts";
import { DATA_FILE_ROLES } from "../../data/dataset-files.ts";
import { commandLine } from "../../core/command-line.ts";
import type { DataChoice } from "../../worker/trainer-api.ts";
import { byteSize } from "../format.ts";
import { OWN_FILES } from "../state/datasets.ts";
import { unfolded } from "../state/narrow.ts";
import { setOption } from "../state/options.ts";
import { ROLE_LABELS } from "../state/own-files.ts";
import { addresses, view } from "../state/route.ts";

export function FilesByHand({ data }: { data: DataChoice | null }) {
  const entry = data?.kind === "catalogue" ? CATALOGUE[data.name] : undefined;
  if (entry === undefined) return null;
  // First those that the page itself may not read, and so has not tried.
  const mirrors = [...entry.mirrors].sort(
    (a, b) => Number(browserObstacle(a) === undefined) - Number(browserObstacle(b) === undefined),
  );
  return (
    <>
      <p>You can fetch the four files yourself, from any of these, and choose them as own files:</p>
      <ul class="by-hand">
        {mirrors.map(({ url }) => (
          <li key={url}>
            {new URL(url).host}:{" "}
            {DATA_FILE_ROLES.map((role, i) => {
              const { name, bytes } = entry.files[role];
              return (
                <span key={role}>
                  {i > 0 && ", "}
                  <a href={url + name} rel="noreferrer">
                    {ROLE_LABELS[role].toLowerCase()}
                  </a>
                  {bytes !== undefined && ` (${byteSize(bytes)})`}
                </span>
              );
            })}
          </li>
        ))}
      </ul>
      <p>
        The command may read mirrors that no page may:{" "}
        <code>{commandLine("train", ["--data", entry.name])}</code>
      </p>
      <ChooseOwnFiles />
    </>
  );
}

/** Leads to where they are chosen. */
export function ChooseOwnFiles() {
  const choose = (): void => {
    setOption("data", OWN_FILES);
    unfolded.value = true;
    if (view.value !== "train") location.hash = addresses.value.train;
  };
  return (
    <button type="button" class="secondary" onClick={choose}>
      Choose the four files …
    </button>
  );
}
