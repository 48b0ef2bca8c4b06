/** Activations and slopes over the whole range of float32, from z = 1 * w, which is exact. */
import { ACTIVATIONS, type Activation } from "../../src/core/spec.ts";
import { packParameters, unpadRows, vectors } from "../../src/gpu/layout.ts";
import { plan as makePlan } from "../../src/gpu/plan.ts";
import { planFloats } from "../../src/gpu/plan-programs.ts";
import { DEFAULT_LIMITS } from "../../src/gpu/plan-types.ts";
import { activate, activationSlope } from "../../src/cpu/activations.ts";
import { activationErrors } from "../../src/lens/activation-bounds.ts";
import { Kernel } from "../support/gpu-kernel.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../support/gpu-random.ts";
import { VARIANTS } from "../support/gpu-variants.ts";

function probes(): Float32Array {
  const sizes = [
    2e-38, 1e-30, 1e-7, 1e-4, 0.3, 1, 3, 5, 9, 10, 20, 20.5, 44, 88, 89, 104, 200, 1e4, 1e19, 1e30, 3e38,
  ];
  return Float32Array.from([0, ...sizes, ...sizes.map((size) => -size), ...new Draw(31).floats(200, 12)]);
}

async function check(lab: Lab, activation: Activation): Promise<void> {
  const z = probes();
  const units = z.length;
  const [tuning] = VARIANTS;
  const plan = makePlan(stack(1, [[units, activation]], 2), {}, { tuning, shaders: lab.shaders });
  const program = planFloats(plan, DEFAULT_LIMITS, 1, true);
  const dispatches = program.dispatches.filter(({ name }) => name === "forward 0");
  const kernel = await Kernel.open(lab, dispatches, [...plan.buffers, ...program.buffers]);
  const parameters = {
    "layers.0.weight": z,
    "layers.0.bias": new Float32Array(units),
    "layers.1.weight": new Float32Array(2 * units),
    "layers.1.bias": new Float32Array(2),
  };
  const { input, activations, deltas } = program.activations;
  await kernel.run(1, {
    activations: [{ at: 4 * input, data: Float32Array.of(1, 0, 0, 0) }],
    parameters: [{ data: packParameters(plan.network, parameters) }],
  });
  const read = (vector: number) =>
    unpadRows(kernel.floats("activations", [4 * vector, 4 * (vector + vectors(units))]), 1, units);
  const wide = Float64Array.from(z);
  const values = activate(activation, wide);
  const slopes = activationSlope(activation, wide);
  const errors = Array.from(wide, (x, i) => activationErrors(activation, x, 0, values[i], slopes[i], false));
  lab.check.within(
    `${activation}: value`,
    read(activations[0]),
    values,
    errors.map(({ value }) => value),
  );
  lab.check.within(
    `${activation}: slope`,
    read(deltas[0]),
    slopes,
    errors.map(({ slope }) => slope),
  );
}

export const activationCases: readonly Case[] = ACTIVATIONS.map((activation) => ({
  name: `activation ${activation} at extremes`,
  run: (lab) => check(lab, activation),
}));
