/**
 * Random cases: shapes, kernels, tuning tables, activations and optimisers from a seed, all of them anew for every two cases,
 * which differ in their rows and contents. What a case is depends on the seed and its number alone, not on how many there are.
 */
import { pcg4d } from "../../core/rng.ts";
import { ACTIVATIONS, OPTIMIZERS, SCHEDULES, type TrainingSpec } from "../../core/spec.ts";
import { counted } from "../../core/words.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { dealt, Draw, stack } from "./draw.ts";
import { openStep, stepName } from "./step.ts";
import {
  clippingGroup,
  kernelGroup,
  PRODUCT_FAMILIES,
  productGroup,
  type Batch,
  type CheckGroup,
} from "./suite.ts";
import { traceFlags } from "./trace-flags.ts";

/** Cases for which the same kernels serve: compiling them takes most of the time, and another batch hardly any. */
export const BATCHES = 2;

/**
 * What is drawn: of twelve groups of cases nine are products and two updates alone, with every optimiser in turn; one is a whole training
 * step, most of whose time goes into compiling its many kernels.
 */
const KINDS = [
  ...PRODUCT_FAMILIES,
  ...PRODUCT_FAMILIES.filter((family) => family !== "head"),
  "clipped update",
  "clipped update",
  "training step",
] as const;
type Kind = (typeof KINDS)[number];

/** What a forward product is drawn with: whole numbers are summed up as they are. */
const FORWARD = [...ACTIVATIONS, "whole numbers", "whole numbers"] as const;
/** Of the other products one in four. */
const WHOLE_NUMBERS = [true, false, false, false] as const;

/** `[norm of the gradients, threshold over norm]`: at a norm of 1e-6 counts what keeps the quotient from overflowing. */
const NORMS = [
  [1e-6, 0.7],
  [1, 0.1],
  [30, 0.9],
  [0.01, 1000],
] as const;

/**
 * The groups of cases from number `first` to below `end`.
 * @param first of a group @param tunings the engine's own choice first; it has half of the cases
 */
export function* fuzzSuite(
  seed: number,
  [first, end]: readonly [first: number, end: number],
  tunings: readonly Tuning[],
): Generator<CheckGroup> {
  for (let number = first; number < end; number += BATCHES) {
    yield fuzzGroup(seed, number / BATCHES, Math.min(BATCHES, end - number), tunings);
  }
}

/** Decks of one seed, told apart: those of each kind by its place among all. */
const streamOf = (kind: Kind, deck: number): number => 1 + 8 * KINDS.indexOf(kind) + deck;

/** @param index of the group @param count of its cases, from the first */
function fuzzGroup(seed: number, index: number, count: number, tunings: readonly Tuning[]): CheckGroup {
  const { card: kind, before: turn } = dealt(KINDS, seed, 0, index);
  const deal = <T>(deck: readonly T[], which: number): T =>
    dealt(deck, seed, streamOf(kind, which), turn).card;
  const [own, ...others] = tunings;
  const tuning = deal([...Array.from({ length: Math.max(1, others.length) }, () => own), ...others], 0);
  const [shapeSeed, ...batchSeeds] = pcg4d(seed, index, 1, 0);
  const draw = new Draw(shapeSeed);
  // Half of the first batches are smaller than what the kernel is made for, and so are most of the second.
  const rows = size(draw, 70);
  const capacity = rows + draw.below(2) * (1 + draw.below(40));
  const other = 1 + draw.below(capacity);
  const both = [rows, other === rows ? (other % capacity) + 1 : other];
  const batches = both.slice(0, count).map((each, i): Batch => ({ rows: each, seed: batchSeeds[i] }));
  if (kind === "training step") {
    const { trace, ...group } = stepGroup(draw, batches, capacity, tuning, deal);
    // A trace has the engine's own table.
    return tuning === own ? { ...group, trace } : group;
  }
  if (kind === "clipped update") return updateGroup(draw, batches, capacity, tuning, deal);
  const k = size(draw, 1200);
  const n = kind === "head" ? 2 + draw.below(60) : size(draw, Math.max(8, Math.floor(30_000 / k)));
  const card = kind === "forward" ? deal(FORWARD, 1) : "linear";
  const integers =
    card === "whole numbers" || (kind !== "forward" && kind !== "head" && deal(WHOLE_NUMBERS, 1));
  const activation = card === "whole numbers" ? "linear" : card;
  return productGroup(kind, { k, n, integers, activation }, batches, tuning, capacity);
}

/** Where tiles and vectors end: most sizes are near such a place, some are anything. */
function size(draw: Draw, most: number): number {
  const edge = draw.pick([1, 4, 8, 16, 32, 64, 128, 256, 512, 1024].filter((each) => each <= most));
  const near = edge - 1 + draw.below(3);
  const value = draw.below(3) === 0 ? 1 + draw.below(Math.min(most, 100)) : near;
  return Math.min(most, Math.max(1, value));
}

type Deal = <T>(deck: readonly T[], which: number) => T;

/** An optimiser and a schedule that are dealt, and other options now and then. */
function drawTraining(draw: Draw, batchSize: number, deal: Deal): TrainingSpec & { batchSize: number } {
  const sometimes = (name: keyof TrainingSpec, value: unknown): TrainingSpec =>
    draw.below(3) === 0 ? { [name]: value } : {};
  return {
    optimizer: deal(OPTIMIZERS, 1),
    batchSize,
    epochs: 3,
    seed: draw.below(2 ** 32),
    schedule: deal(SCHEDULES, 2),
    ...sometimes("weightDecay", 0.1),
    ...sometimes("labelSmoothing", 0.2),
    ...sometimes("clipNorm", draw.pick([0.05, 1, 1e6])),
    ...sometimes("warmup", 5),
  };
}

function stepGroup(
  draw: Draw,
  batches: readonly Batch[],
  capacity: number,
  tuning: Tuning,
  deal: Deal,
): CheckGroup & Required<Pick<CheckGroup, "trace">> {
  const side = 1 + draw.below(9);
  const classes = 2 + draw.below(30);
  const hidden = Array.from({ length: deal([0, 1, 2, 3], 3) }, () => {
    const dropout = draw.below(3) === 0 ? draw.pick([0.1, 0.5, 0.9]) : 0;
    return [1 + draw.below(70), draw.pick(ACTIVATIONS), dropout] as const;
  });
  const training = drawTraining(draw, capacity, deal);
  const setting = { network: stack(side * side, hidden, classes), training };
  const train = capacity + draw.below(100);
  const dataSeed = draw.below(2 ** 32);
  const group = kernelGroup(
    "training step",
    (rows) => `${counted(rows, "row")}: ${stepName(setting)}`,
    batches,
    tuning,
    (context, chosen) => {
      const dataset = new Draw(dataSeed).dataset(side, classes, { train });
      return openStep(context, { ...setting, dataset, tuning: chosen });
    },
  );
  return { ...group, trace: traceFlags(setting.network, training) };
}

function updateGroup(
  draw: Draw,
  batches: readonly Batch[],
  capacity: number,
  tuning: Tuning,
  deal: Deal,
): CheckGroup {
  const [inputs, units, classes] = [size(draw, 200), size(draw, 200), 2 + draw.below(30)];
  const [norm, share] = deal(NORMS, 3);
  const count = units * (inputs + 1) + classes * (units + 1);
  const training = { ...drawTraining(draw, capacity, deal), clipNorm: share * norm };
  // The mean of squares is a third of the largest.
  const gradients = Number((norm * Math.sqrt(3 / count)).toPrecision(2));
  return clippingGroup(
    { network: stack(inputs, [[units]], classes), training, size: gradients },
    batches,
    tuning,
  );
}
