/**
 * Dropout masks, unit by unit: with weights 0, biases 1 and linear layers every activation is its own dropout factor.
 */
import { dropoutFactors } from "../../src/cpu/dropout.ts";
import { unpadRows } from "../../src/gpu/layout.ts";
import { VARIANTS } from "../support/gpu-variants.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";

const RATES = [0.25, 0.9] as const;
const UNITS = [70, 33] as const;

async function check(lab: Lab): Promise<void> {
  const dataset = new Draw(61).dataset(2, 3, { train: 65 });
  for (const [index, seed] of [0, 7, 2 ** 32 - 1].entries()) {
    const engine = await lab.engine({
      network: stack(
        4,
        UNITS.map((units, layer) => [units, "linear", RATES[layer]] as const),
        3,
      ),
      training: { batchSize: 65, optimizer: "sgd", seed },
      dataset,
      tuning: VARIANTS[2 - index],
    });
    const state = await engine.state();
    const parameters = Object.fromEntries(
      Object.entries(state.parameters).map(([name, values]) => [
        name,
        new Float32Array(values.length).fill(name.endsWith("bias") ? 1 : 0),
      ]),
    );
    for (const [step, rows] of [
      [0, 65],
      [1, 7],
      [123_456, 33],
    ] as const) {
      await engine.setState({ ...state, parameters, step });
      await engine.step(new Draw(step).rows(rows, 65));
      const activations = new Float32Array(await lab.read(lab.buffers.find("train activations")));
      for (const [layer, units] of UNITS.entries()) {
        const at = 4 * engine.plan.train.activations.activations[layer];
        const expected = dropoutFactors("float32", { seed, step }, layer, RATES[layer], [rows, units]);
        const actual = unpadRows(activations.subarray(at), rows, units);
        lab.check.equal(`seed ${seed}, step ${step}, layer ${layer}, ${rows} rows`, actual, expected);
      }
    }
  }
}

export const dropoutCases: readonly Case[] = [{ name: "dropout masks equal the CPU's exactly", run: check }];
