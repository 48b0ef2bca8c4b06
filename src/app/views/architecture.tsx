/** The network drawn layer by layer, with what can be changed about each. The text of the hidden layers is the same option. */
import { batch } from "@preact/signals";
import { ofLayer, type RunOptionName } from "../../core/run-options.ts";
import { grouped } from "../format.ts";
import {
  changedLayer,
  drawnLayers,
  hiddenLayers,
  MOST_LAYERS,
  networkTexts,
  readUnits,
  withLayer,
  withoutLayer,
  type DrawnLayer,
  type HiddenLayer,
} from "../state/architecture.ts";
import { problems, resolved, setOption, textOf } from "../state/options.ts";
import { ActivationChoice, DropoutField, DropoutSlider } from "./layer-options.tsx";
import { NetworkDrawing } from "./network-drawing.tsx";
import { NumberField } from "./number-field.tsx";

/** Whether every hidden layer has an activation and a dropout rate of its own. */
function hasEach(): boolean {
  return textOf("activation").includes(",") || textOf("dropout").includes(",");
}

function setLayers(layers: readonly HiddenLayer[], each = hasEach()): void {
  batch(() => {
    for (const [name, text] of Object.entries(networkTexts(layers, each)))
      setOption(name as RunOptionName, text);
  });
}

/** @param sizes units of every layer, input and output included; the ends are null where the data decides */
export function Architecture({ input, classes }: { input: number | null; classes: number | null }) {
  const { hidden, activation, dropout } = resolved.value;
  const layers = drawnLayers([input ?? 784, ...hidden, classes ?? 10]);
  const known = { input: input !== null, classes: classes !== null };
  // What cannot be read cannot be drawn: its field says what is wrong, and the network stays as it was.
  const stale = problems.value.hidden !== undefined;
  return (
    <section class="architecture" aria-labelledby="architecture-title">
      <h3 id="architecture-title" class="unseen">
        Network
      </h3>
      {stale && (
        <p class="caution">The network as it was: “Hidden layers” cannot be read as it stands now.</p>
      )}
      <fieldset class={stale ? "plain stale" : "plain"} disabled={stale}>
        <legend class="unseen">Layers</legend>
        <div class="scroller">
          <div class="layers" style={{ "--layers": layers.length }}>
            <NetworkDrawing layers={layers} />
            {layers.map((layer, index) => (
              <LayerCaption key={index} layer={layer} index={index} known={known} />
            ))}
          </div>
        </div>
        <div class="controls">
          <button
            type="button"
            class="quiet"
            disabled={hidden.length >= MOST_LAYERS}
            onClick={() => {
              const first = { activation: ofLayer(activation, 0), dropout: ofLayer(dropout, 0) };
              setLayers(withLayer(hiddenLayers(resolved.value), first));
            }}
          >
            Add a layer
          </button>
          {hidden.length > 0 && !hasEach() && <Shared />}
          {(hidden.length > 1 || hasEach()) && (
            <label>
              <input
                type="checkbox"
                checked={hasEach()}
                onChange={(event) => setLayers(hiddenLayers(resolved.value), event.currentTarget.checked)}
              />
              Each layer its own
            </label>
          )}
        </div>
      </fieldset>
    </section>
  );
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
  const each = kind === "hidden" && hasEach();
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
      {each && <Own index={index - 1} />}
      <p class="fine">
        {!each && (
          <>
            {kind === "input"
              ? "pixels"
              : kind === "output"
                ? "softmax"
                : ofLayer(resolved.value.activation, index - 1)}
            <br />
          </>
        )}
        {shape && certain && (
          <>
            {grouped(shape[0])} × {grouped(shape[1])}
            <br />
            {grouped(parameters)} parameters
          </>
        )}
      </p>
    </div>
  );
}

function change(index: number, changes: Partial<HiddenLayer>): void {
  setLayers(changedLayer(hiddenLayers(resolved.value), index, changes));
}

function HiddenUnits({ index, units }: { index: number; units: number }) {
  return (
    <div class="hidden-units">
      <NumberField
        label={`Units of hidden layer ${index + 1}`}
        value={units}
        read={readUnits}
        onChange={(wanted) => change(index, { units: wanted })}
      />
      <button
        type="button"
        class="quiet"
        aria-label={`Remove hidden layer ${index + 1}`}
        onClick={() => setLayers(withoutLayer(hiddenLayers(resolved.value), index))}
      >
        ×
      </button>
    </div>
  );
}

/** Activation and dropout rate of one layer. */
function Own({ index }: { index: number }) {
  const { activation, dropout } = hiddenLayers(resolved.value)[index];
  const where = `of hidden layer ${index + 1}`;
  return (
    <div class="own">
      <ActivationChoice
        label={`Activation ${where}`}
        value={activation}
        onChange={(name) => change(index, { activation: name })}
      />
      <DropoutField
        label={`Dropout ${where}`}
        value={dropout}
        onChange={(rate) => change(index, { dropout: rate })}
      />
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
        <ActivationChoice value={ofLayer(activation, 0)} onChange={(name) => setOption("activation", name)} />
      </label>
      <DropoutSlider value={ofLayer(dropout, 0)} onChange={(rate) => setOption("dropout", String(rate))} />
      {hidden.length > 1 && <span class="fine">for all hidden layers</span>}
    </>
  );
}
