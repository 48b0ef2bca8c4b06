/**
 * Panels that look at the parameters while the run goes on; what they show is loaded when one is opened. The weights are open
 * from the start: there one sees the network learn.
 */
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { watchLook } from "../state/look.ts";
import { Panel } from "./panel.tsx";

type Loader = () => Promise<{ default: ComponentType }>;

const VIEWS: readonly { title: string; load: Loader; opened: boolean }[] = [
  { title: "Weights of the first layer", load: () => import("../look/first-layer.tsx"), opened: true },
  {
    title: "Histograms of activations and gradients",
    load: () => import("../look/histograms.tsx"),
    opened: false,
  },
];

export function LookPanels() {
  return (
    <>
      {VIEWS.map(({ title, load, opened }) => (
        <Panel key={title} title={title} opened={opened}>
          {() => <Watching load={load} />}
        </Panel>
      ))}
    </>
  );
}

function Watching({ load }: { load: Loader }) {
  const view = useSignal<{ View: ComponentType } | "failed" | null>(null);
  useEffect(() => {
    load().then(
      ({ default: View }) => (view.value = { View }),
      () => (view.value = "failed"),
    );
    return watchLook();
  }, []);
  if (view.value === null) return <p class="fine">Loading …</p>;
  if (view.value === "failed") {
    return (
      <p role="alert">
        This part could not be loaded. Reload the page, with a connection to where it came from.
      </p>
    );
  }
  return <view.value.View />;
}
