/**
 * Where every tensor lies in the flat GPU buffers. Rows of every matrix are padded to a multiple of four floats, so that
 * kernels load vectors of four; the padding is 0 and stays 0. All offsets and strides count vectors of four floats.
 */
import type { FloatArray, Parameters } from "../core/engine.ts";
import type { Network } from "../core/spec.ts";

/** How many vectors of four hold n values. */
export const vectors = (n: number): number => Math.ceil(n / 4);

export interface LayerParameters {
  weight: number;
  bias: number;
  /** Vectors per row of W (and of everything `[rows, units]`). */
  units4: number;
  inputs4: number;
  /** First vector behind this layer's parameters. */
  end: number;
}

export interface ParameterLayout {
  layers: LayerParameters[];
  /** Vectors in all. */
  vectors: number;
}

/** Parameters, each moment and gradients share this layout: weight `[inputs up to a multiple of 4, units4]`, then bias. */
export function parameterLayout(network: Network): ParameterLayout {
  let next = 0;
  const layers = network.layers.map((layer): LayerParameters => {
    const units4 = vectors(layer.units);
    const inputs4 = vectors(layer.inputs);
    const weight = next;
    const bias = weight + 4 * inputs4 * units4;
    next = bias + units4;
    return { weight, bias, units4, inputs4, end: next };
  });
  return { layers, vectors: next };
}

/** Copies named tensors into one padded array. @param suffix of the names, for example `".m"` */
export function packParameters(
  network: Network,
  tensors: Parameters,
  suffix: string = "",
): Float32Array<ArrayBuffer> {
  const layout = parameterLayout(network);
  const packed = new Float32Array(4 * layout.vectors);
  forEachRow(network, layout, (name, at, start, length) => {
    packed.set(tensors[name + suffix].subarray(start, start + length), at);
  });
  return packed;
}

/** The inverse of `packParameters`. */
export function unpackParameters(
  network: Network,
  packed: Float32Array,
  suffix: string = "",
): Record<string, Float32Array> {
  const tensors: Record<string, Float32Array> = {};
  network.layers.forEach((layer, index) => {
    tensors[`layers.${index}.weight${suffix}`] = new Float32Array(layer.inputs * layer.units);
    tensors[`layers.${index}.bias${suffix}`] = new Float32Array(layer.units);
  });
  forEachRow(network, parameterLayout(network), (name, at, start, length) => {
    tensors[name + suffix].set(packed.subarray(at, at + length), start);
  });
  return tensors;
}

function forEachRow(
  network: Network,
  layout: ParameterLayout,
  visit: (name: string, at: number, start: number, length: number) => void,
): void {
  network.layers.forEach((layer, index) => {
    const { weight, bias, units4 } = layout.layers[index];
    for (let row = 0; row < layer.inputs; row++) {
      visit(`layers.${index}.weight`, 4 * (weight + row * units4), row * layer.units, layer.units);
    }
    visit(`layers.${index}.bias`, 4 * bias, 0, layer.units);
  });
}

export interface ActivationLayout {
  /** Inputs given as floats: `[rows, inputs4]`. */
  input: number;
  /** Per hidden layer: z `[rows, units4]`. Only where a step is traced. */
  z: number[];
  /** Per hidden layer: activations `[rows, units4]`. */
  activations: number[];
  /** Per layer: slope, then delta `[rows, units4]`. Only where there is a backward pass. */
  deltas: number[];
  logits: number;
  probabilities: number;
  /** The product below the head in parts `[parts, rows, units4]`, where it is summed in more than one. */
  parts: number;
  /** Vectors in all. */
  vectors: number;
}

/** @param rows the largest batch this buffer serves */
export function activationLayout(
  network: Network,
  rows: number,
  holds: { input: boolean; backward: boolean; probabilities: boolean; parts?: number; z?: boolean },
): ActivationLayout {
  let next = 0;
  const region = (units: number, present: boolean): number => {
    const at = next;
    if (present) next += rows * vectors(units);
    return at;
  };
  const hidden = network.layers.slice(0, -1);
  const partsRegion = (): number => {
    const at = next;
    const { parts = 1 } = holds;
    if (parts > 1) next += parts * rows * vectors(hidden[hidden.length - 1].units);
    return at;
  };
  return {
    input: region(network.input, holds.input),
    activations: hidden.map((layer) => region(layer.units, true)),
    deltas: network.layers.map((layer) => region(layer.units, holds.backward)),
    logits: region(network.classes, true),
    probabilities: region(network.classes, holds.probabilities),
    parts: partsRegion(),
    z: hidden.map((layer) => region(layer.units, holds.z ?? false)),
    vectors: next,
  };
}

/** Rows of floats, padded to whole vectors. @param values `[rows * width]` */
export function padRows(values: FloatArray, width: number): Float32Array<ArrayBuffer> {
  const stride = 4 * vectors(width);
  return copyRows(values, width, new Float32Array((values.length / width) * stride), stride, width);
}

/** The inverse of `padRows`. */
export function unpadRows(padded: Float32Array, rows: number, width: number): Float32Array {
  return copyRows(padded, 4 * vectors(width), new Float32Array(rows * width), width, width);
}

/** Bytes of images with every row padded to whole words of four pixels. */
export function padImages(images: Uint8Array, width: number): Uint8Array {
  const stride = 4 * vectors(width);
  if (stride === width) return images;
  return copyRows(images, width, new Uint8Array((images.length / width) * stride), stride, width);
}

/** Copies the first `width` values of every row from one stride to another. */
function copyRows<T extends FloatArray | Uint8Array>(
  from: FloatArray | Uint8Array,
  fromStride: number,
  to: T,
  toStride: number,
  width: number,
): T {
  for (let row = 0; row * toStride < to.length; row++) {
    to.set(from.subarray(row * fromStride, row * fromStride + width), row * toStride);
  }
  return to;
}

/** Words per row of `padImages`. */
export const imageWords = vectors;
