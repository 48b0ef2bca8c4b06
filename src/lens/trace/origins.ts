/** What an element of a traced tensor was made from: the numbers that the device had. */
import type { Network } from "../../core/spec.ts";
import { placeText } from "../../report/numbers.ts";
import type { TracedStepInputs, TracedTensor } from "./tracer.ts";

export interface Origin {
  /** For example `layers.0.weight, column 7` or `layers.0.z[31, 6]`: rows and columns count from 0. */
  name: string;
  values: number[];
}

/** @param tensors of the step, in order @param index of the element */
export function originsOf(
  network: Network,
  tensors: readonly TracedTensor[],
  { state, images, labels }: TracedStepInputs,
  tensor: TracedTensor,
  index: number,
): Origin[] {
  const width = tensor.shape[tensor.shape.length - 1];
  const [row, unit] = [Math.floor(index / width), index % width];
  const found = (name: string): TracedTensor | undefined => tensors.find((each) => each.name === name);
  const rowOf = (name: string, r: number): Origin[] => {
    const of = found(name);
    if (of === undefined) return [];
    const columns = of.shape[of.shape.length - 1];
    return [{ name: `${name}, row ${r}`, values: [...of.gpu.subarray(r * columns, (r + 1) * columns)] }];
  };
  const columnOf = (name: string, c: number): Origin[] => {
    const of = found(name);
    if (of === undefined) return [];
    const columns = of.shape[of.shape.length - 1];
    return [{ name: `${name}, column ${c}`, values: [...of.gpu].filter((_, i) => i % columns === c) }];
  };
  const element = (name: string, i: number): Origin[] => {
    const of = found(name);
    return of === undefined ? [] : [{ name: `${name}${placeText(of.shape, i)}`, values: [of.gpu[i]] }];
  };
  const weight = (layer: number, side: "row" | "column", at: number): Origin => {
    const { units } = network.layers[layer];
    const values = [...state.parameters[`layers.${layer}.weight`]].filter((_, i) =>
      side === "row" ? Math.floor(i / units) === at : i % units === at,
    );
    return { name: `layers.${layer}.weight, ${side} ${at}`, values };
  };
  const bias = (layer: number): Origin => ({
    name: `layers.${layer}.bias[${unit}]`,
    values: [state.parameters[`layers.${layer}.bias`][unit]],
  });
  const label = (): Origin => ({ name: `label of row ${row}`, values: [labels[row]] });
  const inputOf = (layer: number): string => (layer === 0 ? "inputs" : `layers.${layer - 1}.a`);
  const last = network.layers.length - 1;

  if (tensor.name === "inputs") return [{ name: `byte ${unit} of row ${row}`, values: [images[index]] }];
  if (tensor.name === "logits")
    return [...rowOf(inputOf(last), row), weight(last, "column", unit), bias(last)];
  if (tensor.name === "probabilities") return rowOf("logits", row);
  if (tensor.name === "losses") {
    return [...rowOf("logits", index), { name: `label of row ${index}`, values: [labels[index]] }];
  }
  if (tensor.name === "loss") return [{ name: "losses", values: [...(found("losses")?.gpu ?? [])] }];
  const layer = Number(/^layers\.(\d+)/.exec(tensor.name)?.[1]);
  if (tensor.name.endsWith(".gradient")) {
    const delta = columnOf(`layers.${layer}.delta`, unit);
    return tensor.name.endsWith(".weight.gradient") ? [...columnOf(inputOf(layer), row), ...delta] : delta;
  }
  if (tensor.name.endsWith(".z"))
    return [...rowOf(inputOf(layer), row), weight(layer, "column", unit), bias(layer)];
  if (tensor.name.endsWith(".a")) return element(`layers.${layer}.z`, index);
  if (tensor.name.endsWith(".delta")) {
    if (layer === last) return [...rowOf("probabilities", row), label()];
    const above = rowOf(`layers.${layer + 1}.delta`, row);
    return [...above, weight(layer + 1, "row", unit), ...element(`layers.${layer}.z`, index)];
  }
  // A parameter or a moment: what it was, and its gradient.
  const [, name] = /^(layers\.\d+\.(?:weight|bias))/.exec(tensor.name) ?? [];
  if (name === undefined) return [];
  const place = placeText(tensor.shape, index);
  const before = Object.entries(state.moments).filter(([key]) => key.startsWith(`${name}.`));
  return [
    { name: `${name}${place} before`, values: [state.parameters[name][index]] },
    ...before.map(([key, values]) => ({ name: `${key}${place} before`, values: [values[index]] })),
    ...element(`${name}.gradient`, index),
  ];
}
