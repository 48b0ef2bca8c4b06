/**
 * Products of small whole numbers, every partial sum below 2^24, are exact in float32 at any length and in any order:
 * 60,000 terms show an index that goes wrong late as well as one that goes wrong at once.
 */
import { columnSums, dense, matmulTransposedA, matmulTransposedB } from "../../src/cpu/dense.ts";
import { writeEntry } from "../../src/gpu/epoch-schedule.ts";
import {
  packParameters,
  padImages,
  padRows,
  unpackParameters,
  unpadRows,
  vectors,
} from "../../src/gpu/layout.ts";
import { plan as makePlan } from "../../src/gpu/plan.ts";
import { planFloats } from "../../src/gpu/plan-programs.ts";
import { DEFAULT_LIMITS } from "../../src/gpu/plan-types.ts";
import type { Tuning } from "../../src/gpu/tuning.ts";
import type { NetworkSpec } from "../../src/core/spec.ts";
import { Kernel } from "../support/gpu-kernel.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../support/gpu-random.ts";
import { VARIANTS } from "../support/gpu-variants.ts";

const LONG = 60_000;

async function open(
  lab: Lab,
  tuning: Tuning,
  network: NetworkSpec,
  rows: number,
  name: string,
  limits = DEFAULT_LIMITS,
) {
  const plan = makePlan(network, {}, { tuning, shaders: lab.shaders, limits });
  const program = planFloats(plan, limits, rows, true);
  const dispatches = program.dispatches.filter((dispatch) => dispatch.name === name);
  const kernel = await Kernel.open(lab, dispatches, [...plan.buffers, ...program.buffers]);
  return { plan, program, kernel, grid: dispatches[0].grid };
}

async function forward(
  lab: Lab,
  tuning: Tuning,
  [rows, k, n]: readonly [number, number, number],
  limits = DEFAULT_LIMITS,
) {
  const draw = new Draw(41);
  const at = await open(lab, tuning, stack(k, [[n, "linear"]], 2), rows, "forward 0", limits);
  const x = draw.integers(rows * k, -8, 8);
  const parameters = {
    "layers.0.weight": draw.integers(k * n, -8, 8),
    "layers.0.bias": draw.integers(n, -99, 99),
    "layers.1.weight": new Float32Array(2 * n),
    "layers.1.bias": new Float32Array(2),
  };
  const { input, activations, deltas } = at.program.activations;
  await at.kernel.run(rows, {
    activations: [{ at: 4 * input, data: padRows(x, k) }],
    parameters: [{ data: packParameters(at.plan.network, parameters) }],
  });
  const what = `[${rows}, ${k}].[${k}, ${n}]`;
  const region = (vector: number) => [4 * vector, 4 * (vector + rows * vectors(n))] as const;
  const actual = unpadRows(at.kernel.floats("activations", region(activations[0])), rows, n);
  lab.check.equal(
    what,
    actual,
    dense(x, [rows, k], parameters["layers.0.weight"], [k, n], parameters["layers.0.bias"]),
  );
  at.kernel.checkUntouched(what, { activations: [region(activations[0]), region(deltas[0])] });
  return at.grid;
}

/** Bytes of 0 and 255, which are exactly 0 and 1: 255 * f32(1/255) rounds to 1 unless rounding goes up. */
async function forwardOfBytes(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(44);
  const [rows, k, n] = [7, LONG, 9];
  const training = { batchSize: rows, optimizer: "sgd" } as const;
  const options = { tuning, shaders: lab.shaders, trainRows: rows };
  const plan = makePlan(stack(k, [[n, "linear"]], 2), training, options);
  const kernel = await Kernel.open(lab, plan.dispatches.slice(0, 1), plan.buffers);
  const x = draw.integers(rows * k, 0, 1);
  const weight = draw.integers(k * n, -8, 8);
  const bias = draw.integers(n, -99, 99);
  const entry = new Uint32Array(8);
  writeEntry(entry, 0, { step: 0, first: plan.scheduleRows, rows });
  const order = Uint32Array.from({ length: rows }, (_, row) => rows - 1 - row);
  const parameters = {
    "layers.0.weight": weight,
    "layers.0.bias": bias,
    "layers.1.weight": new Float32Array(2 * n),
    "layers.1.bias": new Float32Array(2),
  };
  await kernel.run(rows, {
    schedule: [{ data: entry }, { at: plan.scheduleRows, data: order }],
    images: [
      {
        data: padImages(
          Uint8Array.from(x, (value) => 255 * value),
          k,
        ),
      },
    ],
    parameters: [{ data: packParameters(plan.network, parameters) }],
  });
  const [output] = plan.train.activations.activations;
  const words = [4 * output, 4 * (output + rows * vectors(n))] as const;
  const actual = unpadRows(kernel.floats("activations", words), rows, n);
  const chosen = Float32Array.from({ length: rows * k }, (_, i) => x[order[Math.floor(i / k)] * k + (i % k)]);
  lab.check.equal("X.W of bytes", actual, dense(chosen, [rows, k], weight, [k, n], bias));
}

/** dZ.Wt with W of so many units. */
async function inputGradient(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(42);
  const [rows, k, n] = [7, LONG, 5];
  const at = await open(lab, tuning, stack(1, [[n], [k]], 2), rows, "input gradient 1");
  const dZ = draw.integers(rows * k, -8, 8);
  const slope = draw.integers(rows * n, -2, 2);
  const zero = Object.fromEntries(
    Object.entries(draw.parameters(at.plan.network)).map(([name, values]) => [name, values.fill(0)]),
  );
  const parameters = { ...zero, "layers.1.weight": draw.integers(n * k, -8, 8) };
  const { deltas } = at.program.activations;
  await at.kernel.run(rows, {
    activations: [
      { at: 4 * deltas[1], data: padRows(dZ, k) },
      { at: 4 * deltas[0], data: padRows(slope, n) },
    ],
    parameters: [{ data: packParameters(at.plan.network, parameters) }],
  });
  const region = [4 * deltas[0], 4 * (deltas[0] + rows * vectors(n))] as const;
  const expected = matmulTransposedB(dZ, [rows, k], parameters["layers.1.weight"], [n, k]).map(
    (v, i) => v * slope[i],
  );
  lab.check.equal("dZ.Wt", unpadRows(at.kernel.floats("activations", region), rows, n), expected);
  at.kernel.checkUntouched("dZ.Wt", { activations: [region] });
}

/** Xt.dZ and the column sums over so many rows. */
async function weightGradient(lab: Lab, tuning: Tuning): Promise<void> {
  const draw = new Draw(43);
  const [rows, k, n] = [LONG, 7, 5];
  const x = draw.integers(rows * k, -8, 8);
  const dZ = draw.integers(rows * n, -8, 8);
  for (const name of ["weight gradient 0", "bias gradient 0"]) {
    const at = await open(lab, tuning, stack(k, [[n]], 2), rows, name);
    const { input, deltas } = at.program.activations;
    await at.kernel.run(rows, {
      activations: [
        { at: 4 * input, data: padRows(x, k) },
        { at: 4 * deltas[0], data: padRows(dZ, n) },
      ],
    });
    const all = at.kernel.floats("gradients", [0, 4 * at.plan.parameters.vectors]);
    const actual = unpackParameters(at.plan.network, all);
    if (name.startsWith("weight")) {
      lab.check.equal("Xt.dZ", actual["layers.0.weight"], matmulTransposedA(x, [rows, k], dZ, [rows, n]));
    } else {
      lab.check.equal("column sums", actual["layers.0.bias"], columnSums(dZ, [rows, n]));
    }
  }
}

/** Small tiles of one invocation each, so that counts of workgroups grow past the limits quickly. */
const TINY: Tuning = { ...VARIANTS[2], workgroupSize: 1, name: "one invocation per workgroup" };

export const integerCases: readonly Case[] = [
  ...VARIANTS.slice(0, 2).flatMap((tuning): Case[] => [
    {
      name: `integers: X.W of 60,000 inputs, ${tuning.name}`,
      run: async (lab) => void (await forward(lab, tuning, [7, LONG, 9])),
    },
    {
      name: `integers: X.W of 60,000 bytes, ${tuning.name}`,
      run: (lab) => forwardOfBytes(lab, tuning),
    },
    { name: `integers: dZ.Wt of 60,000 units, ${tuning.name}`, run: (lab) => inputGradient(lab, tuning) },
    { name: `integers: Xt.dZ of 60,000 rows, ${tuning.name}`, run: (lab) => weightGradient(lab, tuning) },
  ]),
  {
    name: "integers: workgroups fold past a limit of 19",
    run: async (lab) => {
      const limits = { ...DEFAULT_LIMITS, maxComputeWorkgroupsPerDimension: 19 };
      const [x, y] = await forward(lab, TINY, [33, 7, 9], limits);
      lab.check.that("the grid is folded", x === 19 && y > 1, `${x} x ${y}`);
    },
  },
  {
    name: "integers: workgroups fold past 65,535",
    run: async (lab) => {
      const [x, y] = await forward(lab, TINY, [300_000, 3, 2]);
      lab.check.that("the grid is folded", x === 65_535 && y === 2, `${x} x ${y}`);
    },
  },
];
