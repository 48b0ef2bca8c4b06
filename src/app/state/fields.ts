/** How the run options appear in the form: their labels, which come first, and which the page does not offer. */
import { runOptions, type RunOptionName } from "../../core/run-options.ts";

export const LABELS: Record<RunOptionName, string> = {
  data: "Data",
  validation: "Validation rows",
  hidden: "Hidden layers",
  activation: "Activation",
  dropout: "Dropout",
  epochs: "Epochs",
  batchSize: "Batch size",
  optimizer: "Optimizer",
  learningRate: "Learning rate",
  schedule: "Schedule",
  warmup: "Warm-up steps",
  weightDecay: "Weight decay",
  labelSmoothing: "Label smoothing",
  clipNorm: "Clip norm",
  momentum: "Momentum",
  beta1: "Beta 1",
  beta2: "Beta 2",
  epsilon: "Epsilon",
  decayEvery: "Decay every",
  decayFactor: "Decay factor",
  seed: "Seed",
  maxSteps: "Most steps",
  earlyStopping: "Early stopping",
  keepBest: "Keep best",
  engine: "Engine",
  adapter: "Adapter",
  tune: "Kernel tuning",
};

/** Shown before the fold, in this order. */
export const FIRST: readonly RunOptionName[] = [
  "hidden",
  "activation",
  "dropout",
  "epochs",
  "batchSize",
  "learningRate",
  "seed",
  "engine",
];

/** `data` has a control of its own. */
const ELSEWHERE: readonly RunOptionName[] = ["data"];

export const names = Object.keys(runOptions) as RunOptionName[];

/** Shown behind the fold. */
export const OTHERS: readonly RunOptionName[] = names.filter(
  (name) => !FIRST.includes(name) && !ELSEWHERE.includes(name),
);

/** What a permalink carries. */
export const LINKED: readonly RunOptionName[] = names;
