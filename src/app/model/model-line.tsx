/** The held model in one line. */
import { OFFERS } from "../state/datasets.ts";
import type { HeldModel } from "../state/model.ts";
import { addresses } from "../state/route.ts";
import { grouped } from "../format.ts";
import "./parts.css";

export function ModelLine({ model }: { model: HeldModel }) {
  const { network, dataset } = model.contents;
  return (
    <p class="model-line">
      {[network.input, ...network.layers.map(({ units }) => units)].map((size, index) => (
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

export function titleOf(dataset: string): string {
  return OFFERS.find(({ name }) => name === dataset)?.title ?? dataset;
}

/** Names keep their capitals. */
export function inSentence(dataset: string): string {
  return dataset === "synthetic" ? "synthetic digits" : titleOf(dataset);
}

export function originOf({ origin, contents }: HeldModel): string {
  const steps = contents.metrics?.["steps"];
  const after = typeof steps === "number" ? ` in ${grouped(steps)} steps` : "";
  const from = origin.kind === "file" ? `from ${origin.name}` : `on this page${after}`;
  return origin.kept ? `${from}, kept since an earlier visit` : from;
}
