/** The names of everything in a derivation. Layers and samples count from 1 here, as in a textbook: X is A of layer 0. */
import type { Axis, Notation } from "./types.ts";

export function notation(latex: string, text: string): Notation {
  return { latex, text };
}

/** `W_1`, W1: a matrix of a layer. */
export function ofLayer(letter: string, layer: number): Notation {
  return notation(`${letter}_{${layer}}`, `${letter}${layer}`);
}

/** What goes into a layer: X, or A of the layer below. */
export function inputOf(layer: number): Notation {
  return layer === 1 ? notation("X", "X") : ofLayer("A", layer - 1);
}

/** A row of a matrix, small: `x^{(2)}`, x(2). */
export function rowOf({ latex, text }: Notation, sample: number): Notation {
  return notation(`${latex.toLowerCase()}^{(${sample})}`, `${text.toLowerCase()}(${sample})`);
}

/** `\frac{\partial y}{\partial x}`, dy/dx */
export function derivative(of: Notation, by: Notation): Notation {
  return notation(`\\frac{\\partial ${of.latex}}{\\partial ${by.latex}}`, `d${of.text}/d${by.text}`);
}

/** The gradients of the short form: `\mathrm{d}W_1`, dW1. */
export function gradientOf({ latex, text }: Notation): Notation {
  return notation(`\\mathrm{d}${latex}`, `d${text}`);
}

export function transposeOf({ latex, text }: Notation): Notation {
  return notation(`${latex}^{\\top}`, `${text}t`);
}

/** A parameter after the update. */
export function updated({ latex, text }: Notation): Notation {
  return notation(`${latex}'`, `${text}'`);
}

/** A matrix product, written out. */
export function dot(a: Notation, b: Notation): Notation {
  const sign = (a.text + b.text).includes("/") ? " . " : ".";
  return notation(`${a.latex} \\, ${b.latex}`, `${a.text}${sign}${b.text}`);
}

/** The id of what the probabilities should be. */
export function targetId(labelSmoothing: number): "Y" | "T" {
  return labelSmoothing > 0 ? "T" : "Y";
}

/** Function names are set upright, by a macro that GitHub's mathematics allows; a hyphen must not become a minus. */
export function named(name: string): Notation {
  return notation(`\\mathrm{${name.replaceAll("-", "\\text{-}")}}`, name);
}

/** A number as it would be written, for formulas. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(6)));
}

export const SAMPLES: Axis = { name: "sample" };
export const INPUTS: Axis = { name: "input" };
export const CLASSES: Axis = { name: "class" };
/** Of what has only one row or column. */
export const ALONE: Axis = { name: "" };

/** Units of a layer from 1; inputs are the units of layer 0, and those of the last layer the classes. */
export function unitsOf(layer: number, layers: number): Axis {
  if (layer === 0) return INPUTS;
  return layer === layers ? CLASSES : { name: `unit of layer ${layer}` };
}

/** The label of an entry along an axis: its name, `3`, or `2,3` where it is the entry of a matrix. */
export function axisLabel({ columns, labels }: Axis, index: number): string {
  if (labels !== undefined) return labels[index];
  if (columns === undefined) return String(index + 1);
  return `${Math.floor(index / columns) + 1},${(index % columns) + 1}`;
}
