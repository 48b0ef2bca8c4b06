/**
 * Random cases: shapes, kernels, tuning tables, activations, optimisers and batches from a seed. What a case is depends
 * on the seed and its number alone, not on how many there are.
 */
import { pcg4d } from "../../core/rng.ts";
import { ACTIVATIONS, OPTIMIZERS, SCHEDULES, type TrainingSpec } from "../../core/spec.ts";
import { counted } from "../../core/words.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { Draw, stack } from "./draw.ts";
import { openStep, stepName } from "./step.ts";
import { kernelGroup, PRODUCT_FAMILIES, productGroup, type Batch, type CheckGroup } from "./suite.ts";

/** Cases that share a compiled kernel: compiling takes longer than running. */
const GROUP = 8;

/** @param tunings the engine's own choice first; it is drawn half of the time */
export function fuzzSuite(seed: number, cases: number, tunings: readonly Tuning[]): CheckGroup[] {
  return Array.from({ length: Math.ceil(cases / GROUP) }, (_, index) => {
    const first = index * GROUP;
    return fuzzGroup(seed, first, Math.min(GROUP, cases - first), tunings);
  });
}

function fuzzGroup(seed: number, first: number, cases: number, tunings: readonly Tuning[]): CheckGroup {
  const [kindSeed, sizeSeed] = pcg4d(seed, first, 1, 0);
  const kind = new Draw(kindSeed);
  const tuning = kind.below(2) === 0 ? tunings[0] : kind.pick(tunings);
  const draw = new Draw(sizeSeed);
  // The batch that the kernel is made for comes first, whatever number of cases there is.
  const capacity = size(draw, 70);
  const batches = Array.from({ length: cases }, (_, index): Batch => {
    const [caseSeed, rows] = pcg4d(seed, first + index, 2, 0);
    return { rows: index === 0 ? capacity : 1 + (rows % capacity), seed: caseSeed };
  });
  if (kind.below(6) === 0) return stepGroup(draw, batches, tuning);
  const family = kind.pick(PRODUCT_FAMILIES);
  const k = size(draw, 1200);
  const n = family === "head" ? 2 + draw.below(60) : size(draw, Math.max(8, Math.floor(30_000 / k)));
  const integers = family !== "head" && kind.below(4) === 0;
  const activation = integers ? "linear" : draw.pick(ACTIVATIONS);
  return productGroup(family, { k, n, integers, activation }, batches, tuning);
}

/** Where tiles and vectors end: most sizes are near such a place, some are anything. */
function size(draw: Draw, most: number): number {
  const edge = draw.pick([1, 4, 8, 16, 32, 64, 128, 256, 512, 1024].filter((each) => each <= most));
  const near = edge - 1 + draw.below(3);
  const value = draw.below(3) === 0 ? 1 + draw.below(Math.min(most, 100)) : near;
  return Math.min(most, Math.max(1, value));
}

function stepGroup(draw: Draw, batches: readonly Batch[], tuning: Tuning): CheckGroup {
  const side = 1 + draw.below(9);
  const classes = 2 + draw.below(30);
  const hidden = Array.from({ length: draw.below(4) }, () => {
    const dropout = draw.below(3) === 0 ? draw.pick([0.1, 0.5, 0.9]) : 0;
    return [1 + draw.below(70), draw.pick(ACTIVATIONS), dropout] as const;
  });
  const sometimes = (name: keyof TrainingSpec, value: unknown): TrainingSpec =>
    draw.below(3) === 0 ? { [name]: value } : {};
  const training: TrainingSpec = {
    optimizer: draw.pick(OPTIMIZERS),
    batchSize: batches[0].rows,
    epochs: 3,
    seed: draw.below(2 ** 32),
    schedule: draw.pick(SCHEDULES),
    ...sometimes("weightDecay", 0.1),
    ...sometimes("labelSmoothing", 0.2),
    ...sometimes("clipNorm", draw.pick([0.05, 1, 1e6])),
    ...sometimes("warmup", 5),
  };
  const dataset = draw.dataset(side, classes, { train: batches[0].rows + draw.below(100) });
  const setting = { network: stack(side * side, hidden, classes), training, dataset };
  return kernelGroup(
    "training step",
    (rows) => `${counted(rows, "row")}: ${stepName(setting)}`,
    batches,
    tuning,
    (context, chosen) => openStep(context, { ...setting, tuning: chosen }),
  );
}
