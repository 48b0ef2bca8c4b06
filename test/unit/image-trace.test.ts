/** An image through a network and back: every gradient on the way against central differences. */
import { describe, expect, it } from "vitest";
import { pixelToInput } from "../../src/core/dataset.ts";
import { ACTIVATIONS, resolveNetwork, type Activation } from "../../src/core/spec.ts";
import { tensorsToPrecision } from "../../src/cpu/floats.ts";
import { backwardPass, forwardPass } from "../../src/cpu/pass.ts";
import { traceImage, type Objective } from "../../src/lens/image-trace.ts";
import { initialParameters } from "../../src/model/parameters.ts";

const LABEL = 2;
const pixels = Uint8Array.from({ length: 12 }, (_, i) => (i * 89 + 40) % 256);

function subject(activation: Activation) {
  const network = resolveNetwork({
    input: 12,
    layers: [{ units: 7, activation, dropout: 0.5 }, { units: 5, activation }, { units: 3 }],
  });
  return { network, parameters: tensorsToPrecision("float64", initialParameters(network, 3)) };
}

describe("traceImage", () => {
  it.each(ACTIVATIONS.flatMap((activation) => [[activation, "loss"] as const, [activation, 1] as const]))(
    "follows %s, and how its %s changes with pixels and activations",
    (activation, objective: Objective) => {
      const { network, parameters } = subject(activation);
      const trace = traceImage(network, parameters, pixels, LABEL, objective);
      const inputs = Float64Array.from(pixels, pixelToInput);
      const forward = forwardPass(network, parameters, inputs);
      const { loss } = backwardPass(network, parameters, forward, [LABEL]);
      expect(trace.probabilities).toEqual(forward.probabilities);
      expect(trace.loss).toBeCloseTo(loss, 14);
      expect(trace.read).toBe(forward.logits.indexOf(Math.max(...forward.logits)));

      /** From what goes into a layer, only the layers above it. */
      const value = (from: number, values: Float64Array): number => {
        const above = { ...network, input: values.length, layers: network.layers.slice(from) };
        const own = Object.fromEntries(
          above.layers.flatMap((_, index) =>
            ["weight", "bias"].map((kind) => [
              `layers.${index}.${kind}`,
              parameters[`layers.${index + from}.${kind}`],
            ]),
          ),
        );
        const pass = forwardPass(above, own, values);
        return objective === "loss" ? backwardPass(above, own, pass, [LABEL]).loss : pass.logits[objective];
      };
      const starts = [
        { at: inputs, gradients: trace.pixelGradients },
        ...trace.layers.map(({ activations, gradients }) => ({ at: activations as Float64Array, gradients })),
      ];
      expect(starts).toHaveLength(3);
      starts.forEach(({ at, gradients }, from) => {
        expect(at).toHaveLength(gradients.length);
        at.forEach((_, i) => {
          const shifted = (by: number) => at.map((x, j) => (i === j ? x + by : x));
          const difference = (value(from, shifted(1e-6)) - value(from, shifted(-1e-6))) / 2e-6;
          expect(gradients[i]).toBeCloseTo(difference, 7);
        });
      });
    },
  );

  it("takes an image without a label for what it is read as", () => {
    const { network, parameters } = subject("gelu");
    const follow = (label?: number) => traceImage(network, parameters, pixels, label, "loss");
    const { read } = follow(LABEL);
    expect(follow()).toEqual(follow(read));
    expect(follow().label).toBe(read);
    const other = (read + 1) % network.classes;
    expect(follow(other)).toMatchObject({ read, label: other });
  });

  it("refuses what is not the network's", () => {
    const { network, parameters } = subject("relu");
    const trace = (image: Uint8Array, label: number, objective: Objective) => () =>
      traceImage(network, parameters, image, label, objective);
    expect(trace(pixels.subarray(1), LABEL, "loss")).toThrow(
      "the image has 11 pixels, but the network takes 12",
    );
    expect(trace(pixels, 3, "loss")).toThrow("there is no class 3; there are 3");
    expect(trace(pixels, LABEL, -1)).toThrow("there is no class -1; there are 3");
  });
});
