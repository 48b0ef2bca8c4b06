/** An activation and its slope over the whole range of float32, from z = 1 * w, which is exact. */
import type { Activation } from "../../core/spec.ts";
import { activate, activationSlope } from "../../cpu/activations.ts";
import { packParameters, unpadRows } from "../../gpu/layout.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { activationErrors } from "../activation-bounds.ts";
import { Draw, stack } from "./draw.ts";
import { region, type CheckContext } from "./kernel.ts";
import { openFloats } from "./products.ts";

function probes(): Float32Array {
  const sizes = [
    2e-38, 1e-30, 1e-7, 1e-4, 0.3, 1, 3, 5, 9, 10, 20, 20.5, 44, 88, 89, 104, 200, 1e4, 1e19, 1e30, 3e38,
  ];
  return Float32Array.from([0, ...sizes, ...sizes.map((size) => -size), ...new Draw(31).floats(200, 12)]);
}

export async function checkActivation(
  context: CheckContext,
  activation: Activation,
  tuning: Tuning,
): Promise<void> {
  const { check } = context;
  const z = probes();
  const units = z.length;
  const network = stack(1, [[units, activation]], 2);
  const { plan, program, kernel } = await openFloats(context, network, { tuning, capacity: 1 }, "forward 0");
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
  const read = (vector: number): Float32Array =>
    unpadRows(kernel.floats("activations", region(vector, 1, units)), 1, units);
  const wide = Float64Array.from(z);
  const values = activate(activation, wide);
  const slopes = activationSlope(activation, wide);
  // Both sides have the same z, so the side of a kink is no matter of rounding.
  const errors = Array.from(wide, (x, i) => activationErrors(activation, x, 0, values[i], slopes[i], true));
  const bounds = (which: "value" | "slope"): number[] => errors.map((error) => error[which]);
  check.within(`${activation}: value`, read(activations[0]), values, bounds("value"));
  check.within(`${activation}: slope`, read(deltas[0]), slopes, bounds("slope"));
}
