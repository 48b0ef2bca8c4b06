/** Where tensors lie in the flat buffers, and that what is put there comes back. */
import { describe, expect, test } from "vitest";
import { resolveNetwork } from "../../src/core/spec.ts";
import {
  activationLayout,
  packParameters,
  padImages,
  padRows,
  parameterLayout,
  unpackParameters,
  unpadRows,
  vectors,
} from "../../src/gpu/layout.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

const WIDTHS = [1, 2, 3, 4, 5, 7, 8, 31, 33];
const networks = [
  resolveNetwork(stack(1, [], 2)),
  resolveNetwork(stack(7, [[5]], 3)),
  resolveNetwork(stack(33, [[31], [1], [8]], 10)),
];

describe("parameters", () => {
  test.each(networks)("of $layers.length layers come back as they were", (network) => {
    const parameters = new Draw(1).parameters(network);
    const packed = packParameters(network, parameters);
    expect(unpackParameters(network, packed)).toEqual(parameters);
    expect(packed).toHaveLength(4 * parameterLayout(network).vectors);
  });

  test.each(networks)("of $layers.length layers leave their padding 0 and do not overlap", (network) => {
    const ones = Object.fromEntries(
      Object.entries(new Draw(1).parameters(network)).map(([name, values]) => [name, values.fill(1)]),
    );
    const packed = packParameters(network, ones);
    const count = network.layers.reduce((sum, { inputs, units }) => sum + inputs * units + units, 0);
    expect(packed.reduce((sum, value) => sum + value, 0)).toBe(count);
  });

  test("lie as the shaders read them: W[k][unit] at weight + k * units4, in fours", () => {
    const network = networks[1];
    const { layers } = parameterLayout(network);
    expect(layers[0]).toEqual({ weight: 0, bias: 16, units4: 2, inputs4: 2, end: 18 });
    expect(layers[1]).toEqual({ weight: 18, bias: 26, units4: 1, inputs4: 2, end: 27 });
    const weight = Float32Array.from({ length: 35 }, (_, i) => i + 1);
    const zeros = unpackParameters(network, new Float32Array(4 * 27));
    const packed = packParameters(network, { ...zeros, "layers.0.weight": weight });
    for (let k = 0; k < 7; k++) {
      for (let unit = 0; unit < 5; unit++) {
        expect(packed[4 * (0 + k * 2 + Math.floor(unit / 4)) + (unit % 4)]).toBe(weight[k * 5 + unit]);
      }
    }
  });

  test("of moments carry their suffix", () => {
    const network = networks[0];
    const moments = { "layers.0.weight.m": Float32Array.of(1, 2), "layers.0.bias.m": Float32Array.of(3, 4) };
    expect(unpackParameters(network, packParameters(network, moments, ".m"), ".m")).toEqual(moments);
  });
});

describe("rows", () => {
  test.each(WIDTHS)("of %i floats come back, with padding of 0", (width) => {
    const values = new Draw(2).floats(5 * width);
    const padded = padRows(values, width);
    expect(padded).toHaveLength(5 * 4 * vectors(width));
    expect(unpadRows(padded, 5, width)).toEqual(values);
    expect(padded.filter((value) => value !== 0)).toHaveLength(5 * width);
  });

  test.each(WIDTHS)("of %i pixels begin at whole words", (width) => {
    const images = new Draw(3).bytes(5 * width);
    const padded = padImages(images, width);
    const stride = 4 * vectors(width);
    expect(padded).toHaveLength(5 * stride);
    for (let row = 0; row < 5; row++) {
      expect(padded.slice(row * stride, row * stride + width)).toEqual(
        images.slice(row * width, (row + 1) * width),
      );
    }
  });
});

describe("activations", () => {
  test("have one for the parts of a product that is summed in several", () => {
    const network = { input: 9, layers: [{ units: 30 }, { units: 3 }] };
    const holds = { input: false, backward: false, probabilities: false };
    const whole = activationLayout(resolveNetwork(network), 10, holds);
    const cut = activationLayout(resolveNetwork(network), 10, { ...holds, parts: 4 });
    expect(cut.parts).toBe(whole.vectors);
    expect(cut.vectors).toBe(whole.vectors + 4 * 10 * 8);
  });

  test("have a region each, one behind the other", () => {
    const network = networks[2];
    const layout = activationLayout(network, 10, { input: true, backward: true, probabilities: true });
    expect(layout).toEqual({
      input: 0,
      activations: [90, 170, 180],
      deltas: [200, 280, 290, 310],
      logits: 340,
      probabilities: 370,
      parts: 400,
      z: [400, 400, 400],
      vectors: 400,
    });
  });

  test("take no room for what a program does not need", () => {
    const network = networks[2];
    const layout = activationLayout(network, 10, { input: false, backward: false, probabilities: false });
    expect(layout.vectors).toBe(10 * (8 + 1 + 2 + 3));
  });
});
