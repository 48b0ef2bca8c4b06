/** The right end of the masthead: the adapter, which is never out of sight, and the theme. */
import { adapter, busy } from "../state/run.ts";
import { resolved } from "../state/options.ts";
import { nextTheme, theme } from "../state/theme.ts";
import { adapterState } from "../state/trainer.ts";
import { AdapterName } from "./adapter-name.tsx";

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
  if (busy.value && adapter.value) return <AdapterName adapter={adapter.value} />;
  if (resolved.value.engine === "cpu") return <>CPU engine, plain loops</>;
  const asked = adapterState.value;
  if (asked.state === "asking") return <>Asking for a GPU …</>;
  if (asked.state === "none") return <>No WebGPU adapter</>;
  return <AdapterName adapter={asked.adapter} />;
}
