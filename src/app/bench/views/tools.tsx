/** The right end of the masthead: the adapter, which is never out of sight, and the theme. */
import { nextTheme, theme } from "../../state/theme.ts";
import { AdapterName } from "../../views/adapter-name.tsx";
import { adapterState } from "../state/run.ts";

export function Tools() {
  return (
    <>
      <p class="adapter">
        <CurrentAdapter />
      </p>
      <button type="button" class="quiet" onClick={nextTheme}>
        <span class="unseen">Colours: </span>
        {theme.value === "system" ? "Auto" : theme.value === "light" ? "Light" : "Dark"}
      </button>
    </>
  );
}

function CurrentAdapter() {
  const asked = adapterState.value;
  if (asked.state === "asking") return <>Asking for a GPU …</>;
  if (asked.state === "none") return <>No WebGPU adapter</>;
  return <AdapterName adapter={asked.adapter} />;
}
