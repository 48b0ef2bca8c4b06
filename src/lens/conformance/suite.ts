/**
 * What `backlit check` runs without further words: every kernel that this adapter's tuning table chooses at awkward
 * shapes, sums that have to be exact, extremes, and the engine as a whole. Cases that share a compiled kernel form a
 * group; every case draws from a seed of its own, so that it can be repeated alone.
 */
import { ACTIVATIONS, type Activation } from "../../core/spec.ts";
import { counted } from "../../core/words.ts";
import type { Tuning } from "../../gpu/tuning.ts";
import { checkActivation } from "./activations.ts";
import { CLIPPING_SETTINGS, openClipping, type ClippingSetting } from "./clipping.ts";
import { checkConfusion, checkGather, checkSnapshot } from "./copies.ts";
import { Draw, stack } from "./draw.ts";
import { checkDropout } from "./dropout.ts";
import {
  checkDeterminism,
  checkDeviceLoss,
  checkRefusals,
  checkTimestamps,
  checkTraining,
} from "./engine.ts";
import { checkExtremeLogits, openHead } from "./head.ts";
import type { CheckContext } from "./kernel.ts";
import {
  openForward,
  openForwardOfBytes,
  openInputGradient,
  openWeightGradient,
  type KernelCheck,
  type ProductSetting,
} from "./products.ts";
import { checkPredictions } from "./predictions.ts";
import { openStep, stepName } from "./step.ts";
import { traceFlags } from "./trace-flags.ts";

export interface OpenedCase {
  shape: string;
  run: () => Promise<void>;
}

export interface OpenedGroup {
  /** The kernel files that run, or what else is checked. */
  kernel: string;
  cases: OpenedCase[];
}

export interface CheckGroup {
  /** What it is called where it cannot even be opened. */
  name: string;
  /** How many cases it has. */
  cases: number;
  tuning: Tuning;
  /**
   * `own`: another tuning table would run another kernel. `shared`: what the kernels of all tables have in common, or the
   * engine around them. `apart`: no table matters.
   */
  kernels: "own" | "shared" | "apart";
  /** Flags with which `backlit trace` tells which of the kernels is wrong. */
  trace?: readonly string[];
  open: (context: CheckContext, tuning: Tuning) => Promise<OpenedGroup>;
}

/** A batch of so many rows, drawn from a seed. */
export interface Batch {
  rows: number;
  seed: number;
}

/** A compiled kernel and the batches it serves. @param capacity the largest batch that it could serve */
export function kernelGroup(
  name: string,
  shapeOf: (rows: number) => string,
  batches: readonly Batch[],
  tuning: Tuning,
  open: (context: CheckContext, tuning: Tuning, capacity: number) => Promise<KernelCheck>,
  capacity: number = Math.max(...batches.map(({ rows }) => rows)),
): CheckGroup {
  return {
    name,
    cases: batches.length,
    tuning,
    kernels: "own",
    open: async (context, chosen) => {
      const { kernel, batch } = await open(context, chosen, capacity);
      const cases = batches.map(({ rows, seed }) => ({
        shape: shapeOf(rows),
        run: () => batch(rows, new Draw(seed)),
      }));
      return { kernel, cases };
    },
  };
}

export const PRODUCT_FAMILIES = [
  "forward",
  "forward of bytes",
  "input gradient",
  "weight gradient",
  "head",
] as const;
export type ProductFamily = (typeof PRODUCT_FAMILIES)[number];

/** One of the products at a shape `[K, N]`. */
export function productGroup(
  family: ProductFamily,
  {
    k,
    n,
    integers = false,
    activation = "linear",
  }: Omit<ProductSetting, "tuning" | "capacity"> & { activation?: Activation },
  batches: readonly Batch[],
  tuning: Tuning,
  capacity?: number,
): CheckGroup {
  const form = integers ? ", whole numbers" : "";
  const shapes: Record<ProductFamily, (rows: number) => string> = {
    forward: (rows) => `[${rows}, ${k}].[${k}, ${n}] ${activation}${form}`,
    "forward of bytes": (rows) => `bytes [${rows}, ${k}].[${k}, ${n}]${form}`,
    "input gradient": (rows) => `[${rows}, ${k}].[${n}, ${k}]t${form}`,
    "weight gradient": (rows) => `[${rows}, ${k}]t.[${rows}, ${n}]${form}`,
    head: (rows) => `[${rows}, ${k}].[${k}, ${n}], softmax`,
  };
  const open = (context: CheckContext, chosen: Tuning, most: number): Promise<KernelCheck> => {
    const setting = { k, n, integers, tuning: chosen, capacity: most };
    switch (family) {
      case "forward":
        return openForward(context, { ...setting, activation });
      case "forward of bytes":
        return openForwardOfBytes(context, { ...setting, trainRows: most + 36 });
      case "input gradient":
        return openInputGradient(context, setting);
      case "weight gradient":
        return openWeightGradient(context, setting);
      case "head":
        return openHead(context, setting);
    }
  };
  return kernelGroup(family, shapes[family], batches, tuning, open, capacity);
}

/** Clipping and update alone. */
export function clippingGroup(
  setting: Omit<ClippingSetting, "tuning">,
  batches: readonly Batch[],
  tuning: Tuning,
): CheckGroup {
  return kernelGroup(
    "clipped update",
    (rows) => `${counted(rows, "row")}, gradients up to ${setting.size}: ${stepName(setting)}`,
    batches,
    tuning,
    (context, chosen) => openClipping(context, { ...setting, tuning: chosen }),
  );
}

/** Something that is checked once, by itself. */
function single(
  name: string,
  shape: string,
  tuning: Tuning,
  run: (context: CheckContext, tuning: Tuning) => Promise<unknown>,
  kernels: CheckGroup["kernels"] = "apart",
): CheckGroup {
  return {
    name,
    cases: 1,
    tuning,
    kernels,
    open: (context, chosen) =>
      Promise.resolve({
        kernel: name,
        cases: [{ shape, run: async () => void (await run(context, chosen)) }],
      }),
  };
}

const batchesOf = (...rows: number[]): Batch[] =>
  rows.map((each, index) => ({ rows: each, seed: 100 + index }));

const SHAPES: readonly (readonly [k: number, n: number, activation: Activation])[] = [
  [1, 1, "linear"],
  [7, 33, "relu"],
  [31, 513, "gelu"],
  [65, 7, "tanh"],
  [1021, 31, "sigmoid"],
];
const LONG = 60_000;

/** Groups in the order in which they run. @param tuning the engine's choice for this adapter */
export function standardSuite(
  tuning: Tuning,
  openDevice: () => Promise<GPUDevice>,
  note: (timestamps: string) => void,
): CheckGroup[] {
  const batches = batchesOf(65, 1, 7, 33);
  const product = (
    family: ProductFamily,
    k: number,
    n: number,
    activation: Activation = "linear",
  ): CheckGroup => productGroup(family, { k, n, activation }, batches, tuning);
  const whole = (family: ProductFamily, rows: number, k: number, n: number): CheckGroup =>
    productGroup(family, { k, n, integers: true }, batchesOf(rows), tuning);
  const step = (
    hidden: Parameters<typeof stack>[1],
    training: Parameters<typeof stepName>[0]["training"],
  ): CheckGroup => {
    const dataset = new Draw(81).dataset(7, 10, { train: 101 });
    const setting = {
      network: stack(49, hidden, 10),
      training: { batchSize: 33, epochs: 3, seed: 5, ...training },
      dataset,
    };
    const group = kernelGroup(
      "training step",
      (rows) => `${counted(rows, "row")}: ${stepName(setting)}`,
      batchesOf(33, 10),
      tuning,
      (context, chosen) => openStep(context, { ...setting, tuning: chosen }),
    );
    return { ...group, trace: traceFlags(setting.network, setting.training) };
  };
  return [
    ...SHAPES.map(([k, n, activation]) => product("forward", k, n, activation)),
    product("forward of bytes", 31, 33),
    product("forward of bytes", 785, 9),
    ...SHAPES.map(([k, n]) => product("input gradient", k, n)),
    ...SHAPES.map(([k, n]) => product("weight gradient", k, n)),
    product("head", 1, 2),
    product("head", 513, 10),
    product("head", 33, 256),
    whole("forward", 7, LONG, 9),
    whole("forward of bytes", 7, LONG, 5),
    whole("input gradient", 7, LONG, 5),
    whole("weight gradient", LONG, 7, 5),
    single("head", "logits of +-88 and +-10,000, equal rows", tuning, checkExtremeLogits, "own"),
    ...ACTIVATIONS.map((activation) =>
      single(
        `activation ${activation}`,
        "the whole range of float32",
        tuning,
        (context, chosen) => checkActivation(context, activation, chosen),
        "shared",
      ),
    ),
    single(
      "dropout",
      "masks, bit by bit",
      tuning,
      (context, chosen) => checkDropout(context, chosen, 7),
      "shared",
    ),
    step([[33, "relu"]], { optimizer: "sgd", weightDecay: 0.05 }),
    step(
      [
        [17, "relu", 0.25],
        [9, "gelu"],
      ],
      { optimizer: "nesterov", labelSmoothing: 0.1 },
    ),
    step([[65, "leaky-relu"]], { optimizer: "adamw", clipNorm: 0.3, weightDecay: 0.1 }),
    ...CLIPPING_SETTINGS.map((setting) => clippingGroup(setting, batchesOf(50).slice(0, 1), tuning)),
    single("predictions", "a forward pass alone", tuning, checkPredictions, "own"),
    single("gather", "rows of a split data set", tuning, checkGather),
    single("snapshot", "a state", tuning, checkSnapshot),
    single("confusion", "5 x 5 counts", tuning, checkConfusion),
    single("engine: training", "49 - 33 - 10, against the CPU", tuning, checkTraining, "shared"),
    single("engine: determinism", "the same run twice", tuning, checkDeterminism, "shared"),
    single("engine: refusals", "infinity and NaN", tuning, checkRefusals),
    single("device: timestamps", "around a pass", tuning, async (context) =>
      note(await checkTimestamps(context)),
    ),
    single("device: loss", "destroyed and opened again", tuning, (context, chosen) =>
      checkDeviceLoss(context, chosen, openDevice),
    ),
  ];
}
