/** The network of a model, drawn as its layers. */
import type { Model } from "../../model/model-file.ts";
import { grouped } from "../format.ts";
import { drawnLayers } from "../state/architecture.ts";
import { NetworkDrawing } from "../views/network-drawing.tsx";

/** Units of every layer, input and output included. */
export function sizesOf({ network }: Pick<Model, "network">): number[] {
  return [network.input, ...network.layers.map(({ units }) => units)];
}

export function Layers({ model }: { model: Model }) {
  const layers = drawnLayers(sizesOf(model));
  const { height, width } = model.dataset;
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="The network’s layers">
      <div class="layers" style={{ "--layers": layers.length }}>
        <NetworkDrawing layers={layers} />
        {layers.map(({ kind, units, shape, parameters }, index) => {
          const { activation = "relu", dropout } = model.network.layers[index - 1] ?? {};
          return (
            <div key={index} class="layer">
              <p class="units">{grouped(units)}</p>
              <p class="fine">
                {kind === "input"
                  ? `${height} × ${width} pixels`
                  : kind === "output"
                    ? "softmax"
                    : `${activation}${dropout ? `, dropout ${dropout}` : ""}`}
                {shape && (
                  <>
                    <br />
                    {grouped(shape[0])} × {grouped(shape[1])} and {grouped(shape[1])}
                    <br />
                    {grouped(parameters)} parameters
                  </>
                )}
              </p>
            </div>
          );
        })}
      </div>
    </div>
  );
}
