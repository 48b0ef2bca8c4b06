/** The page: one view at a time, each loaded when it is first opened. Views keep their state while another is shown. */
import { signal, useSignalEffect } from "@preact/signals";
import type { ComponentType } from "preact";
import { routeProblems, view, type ViewName } from "../state/route.ts";
import { DropTarget, LeftOut, Refusal } from "./arriving.tsx";
import { Entrance } from "./entrance.tsx";
import { LinkProblems } from "./link-problems.tsx";
import { Train } from "./train.tsx";

type LazyView = Exclude<ViewName, "train">;

/** What the first view does without. */
const LOADERS: Record<LazyView, () => Promise<{ default: ComponentType }>> = {
  inside: () => import("../inside/inside.tsx"),
  draw: () => import("../draw/draw.tsx"),
  model: () => import("../model/model.tsx"),
  doctor: () => import("../doctor/doctor.tsx"),
};

type Loaded = ComponentType | "failed";

const loaded = signal<Partial<Record<LazyView, Loaded>>>({});

async function load(name: LazyView): Promise<void> {
  let result: Loaded;
  try {
    result = (await LOADERS[name]()).default;
  } catch {
    result = "failed";
  }
  loaded.value = { ...loaded.value, [name]: result };
}

export function App() {
  useSignalEffect(() => {
    const name = view.value;
    if (name !== "train" && loaded.peek()[name] === undefined) void load(name);
  });
  return (
    <>
      <DropTarget />
      <Refusal />
      <LeftOut />
      <LinkProblems problems={routeProblems.value} onUnderstood={() => (routeProblems.value = [])} />
      {view.value === "train" ? (
        <>
          <Train />
          <Entrance />
        </>
      ) : (
        <Lazy name={view.value} />
      )}
    </>
  );
}

function Lazy({ name }: { name: LazyView }) {
  const View = loaded.value[name];
  if (View === undefined) return <p class="before">Loading this view …</p>;
  if (View !== "failed") {
    return (
      <>
        <View />
        <Entrance />
      </>
    );
  }
  return (
    <div class="notice grave" role="alert">
      <h2>This view could not be loaded</h2>
      <p>Reload the page, with a connection to where it came from.</p>
    </div>
  );
}
