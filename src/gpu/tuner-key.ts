/** Which found table fits: the same adapter, the same shapes, the same kernels. */
import type { AdapterSummary } from "../core/engine.ts";
import { resolveNetwork, resolveTraining, type NetworkSpec, type TrainingSpec } from "../core/spec.ts";
import { sha256 } from "../data/hash.ts";
import { SHADER_SOURCES, type ShaderSources } from "./shader-sources.ts";
import type { TuneMode } from "./tuner-types.ts";

/** Rises when the table's entries, or what a search measures, change meaning. */
const TABLE_VERSION = 1;

export interface TunedFor {
  adapter: AdapterSummary;
  network: NetworkSpec;
  training?: TrainingSpec;
  /** Rows of a full batch: fewer than the batch size where there are fewer training rows. */
  rows: number;
  mode: TuneMode;
}

/** Hexadecimal; another one whenever a found table could be another. */
export async function tuningKey(
  { adapter, network, training, rows, mode }: TunedFor,
  shaders: ShaderSources = SHADER_SOURCES,
): Promise<string> {
  const { vendor, architecture, device, description, software } = adapter;
  const { optimizer, clipNorm } = resolveTraining(training ?? {});
  const resolved = resolveNetwork(network);
  const parts = {
    version: TABLE_VERSION,
    shaders: Object.entries(shaders).sort(([a], [b]) => (a < b ? -1 : 1)),
    adapter: [vendor, architecture, device, description, software],
    layers: resolved.layers.map(({ inputs, units, activation, dropout }) => [
      inputs,
      units,
      activation,
      dropout > 0,
    ]),
    rows,
    // What the epilogue of the weight gradients reads and writes.
    update: [momentsOf(optimizer), clipNorm > 0],
    mode,
  };
  return sha256(new TextEncoder().encode(JSON.stringify(parts)));
}

function momentsOf(optimizer: string): number {
  if (optimizer === "sgd") return 0;
  return optimizer === "momentum" || optimizer === "nesterov" ? 1 : 2;
}
