/** `--layers 6,5,4`: a whole network in one flag, for verbs that need no dataset. */
import { SpecError } from "../core/errors.ts";
import { resolveNetwork, type Activation, type Network } from "../core/spec.ts";

/** Inputs, units of each hidden layer, classes. @throws SpecError */
export function parseLayers(text: string): number[] {
  const widths = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width >= 1)) {
    throw new SpecError(
      "layers",
      `--layers must be whole numbers separated by commas, but is "${text}"`,
      "Inputs first, then the units of each layer, classes last: --layers 6,5,4.",
    );
  }
  return widths;
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
