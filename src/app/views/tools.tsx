/** The right end of the masthead: the adapter, which is never out of sight, and the theme. */
import { addresses, view } from "../state/route.ts";
import { adapter, busy, phase, progress, start } from "../state/run.ts";
import { resolved } from "../state/options.ts";
import { whyNoWebGpu } from "../state/no-webgpu.ts";
import { adapterState } from "../state/trainer.ts";
import { AdapterName } from "./adapter-name.tsx";
import { ThemeButton } from "./theme-button.tsx";

export function Tools() {
  return (
    <>
      <RunElsewhere />
      <p class="adapter">
        <CurrentAdapter />
      </p>
      <ThemeButton />
    </>
  );
}

/** A run goes on while another view is shown: where it stands, and the way back to it. */
function RunElsewhere() {
  if (!busy.value || view.value === "train") return null;
  const share = start.value ? ` ${Math.floor(100 * progress.value)} %` : "";
  return (
    <a class="run-elsewhere" href={addresses.value.train}>
      {phase.value === "paused" ? "Paused" : phase.value === "preparing" ? "Preparing" : "Training"}
      {share}
    </a>
  );
}

function CurrentAdapter() {
  if (busy.value && adapter.value) return <AdapterName adapter={adapter.value} />;
  if (resolved.value.engine === "cpu") return <>CPU engine, plain loops</>;
  const asked = adapterState.value;
  if (asked.state === "asking") return <>Asking for a GPU …</>;
  if (asked.state === "none") return <>{whyNoWebGpu(asked.error).short}</>;
  return <AdapterName adapter={asked.adapter} />;
}
