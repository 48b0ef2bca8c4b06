/** Histograms of activations and gradients of every layer: where units fall silent, and where gradients vanish. */
import { counted, percent, significant } from "../format.ts";
import type { Histogram } from "../../core/histogram.ts";
import type { LayerLook } from "../../worker/look.ts";
import { lastLook, whenOf } from "../state/look.ts";
import { NoLook } from "./no-look.tsx";

export default function Histograms() {
  const found = lastLook.value;
  if (!found) return <NoLook />;
  const { layers, rows } = found;
  return (
    <>
      <p class="fine">
        Over the same {rows} images each time, {whenOf(found)}; without dropout. Exact zeros are counted
        beside the bars, not in them.
      </p>
      <div class="histograms">
        {layers.map((layer, index) => (
          <LayerRow key={index} layer={layer} index={index} last={index === layers.length - 1} />
        ))}
      </div>
    </>
  );
}

function LayerRow({ layer, index, last }: { layer: LayerLook; index: number; last: boolean }) {
  const { units, activation, activations, gradients, silent } = layer;
  const name = last ? "Output layer" : `Hidden layer ${index + 1}`;
  return (
    <section>
      <h4>
        {name}
        <small>
          {" "}
          {counted(units, "unit")}
          {!last && `, ${activation}`}
        </small>
      </h4>
      <Bars
        title={last ? "Logits" : "Activations"}
        values={activations}
        note={!last && activations.zeros > 0 ? `${percent(activations.zeros, 1)} are 0` : ""}
        second={!last && silent > 0 ? `${percent(silent, 1)} of the units are silent on all of them` : ""}
      />
      <Bars
        title="Gradients of the weights"
        values={gradients}
        note={gradients.zeros > 0 ? `${percent(gradients.zeros, 1)} are 0` : ""}
        second=""
      />
    </section>
  );
}

const WIDTH = 240;
const HEIGHT = 72;

function Bars({
  title,
  values,
  note,
  second,
}: {
  title: string;
  values: Histogram;
  note: string;
  second: string;
}) {
  const { counts, least, most, mean, standardDeviation } = values;
  const highest = Math.max(1, ...counts);
  const width = WIDTH / counts.length;
  const summary = `mean ${significant(mean)}, standard deviation ${significant(standardDeviation)}`;
  const zero = most > least && least < 0 && most > 0 ? (-least / (most - least)) * WIDTH : undefined;
  return (
    <figure class="value-histogram">
      <figcaption>
        {title}
        <small>{summary}</small>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${summary}`}
      >
        {counts.map((count, bin) => (
          <rect
            key={bin}
            x={bin * width + 0.5}
            width={Math.max(0.5, width - 1)}
            y={HEIGHT * (1 - count / highest)}
            height={(HEIGHT * count) / highest}
          />
        ))}
        {zero !== undefined && <line x1={zero} x2={zero} y1={0} y2={HEIGHT} />}
      </svg>
      <p class="range">
        <span>{significant(least)}</span>
        <span>{significant(most)}</span>
      </p>
      {(note || second) && <small>{[note, second].filter(Boolean).join("; ")}.</small>}
    </figure>
  );
}
