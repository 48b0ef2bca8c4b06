/**
 * A look at parameters: what the units of the first layer respond to, and how activations and gradients are spread over a
 * small batch. By the CPU reference, so the engine that trains gives nothing but its parameters.
 */
import { pixelToInput, type Split } from "../core/dataset.ts";
import type { Parameters } from "../core/engine.ts";
import type { Network } from "../core/spec.ts";
import { backwardPass, forwardPass } from "../cpu/pass.ts";
import { parameterShapes } from "../model/parameters.ts";
import { histogram, type Histogram } from "../core/histogram.ts";

/** Units of the first layer that are shown. */
const UNITS = 100;
/** Rows of the batch: so many that the reference takes some tens of milliseconds for them. */
const ROWS = { least: 4, most: 64 };
const MULTIPLICATIONS = 15e6;

export interface LayerLook {
  units: number;
  activation: string;
  /** Of the layer's outputs over the batch; for the output layer of its logits. Zeros are left out of the bins. */
  activations: Histogram;
  /** Fraction of units that are 0 for every row of the batch. */
  silent: number;
  /** Of dL/dW. Zeros are left out of the bins: pixels that are never inked give no gradient. */
  gradients: Histogram;
}

export interface Look {
  /** Weights into the first units, `[shown * input]`, unit by unit. */
  weights: Float32Array;
  shown: number;
  /** Units of the first layer. */
  units: number;
  layers: LayerLook[];
  /** Rows of the batch. */
  rows: number;
  /** How long the look took, waiting for the engine left out. */
  seconds: number;
  /** Steps taken before; null at the end of the run. */
  step: number | null;
}

/** How many of a split's first rows a look at such a network takes. */
export function batchRows(network: Network, available: number): number {
  const parameters = parameterShapes(network).reduce((sum, { size }) => sum + size, 0);
  const affordable = Math.floor(MULTIPLICATIONS / parameters);
  return Math.min(available, Math.max(ROWS.least, Math.min(ROWS.most, affordable)));
}

/** @param split its first rows are the batch; at least one @param step the parameters are those after so many */
export function look(
  network: Network,
  parameters: Parameters,
  split: Split,
  step: number | null = null,
): Look {
  const begun = performance.now();
  const rows = batchRows(network, split.labels.length);
  const inputs = Float32Array.from(split.images.subarray(0, rows * network.input), pixelToInput);
  const forward = forwardPass(network, parameters, inputs);
  const { gradients } = backwardPass(network, parameters, forward, split.labels.subarray(0, rows));
  const [first] = network.layers;
  const shown = Math.min(UNITS, first.units);
  const weights = new Float32Array(shown * first.inputs);
  const all = parameters["layers.0.weight"];
  for (let unit = 0; unit < shown; unit++) {
    for (let i = 0; i < first.inputs; i++) weights[unit * first.inputs + i] = all[i * first.units + unit];
  }
  const layers = network.layers.map(({ units, activation }, index): LayerLook => {
    const { a } = forward.layers[index];
    return {
      units,
      activation,
      activations: histogram(a, { withoutZeros: true }),
      silent: silentUnits(a, units) / units,
      gradients: histogram(gradients[`layers.${index}.weight`], { withoutZeros: true }),
    };
  });
  const seconds = (performance.now() - begun) / 1000;
  return { weights, shown, units: first.units, layers, rows, seconds, step };
}

/** @param outputs `[rows * units]` */
function silentUnits(outputs: ArrayLike<number>, units: number): number {
  const active = new Uint8Array(units);
  for (let i = 0; i < outputs.length; i++) if (outputs[i] !== 0) active[i % units] = 1;
  return active.reduce((silent, one) => silent + 1 - one, 0);
}
