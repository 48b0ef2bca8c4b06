/** What a derivation starts from when all that is given is the sizes of the layers and a seed. */
import { Random } from "../../core/rng.ts";
import { ofLayer, type PerLayer } from "../../core/run-options.ts";
import { resolveNetwork, type Activation, type Network } from "../../core/spec.ts";
import type { DerivationInput } from "./types.ts";

/**
 * @param sizes inputs, then units of each layer
 * @param activation of all hidden layers, or of each
 * @throws SpecError for a network that is none
 */
export function networkOf(sizes: readonly number[], activation: PerLayer<Activation>): Network {
  const [input, ...units] = sizes;
  const last = units.length - 1;
  return resolveNetwork({
    input,
    layers: units.map((count, index) =>
      index === last ? { units: count } : { units: count, activation: ofLayer(activation, index) },
    ),
  });
}

/** Numbers of two decimals from 0 to 1, so that they can be read and typed; any class for a label. */
export function drawnBatch(
  network: Network,
  rows: number,
  seed: number,
): Pick<DerivationInput, "inputs" | "labels"> {
  const random = Random.fromSeed(seed, "data");
  return {
    inputs: Float64Array.from({ length: rows * network.input }, () => random.below(101) / 100),
    labels: Uint8Array.from({ length: rows }, () => random.below(network.classes)),
  };
}
