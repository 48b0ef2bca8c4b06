/** The network, drawn as its layers. */
import type { Model } from "../../model/model-file.ts";
import { grouped } from "../format.ts";

export function Layers({ model: { network, dataset } }: { model: Model }) {
  const sizes = [network.input, ...network.layers.map(({ units }) => units)];
  const most = Math.max(...sizes);
  return (
    <ol class="layers">
      <li>
        <Units count={network.input} most={most} />
        <b>{grouped(network.input)}</b>
        <span>
          input, {dataset.height} × {dataset.width} pixels
        </span>
        <small>each byte divided by 255</small>
      </li>
      {network.layers.map(({ units, activation, dropout }, index) => {
        const inputs = sizes[index];
        const last = index === network.layers.length - 1;
        return (
          <li key={index}>
            <Units count={units} most={most} />
            <b>{grouped(units)}</b>
            <span>
              dense, {last ? "softmax" : (activation ?? "relu")}
              {dropout ? `, dropout ${dropout}` : ""}
            </span>
            <small>
              [{inputs}, {units}] and [{units}]: {grouped((inputs + 1) * units)} parameters
            </small>
          </li>
        );
      })}
    </ol>
  );
}

/** As high as the logarithm of how many there are. */
function Units({ count, most }: { count: number; most: number }) {
  const height = 12 + (88 * Math.log2(count + 1)) / Math.log2(most + 1);
  return (
    <svg class="units" viewBox="0 0 10 100" aria-hidden="true" preserveAspectRatio="none">
      <rect x="0" y={(100 - height) / 2} width="10" height={height} rx="2" />
    </svg>
  );
}

export function parameterCount({ network }: Model): number {
  const sizes = [network.input, ...network.layers.map(({ units }) => units)];
  return sizes.slice(1).reduce((sum, units, index) => sum + (sizes[index] + 1) * units, 0);
}
