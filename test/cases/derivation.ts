/**
 * The derivation's gradients, in either form, against those that the device computes for the same network and batch,
 * within the bound of its kernels.
 */
import { derive, matrixOf } from "../../src/lens/derivation/derive.ts";
import { boundedPass } from "../../src/lens/pass-bounds.ts";
import { resolveNetwork, type Activation } from "../../src/core/spec.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

type Hidden = readonly (readonly [units: number, activation: Activation])[];

const SETTINGS: readonly { input: number; hidden: Hidden; classes: number; rows: number }[] = [
  { input: 4, hidden: [[3, "tanh"]], classes: 3, rows: 2 },
  {
    input: 7,
    hidden: [
      [5, "gelu"],
      [6, "sigmoid"],
    ],
    classes: 4,
    rows: 3,
  },
];

async function check(lab: Lab): Promise<void> {
  const draw = new Draw(41);
  for (const { input, hidden, classes, rows } of SETTINGS) {
    const spec = stack(input, hidden, classes);
    const network = resolveNetwork(spec);
    const parameters = draw.parameters(network);
    const inputs = draw.floats(rows * input);
    const labels = draw.labels(rows, classes);
    const engine = await lab.engine({ network: spec });
    await engine.setParameters(parameters);
    const { loss, gradients } = await engine.gradients(inputs, labels);
    const derivation = derive({ network, parameters, inputs, labels });
    const { errors } = boundedPass(network, parameters, inputs, labels);
    const what = [input, ...hidden.map(([units]) => units), classes].join(" - ");
    lab.check.within(`${what}: loss`, [loss], [derivation.loss], [errors.head.loss]);
    network.layers.forEach((_, index) => {
      for (const [letter, kind] of [
        ["W", "weight"],
        ["b", "bias"],
      ] as const) {
        const name = `layers.${index}.${kind}`;
        for (const id of [`dL/d${letter}${index + 1}`, `d${letter}${index + 1}`]) {
          const { values } = matrixOf(derivation.matrices, id);
          lab.check.within(`${what}: ${id}`, gradients[name], values, errors.gradients[name]);
        }
      }
    });
  }
}

export const derivationCases: readonly Case[] = [
  { name: "gradients of the long form and the short form", run: check },
];
