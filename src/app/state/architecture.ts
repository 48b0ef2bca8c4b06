/** The network as it is drawn and edited: its layers with their shapes, and what can be done with them. Pure. */

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

/** Before the output, half as wide as the layer in front of it. */
export function withLayer(hidden: readonly number[]): number[] {
  const last = hidden.at(-1);
  return [...hidden, last === undefined ? 128 : Math.max(16, Math.round(last / 2))];
}

export function withoutLayer(hidden: readonly number[], index: number): number[] {
  return hidden.filter((_, other) => other !== index);
}

export function withUnits(hidden: readonly number[], index: number, units: number): number[] {
  return hidden.map((old, other) => (other === index ? units : old));
}

/** What was typed as a number of units; undefined where it is none. */
export function readUnits(text: string): number | undefined {
  const units = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isInteger(units) && units >= UNITS.least && units <= UNITS.most ? units : undefined;
}
