/** Tables of single layers, and a search on the device: whatever tiles it chooses, a step stays within its bounds. */
import type { TrainingSpec } from "../../src/core/spec.ts";
import { tune } from "../../src/gpu/tuner.ts";
import { MOST_CANDIDATES } from "../../src/gpu/tuner-candidates.ts";
import { isTuning, SOFTWARE_TUNING, type Tuning } from "../../src/gpu/tuning.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { checkFusedStep, warmState } from "../support/gpu-step.ts";

const SETTING = {
  network: stack(
    49,
    [
      [33, "relu", 0.2],
      [17, "tanh"],
    ],
    10,
  ),
  training: {
    optimizer: "adamw",
    weightDecay: 0.1,
    batchSize: 31,
    epochs: 3,
    seed: 5,
  } satisfies TrainingSpec,
  dataset: new Draw(161).dataset(7, 10, { train: 118 }),
};

const tile = (rows: number, columns: number) => ({ family: "register", rows, columns }) as const;

const shared = (tileRows: number, tileColumns: number, depth = 8) =>
  ({ family: "workgroup", rows: 4, columns: 4, tileRows, tileColumns, depth }) as const;

/** Another tile for every product, of different families side by side. */
const MIXED: Tuning = {
  ...SOFTWARE_TUNING,
  name: "mixed",
  workgroupSize: 8,
  head: { ...SOFTWARE_TUNING.head, rows: 2, group4: 1 },
  layers: {
    0: { forward: tile(2, 16), weightGradient: tile(4, 8) },
    1: {
      forward: { ...shared(16, 8), splits: 2 },
      // In one dispatch with products that need fewer invocations.
      inputGradient: shared(16, 16),
      weightGradient: shared(8, 16),
    },
    // Four invocations that read eight blocks in two turns, in one dispatch with products that need more of them.
    2: { weightGradient: shared(8, 8, 16) },
  },
};

async function checkTable(lab: Lab, tuning: Tuning, network = SETTING.network): Promise<void> {
  const options = { ...SETTING, network, tuning };
  const engine = await lab.engine(options);
  await checkFusedStep(lab, tuning.name, engine, await warmState(options, 3));
}

async function search(lab: Lab): Promise<void> {
  const { check, device } = lab;
  const before = lab.buffers.live;
  const { training, dataset } = SETTING;
  const network = stack(49, [[17]], 10);
  // From small tiles, which software adapters compile quickly.
  const small = tile(4, 4);
  const start = { ...SOFTWARE_TUNING, forward: small, inputGradient: small, weightGradient: small };
  const options = { network, training, split: dataset.train, start, mode: "fast", seconds: 1.5 } as const;
  const report = await tune(device, options);
  check.that("a search leaves no buffers", lab.buffers.live === before, lab.buffers.live - before);
  check.that("the table is one", isTuning(report.tuning));
  check.that("it says how it was found", report.tuning.name.includes("tuned"), report.tuning.name);
  check.that("every product is a part of it", report.products.length === 4, report.products.length);
  check.that(
    "candidates are bounded",
    report.products.every(({ candidates }) => candidates.length <= MOST_CANDIDATES),
  );
  const problems = report.products.flatMap(({ candidates }) =>
    candidates.map(({ problem }) => problem ?? ""),
  );
  check.that("every candidate could be run", problems.join("") === "", problems.join("; "));
  check.that("times are times", report.stepMs.default > 0 && report.stepMs.tuned > 0);
  await checkTable(lab, report.tuning, network);
}

export const tuningCases: readonly Case[] = [
  {
    name: "tuning: a tile of its own for every product of every layer",
    run: (lab) => checkTable(lab, MIXED),
  },
  { name: "tuning: a search and its table", run: search },
];
