/** The image on its way through the layers, and the gradient on its way back, stage by stage beside each other. */
import { useMemo } from "preact/hooks";
import type { TracedLayer } from "../../../lens/image-trace.ts";
import { counted, figure, percent } from "../../format.ts";
import { lit } from "../../views/light-box.tsx";
import { Canvas } from "./canvas.tsx";
import { columnsFor, heat, largestOf } from "./heat.ts";
import { ask, type Followed } from "./state.ts";

/** Units that are named in the table. */
const NAMED = 8;

export function Flow({ followed }: { followed: Followed }) {
  const { trace } = followed;
  return (
    <div class="flow">
      <PixelStage followed={followed} />
      {trace.layers.map((layer, number) => (
        <LayerStage key={number} layer={layer} number={number + 1} />
      ))}
      <OutputStage followed={followed} />
    </div>
  );
}

function PixelStage({ followed: { trace, picture, objective, model } }: { followed: Followed }) {
  const { height, width, classes } = model.contents.dataset;
  const what = objective === "loss" ? "the loss" : `the logit of ${classes[objective]}`;
  const word = picture.label === undefined ? "drawn, taken for" : "labelled";
  const image = useMemo(() => lit(picture.pixels, height, width), [picture, height, width]);
  const gradient = useMemo(
    () => heat(trace.pixelGradients, height, width, picture.pixels),
    [trace, picture, height, width],
  );
  return (
    <section class="stage-of-flow" aria-labelledby="flow-pixels">
      <h3 id="flow-pixels">The image</h3>
      <figure>
        <div class="dark">
          <Canvas image={image} label={`The image, ${word} ${classes[trace.label]}`} />
        </div>
        <figcaption>
          {height} × {width} pixels, {word} <b>{classes[trace.label]}</b>
        </figcaption>
      </figure>
      <figure>
        <div class="dark">
          <Canvas
            image={gradient}
            label={`Gradient by the pixels: warm where more ink raises ${what}, blue where it lowers it`}
          />
        </div>
        <figcaption>
          Gradient: where it is warm, more ink raises {what}; where it is blue, more ink lowers it. At most{" "}
          {figure(largestOf(trace.pixelGradients))}.
        </figcaption>
      </figure>
    </section>
  );
}

function LayerStage({ layer, number }: { layer: TracedLayer; number: number }) {
  const { units, activation, activations, gradients } = layer;
  const columns = columnsFor(units);
  const rows = Math.ceil(units / columns);
  const [forward, backward] = useMemo(
    () => [heat(activations, rows, columns), heat(gradients, rows, columns)],
    [layer, rows, columns],
  );
  const active = Array.from(activations).filter((value) => value !== 0).length;
  return (
    <section class="stage-of-flow" aria-labelledby={`flow-${number}`}>
      <h3 id={`flow-${number}`}>
        Layer {number} <small>{activation}</small>
      </h3>
      <figure>
        <div class="dark">
          <Canvas
            image={forward}
            label={`Activations of ${counted(units, "unit")}, ${active} of them not 0`}
          />
        </div>
        <figcaption>
          Activations: {active} of {units} are not 0, at most {figure(largestOf(activations))}.
        </figcaption>
      </figure>
      <figure>
        <div class="dark">
          <Canvas image={backward} label={`The gradient by each of ${counted(units, "activation")}`} />
        </div>
        <figcaption>Gradient by each activation, at most {figure(largestOf(gradients))}.</figcaption>
      </figure>
      <details>
        <summary>Units that matter most here</summary>
        <Strongest layer={layer} />
      </details>
    </section>
  );
}

/** By what they contribute to first order: activation times gradient. */
function Strongest({ layer: { activations, gradients } }: { layer: TracedLayer }) {
  const ranked = Array.from(activations, (value, unit) => ({ unit, value, product: value * gradients[unit] }))
    .sort((a, b) => Math.abs(b.product) - Math.abs(a.product))
    .slice(0, NAMED);
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Unit</th>
          <th scope="col">activation</th>
          <th scope="col">gradient</th>
          <th scope="col">product</th>
        </tr>
      </thead>
      <tbody>
        {ranked.map(({ unit, value, product }) => (
          <tr key={unit}>
            <th scope="row">{unit + 1}</th>
            <td>{figure(value)}</td>
            <td>{figure(gradients[unit])}</td>
            <td>{figure(product)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function OutputStage({ followed: { trace, objective, model } }: { followed: Followed }) {
  const { classes } = model.contents.dataset;
  return (
    <section class="stage-of-flow output" aria-labelledby="flow-output">
      <h3 id="flow-output">
        Output <small>softmax</small>
      </h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col">probability</th>
            <th scope="col">logit</th>
            <th scope="col">gradient</th>
          </tr>
        </thead>
        <tbody>
          {classes.map((name, label) => (
            <tr key={label} class={label === trace.label ? "truth" : undefined}>
              <th scope="row">
                <button
                  type="button"
                  class="class"
                  aria-pressed={objective === label}
                  aria-label={`The logit of ${name}`}
                  onClick={() => ask(objective === label ? "loss" : label)}
                >
                  {name}
                </button>
              </th>
              <td class="share" style={{ "--share": trace.probabilities[label].toFixed(4) }}>
                {percent(trace.probabilities[label], 1)}
              </td>
              <td>{figure(trace.logits[label])}</td>
              <td>{figure(trace.logitGradients[label])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
