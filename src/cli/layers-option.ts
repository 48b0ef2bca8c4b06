/** `--layers 6,5,4`: a whole network in one flag, for verbs that need no dataset. */
import { SpecError } from "../core/errors.ts";
import { grouped } from "../core/words.ts";
import { ofAllLayers, resolveRunOptions, runOptions, type RunOptions } from "../core/run-options.ts";
import { resolveNetwork, type Activation, type Network } from "../core/spec.ts";

/** Inputs, units of each hidden layer, classes. @throws SpecError */
export function parseLayers(text: string): number[] {
  const widths = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width >= 1)) {
    throw new SpecError(
      "layers",
      `--layers must be at least two whole numbers separated by commas, but is "${text}"`,
      "Inputs first, then the units of each layer, classes last: --layers 6,5,4.",
    );
  }
  return widths;
}

/** Of verbs whose `--layers` is the network: one activation for all hidden layers, and the seed. @throws SpecError */
export function layersOptions(given: RunOptions): { activation: Activation; seed: number } {
  const activation = ofAllLayers("activation", given.activation ?? runOptions.activation.default!);
  return { activation, seed: resolveRunOptions({ ...given, activation }).seed };
}

/** More numbers than this, in float64 and several times over, most machines do not hold. */
const MOST_NUMBERS = 20_000_000;

/** Before anything is allocated. @throws SpecError for a network that cannot be worked out here on so many rows */
export function checkStepSize({ input, layers }: Network, rows: number): void {
  const weights = layers.reduce((sum, { inputs, units }) => sum + (inputs + 1) * units, 0);
  const numbers = weights + rows * layers.reduce((sum, { units }) => sum + units, input);
  if (numbers <= MOST_NUMBERS) return;
  throw new SpecError(
    "layers",
    `the step would have ${grouped(numbers)} weights and values of units; at most ${grouped(MOST_NUMBERS)} are worked out`,
    "Give smaller --layers or a smaller --batch.",
  );
}

/** @param widths of `parseLayers` @throws SpecError */
export function networkOfLayers(widths: readonly number[], activation: Activation): Network {
  const [input, ...units] = widths;
  return resolveNetwork({
    input,
    layers: units.map((each, index) =>
      index === units.length - 1 ? { units: each } : { units: each, activation },
    ),
  });
}
