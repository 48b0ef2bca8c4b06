/** The held model in one line. */
import { datasetTitle } from "../state/datasets.ts";
import type { HeldModel } from "../state/model.ts";
import { addresses } from "../state/route.ts";
import { counted, grouped } from "../format.ts";
import { sizesOf } from "./layers.tsx";
import "./parts.css";

export function ModelLine({ model }: { model: HeldModel }) {
  const { dataset } = model.contents;
  return (
    <p class="model-line">
      {sizesOf(model.contents).map((size, index) => (
        <span key={index}>
          {index > 0 && <span class="arrow"> → </span>}
          {grouped(size)}
        </span>
      ))}
      , trained on {inSentence(dataset.name)}; {originOf(model)}.{" "}
      <a href={addresses.value.model}>The model</a>
    </p>
  );
}

/** Names keep their capitals. */
export function inSentence(dataset: string): string {
  return dataset === "synthetic" ? "synthetic digits" : datasetTitle(dataset);
}

export function originOf({ origin, contents }: HeldModel): string {
  const steps = contents.metrics?.["steps"];
  const after = typeof steps === "number" ? ` in ${counted(steps, "step")}` : "";
  const from = origin.kind === "file" ? `from ${origin.name}` : `on this page${after}`;
  if (!origin.kept) return from;
  const kept = `${from}, kept since an earlier visit`;
  if (!origin.interrupted) return kept;
  const { epoch, epochs } = origin.interrupted;
  return `${kept}; its run was interrupted after ${grouped(epoch)} of ${counted(epochs, "epoch")}`;
}
