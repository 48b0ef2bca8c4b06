/** The right end of the masthead: the adapter, which is never out of sight, and the theme. */
import { whyNoWebGpu } from "../../state/no-webgpu.ts";
import { AdapterName } from "../../views/adapter-name.tsx";
import { ThemeButton } from "../../views/theme-button.tsx";
import { adapterState } from "../state/run.ts";

export function Tools() {
  return (
    <>
      <p class="adapter">
        <CurrentAdapter />
      </p>
      <ThemeButton />
    </>
  );
}

function CurrentAdapter() {
  const asked = adapterState.value;
  if (asked.state === "asking") return <>Asking for a GPU …</>;
  if (asked.state === "none") return <>{whyNoWebGpu(asked.error).short}</>;
  return <AdapterName adapter={asked.adapter} />;
}
