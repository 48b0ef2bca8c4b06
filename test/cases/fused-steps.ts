/**
 * Whole networks: one production step from a warm state against float64, with the gradient's bound propagated through
 * the update. Every activation, depth, optimiser and option occurs, none of them in all combinations.
 */
import type { Dataset } from "../../src/core/dataset.ts";
import type { TrainingSpec } from "../../src/core/spec.ts";
import { SOFTWARE_TUNING, type Tuning } from "../../src/gpu/tuning.ts";
import { VARIANTS } from "../../src/lens/conformance/variants.ts";
import type { Case, Lab } from "../support/gpu-lab.ts";
import { Draw, stack } from "../../src/lens/conformance/draw.ts";
import { inputsOf, labelsOf } from "../../src/lens/conformance/step.ts";
import { checkFusedStep, warmState } from "../support/gpu-step.ts";

interface Setting {
  hidden: Parameters<typeof stack>[1];
  training: TrainingSpec;
  side?: number;
  classes?: number;
  /** Steps before the one that is compared; the fourth of each epoch is the short one. */
  warm?: number;
  tuning?: Tuning;
}

/** Products and reductions in workgroup memory, sums in parts. */
const STAGED = VARIANTS[4];
/** Tiles that subgroups share. */
const LANES = VARIANTS[3];

const TRAIN_ROWS = 3 * 33 + 10;

const SETTINGS: readonly Setting[] = [
  { hidden: [], training: { optimizer: "sgd" }, warm: 2 },
  { hidden: [], training: { optimizer: "adamw", weightDecay: 0.1 }, tuning: STAGED },
  { hidden: [[33, "relu"]], training: { optimizer: "momentum", weightDecay: 0.05 } },
  { hidden: [[33, "relu"]], training: { optimizer: "momentum", weightDecay: 0.05 }, tuning: LANES },
  { hidden: [[65, "leaky-relu"]], training: { optimizer: "nesterov", labelSmoothing: 0.2 }, warm: 4 },
  {
    hidden: [
      [31, "tanh", 0.3],
      [33, "linear"],
    ],
    training: { optimizer: "adam", weightDecay: 0.03, warmup: 10 },
  },
  {
    hidden: [
      [17, "sigmoid"],
      [9, "gelu", 0.5],
      [13, "relu"],
    ],
    training: { optimizer: "adamw", weightDecay: 0.2, schedule: "cosine", labelSmoothing: 0.1 },
    warm: 6,
  },
  {
    hidden: [[40, "gelu"]],
    training: { optimizer: "adamw", clipNorm: 0.3, weightDecay: 0.1 },
    tuning: STAGED,
  },
  {
    hidden: [[12, "linear"]],
    training: { optimizer: "sgd", clipNorm: 0.2, weightDecay: 0.1, schedule: "exponential" },
  },
  {
    hidden: [
      [31, "relu", 0.25],
      [7, "leaky-relu"],
    ],
    training: { optimizer: "momentum", clipNorm: 1e6, schedule: "step", decayEvery: 2 },
    warm: 5,
  },
  {
    hidden: [
      [64, "gelu", 0.1],
      [32, "tanh"],
      [5, "sigmoid"],
    ],
    training: { optimizer: "nesterov", clipNorm: 0.1, weightDecay: 0.01 },
    tuning: STAGED,
  },
  {
    hidden: [[128, "relu", 0.5]],
    training: { optimizer: "adam", batchSize: 1 },
    side: 11,
    classes: 31,
    warm: 7,
  },
];

function nameOf({ hidden, training, warm = 3, tuning }: Setting): string {
  const layers = hidden.map((layer) => layer.join(" ")).join(" - ") || "no hidden layer";
  const options = Object.entries(training).map(([key, value]) =>
    key === "optimizer" ? value : `${key} ${value}`,
  );
  return `fused step: ${layers}; ${options.join(", ")}; step ${warm}${tuning ? `; ${tuning === LANES ? "subgroup" : "hardware"} tiles` : ""}`;
}

/** Noise; every other image has no more than specks, and of the rest every other has words of 1 alone. */
function speckled(side: number, classes: number): Dataset {
  const draw = new Draw(51);
  const pixels = side * side;
  const { train, ...dataset } = draw.dataset(side, classes, { train: TRAIN_ROWS });
  const faint = Uint8Array.from({ length: pixels }, (_, i) => Number(i % 4 === 0));
  for (let row = 0; row < TRAIN_ROWS; row++) {
    if (row % 2 === 1) train.images.set(draw.specks(pixels), row * pixels);
    else if (row % 4 === 2) train.images.set(faint, row * pixels);
  }
  return { ...dataset, train };
}

async function checkSetting(lab: Lab, setting: Setting): Promise<void> {
  const { hidden, training, side = 7, classes = 10, warm = 3, tuning = SOFTWARE_TUNING } = setting;
  const options = {
    network: stack(side * side, hidden, classes),
    training: { batchSize: 33, epochs: 3, seed: 5, ...training },
    dataset: speckled(side, classes),
    tuning,
  };
  const engine = await lab.engine(options);
  const state = await warmState(options, warm);
  await checkFusedStep(lab, `step ${warm}`, engine, state);
  const { network } = engine;
  const chosen = Uint32Array.of(3, 1, 4, 1, 5, 9, 2, 6).subarray(0, engine.training.batchSize);
  await checkFusedStep(lab, "chosen rows", engine, state, chosen);
  lab.check.that("position stays with chosen rows", (await engine.state()).position === state.position);
  lab.check.that("layers", network.layers.length === hidden.length + 1);
}

/** dW and db as a fused step at learning rate 1 has them, against the unfused gradients. */
async function recovered(lab: Lab): Promise<void> {
  // A merged backward dispatch in one, sums in parts in the other.
  for (const [tuning, hidden] of [
    [
      LANES,
      [
        [33, "relu"],
        [17, "tanh"],
      ],
    ],
    [STAGED, [[33, "relu"]]],
  ] as const) {
    const options = {
      network: stack(49, hidden, 10),
      training: { optimizer: "sgd", learningRate: 1, batchSize: 31 } as const,
      dataset: new Draw(52).dataset(7, 10, { train: 97 }),
      tuning,
    };
    const engine = await lab.engine(options);
    const rows = new Draw(53).rows(31, 97);
    const state = await engine.state();
    const unfused = await engine.gradients(inputsOf(options.dataset, rows), labelsOf(options.dataset, rows));
    const { pass, update } = await checkFusedStep(lab, `fused, ${tuning.name}`, engine, state, rows);
    const { parameters } = await engine.state();
    for (const [name, gradient] of Object.entries(unfused.gradients)) {
      const errors = pass.errors.gradients[name];
      lab.check.within(`unfused ${name}`, gradient, pass.backward.gradients[name], errors);
      const difference = Float64Array.from(parameters[name], (after, i) => state.parameters[name][i] - after);
      const both = errors.map((error, i) => error + update.parameterErrors[name][i]);
      lab.check.within(`recovered ${name}`, difference, gradient, both);
    }
    lab.check.that("no kink is left open", pass.errors.openKinks === 0, pass.errors.openKinks);
  }
}

export const fusedStepCases: readonly Case[] = [
  ...SETTINGS.map((setting): Case => ({ name: nameOf(setting), run: (lab) => checkSetting(lab, setting) })),
  { name: "gradients recovered from a fused step equal gradients()", run: recovered },
];
