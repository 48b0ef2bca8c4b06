/** The network as it is drawn and edited: its layers with their shapes, and what can be done with them. Pure. */
import { ofLayer, type resolveRunOptions } from "../../core/run-options.ts";
import type { Activation } from "../../core/spec.ts";

export interface DrawnLayer {
  kind: "input" | "hidden" | "output";
  units: number;
  /** Circles that stand for the units. */
  circles: number;
  /** `[inputs, units]` of its weights; the input has none. */
  shape: readonly [number, number] | null;
  /** Weights and biases. */
  parameters: number;
}

/** More hidden layers than this are not offered: a network of dense layers does not gain by them. */
export const MOST_LAYERS = 8;

export const UNITS = { least: 1, most: 1_000_000 };

/** @param sizes units of every layer, input and output included */
export function drawnLayers(sizes: readonly number[]): DrawnLayer[] {
  return sizes.map((units, index): DrawnLayer => {
    const inputs = sizes[index - 1];
    return {
      kind: index === 0 ? "input" : index === sizes.length - 1 ? "output" : "hidden",
      units,
      circles: circlesFor(units),
      shape: index === 0 ? null : [inputs, units],
      parameters: index === 0 ? 0 : (inputs + 1) * units,
    };
  });
}

export function parameterCount(sizes: readonly number[]): number {
  return drawnLayers(sizes).reduce((sum, { parameters }) => sum + parameters, 0);
}

/** All of a few; of more, as many as tell large from small. */
function circlesFor(units: number): number {
  return units <= 10 ? units : Math.min(14, 7 + Math.round(Math.log2(units / 10)));
}

/** A hidden layer as it is edited. */
export interface HiddenLayer {
  units: number;
  activation: Activation;
  dropout: number;
}

type NetworkOptions = Pick<ReturnType<typeof resolveRunOptions>, "hidden" | "activation" | "dropout">;

export function hiddenLayers({ hidden, activation, dropout }: NetworkOptions): HiddenLayer[] {
  return hidden.map((units, index) => ({
    units,
    activation: ofLayer(activation, index),
    dropout: ofLayer(dropout, index),
  }));
}

/** @param each whether every layer has an activation and a dropout rate of its own; otherwise the first one's count for all */
export function networkTexts(
  layers: readonly HiddenLayer[],
  each: boolean,
): Partial<Record<"hidden" | "activation" | "dropout", string>> {
  const hidden = layers.length === 0 ? "none" : layers.map(({ units }) => units).join(",");
  // Without a layer there is nothing to say of it.
  if (layers.length === 0) return { hidden };
  const said = each ? layers : layers.slice(0, 1);
  const activation = said.map((layer) => layer.activation).join(",");
  return { hidden, activation, dropout: said.map((layer) => layer.dropout).join(",") };
}

/** Before the output, half as wide as the layer in front of it and otherwise like it. */
export function withLayer(layers: readonly HiddenLayer[], first: Omit<HiddenLayer, "units">): HiddenLayer[] {
  const last = layers.at(-1);
  if (last === undefined) return [{ ...first, units: 128 }];
  return [...layers, { ...last, units: Math.max(16, Math.round(last.units / 2)) }];
}

export function withoutLayer(layers: readonly HiddenLayer[], index: number): HiddenLayer[] {
  return layers.filter((_, other) => other !== index);
}

export function changedLayer(
  layers: readonly HiddenLayer[],
  index: number,
  changes: Partial<HiddenLayer>,
): HiddenLayer[] {
  return layers.map((layer, other) => (other === index ? { ...layer, ...changes } : layer));
}

/** What was typed as a number of units; undefined where it is none. */
export function readUnits(text: string): number | undefined {
  const units = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isInteger(units) && units >= UNITS.least && units <= UNITS.most ? units : undefined;
}

/** What was typed as a dropout rate; undefined where it is none. */
export function readRate(text: string): number | undefined {
  const rate = text.trim() === "" ? Number.NaN : Number(text);
  return rate >= 0 && rate < 1 ? rate : undefined;
}
