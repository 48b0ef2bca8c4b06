/** The network drawn layer by layer, with what can be changed about each. The text of the hidden layers is the same option. */
import { useSignal } from "@preact/signals";
import { ACTIVATIONS } from "../../core/spec.ts";
import { grouped } from "../format.ts";
import {
  drawnLayers,
  MOST_LAYERS,
  readUnits,
  withLayer,
  withoutLayer,
  withUnits,
  type DrawnLayer,
} from "../state/architecture.ts";
import { problems, resolved, setOption } from "../state/options.ts";
import { optionText } from "../state/permalink.ts";
import { NetworkDrawing } from "./network-drawing.tsx";

/** @param sizes units of every layer, input and output included; the ends are null where the data decides */
export function Architecture({ input, classes }: { input: number | null; classes: number | null }) {
  const { hidden } = resolved.value;
  // What cannot be read cannot be drawn: its field says what is wrong.
  if (problems.value.hidden !== undefined) return null;
  const layers = drawnLayers([input ?? 784, ...hidden, classes ?? 10]);
  const known = { input: input !== null, classes: classes !== null };
  return (
    <section class="architecture" aria-labelledby="architecture-title">
      <h3 id="architecture-title" class="unseen">
        Network
      </h3>
      <div class="scroller">
        <div class="layers" style={{ "--layers": layers.length }}>
          <NetworkDrawing layers={layers} />
          {layers.map((layer, index) => (
            <LayerCaption key={index} layer={layer} index={index} known={known} />
          ))}
        </div>
      </div>
      <div class="architecture-controls">
        <button
          type="button"
          class="quiet"
          disabled={hidden.length >= MOST_LAYERS}
          onClick={() => setHidden(withLayer(hidden))}
        >
          Add a layer
        </button>
        {hidden.length > 0 && <Shared />}
      </div>
    </section>
  );
}

function setHidden(hidden: readonly number[]): void {
  setOption("hidden", optionText(hidden));
}

function LayerCaption({
  layer,
  index,
  known,
}: {
  layer: DrawnLayer;
  index: number;
  known: { input: boolean; classes: boolean };
}) {
  const { kind, units, shape, parameters } = layer;
  const certain = (index === 1 ? known.input : true) && (kind === "output" ? known.classes : true);
  return (
    <div class="layer">
      {kind === "hidden" ? (
        <HiddenUnits index={index - 1} units={units} />
      ) : (
        <p class="units">
          {kind === "input" && (known.input ? grouped(units) : "pixels")}
          {kind === "output" && (known.classes ? grouped(units) : "classes")}
        </p>
      )}
      <p class="fine">
        {kind === "input" ? "pixels" : kind === "output" ? "softmax" : resolved.value.activation}
        {shape && certain && (
          <>
            <br />
            {grouped(shape[0])} × {grouped(shape[1])}
            <br />
            {grouped(parameters)} parameters
          </>
        )}
      </p>
    </div>
  );
}

function HiddenUnits({ index, units }: { index: number; units: number }) {
  const wrong = useSignal(false);
  const { hidden } = resolved.value;
  return (
    <div class="hidden-units">
      <input
        type="text"
        inputMode="numeric"
        autoComplete="off"
        aria-label={`Units of hidden layer ${index + 1}`}
        aria-invalid={wrong.value}
        value={String(units)}
        onInput={(event) => {
          const wanted = readUnits(event.currentTarget.value);
          wrong.value = wanted === undefined;
          if (wanted !== undefined) setHidden(withUnits(hidden, index, wanted));
        }}
        onBlur={(event) => {
          // What is no number of units was not taken.
          event.currentTarget.value = String(units);
          wrong.value = false;
        }}
      />
      <button
        type="button"
        class="quiet"
        aria-label={`Remove hidden layer ${index + 1}`}
        onClick={() => setHidden(withoutLayer(hidden, index))}
      >
        ×
      </button>
    </div>
  );
}

/** One activation and one dropout rate for all hidden layers. */
function Shared() {
  const { activation, dropout, hidden } = resolved.value;
  return (
    <>
      <label>
        Activation
        <select value={activation} onChange={(event) => setOption("activation", event.currentTarget.value)}>
          {ACTIVATIONS.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="slider">
        Dropout
        <input
          type="range"
          min="0"
          max="0.9"
          step="0.05"
          value={dropout}
          onInput={(event) => setOption("dropout", event.currentTarget.value)}
        />
        <output>{dropout}</output>
      </label>
      <span class="fine">{hidden.length > 1 && "for all hidden layers"}</span>
    </>
  );
}
