/**
 * What a network is and how it is trained, as plain JSON, with the one schema that validates it. The command line's
 * flags, the page's form and its permalink are generated from the same entries (see run-options.ts).
 */
import * as v from "valibot";
import { SpecError } from "./errors.ts";
import { counted } from "./words.ts";

export const ACTIVATIONS = ["relu", "leaky-relu", "tanh", "sigmoid", "gelu", "linear"] as const;
export type Activation = (typeof ACTIVATIONS)[number];

export const OPTIMIZERS = ["sgd", "momentum", "nesterov", "adam", "adamw"] as const;
export type Optimizer = (typeof OPTIMIZERS)[number];

export const SCHEDULES = ["constant", "step", "exponential", "cosine"] as const;
export type Schedule = (typeof SCHEDULES)[number];

/** Slope of leaky ReLU for negative inputs. */
export const LEAKY_SLOPE = 0.01;

/** Labels are bytes. */
export const MAX_CLASSES = 256;

const finite = v.pipe(v.number("must be a number"), v.finite("must be finite"));
const count = (least: number, most: number = 2 ** 31 - 1) =>
  v.pipe(
    v.number("must be a whole number"),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );
const fraction = v.pipe(
  finite,
  v.minValue(0, "must be at least 0"),
  v.check((x) => x < 1, "must be below 1"),
);
const positive = v.pipe(
  finite,
  v.check((x) => x > 0, "must be above 0"),
);
const notNegative = v.pipe(finite, v.minValue(0, "must be at least 0"));

const denseLayerSchema = v.strictObject({
  kind: v.optional(v.literal("dense")),
  units: count(1, 1_000_000),
  activation: v.optional(v.picklist(ACTIVATIONS, `must be one of ${ACTIVATIONS.join(", ")}`)),
  dropout: v.optional(fraction),
});

export const networkSchema = v.strictObject({
  input: count(1, 10_000_000),
  layers: v.pipe(v.array(denseLayerSchema), v.minLength(1, "must hold at least the output layer")),
});

/** One entry per training option. `description` is the text of help and form. */
export const trainingEntries = {
  epochs: v.pipe(count(1, 1_000_000), v.description("passes over the training split")),
  batchSize: v.pipe(count(1, 1_000_000), v.description("rows per step")),
  optimizer: v.pipe(
    v.picklist(OPTIMIZERS, `must be one of ${OPTIMIZERS.join(", ")}`),
    v.description("update rule, with PyTorch's formulas"),
  ),
  learningRate: v.pipe(positive, v.description("peak learning rate; its default depends on the optimizer")),
  momentum: v.pipe(fraction, v.description("momentum of momentum and nesterov")),
  beta1: v.pipe(fraction, v.description("Adam's decay of the first moment")),
  beta2: v.pipe(fraction, v.description("Adam's decay of the second moment")),
  epsilon: v.pipe(positive, v.description("Adam's epsilon, outside the root")),
  schedule: v.pipe(
    v.picklist(SCHEDULES, `must be one of ${SCHEDULES.join(", ")}`),
    v.description("how the learning rate falls, step by step"),
  ),
  decayEvery: v.pipe(
    count(0),
    v.description(
      "steps per decay of the step and exponential schedules; 0 is a third of the run, or an epoch",
    ),
  ),
  decayFactor: v.pipe(
    positive,
    v.description("what the step and exponential schedules multiply the learning rate by"),
  ),
  warmup: v.pipe(count(0), v.description("steps over which the learning rate rises linearly first")),
  weightDecay: v.pipe(
    notNegative,
    v.description("L2, or decoupled with adamw; weights only. Its default depends on the optimizer"),
  ),
  labelSmoothing: v.pipe(
    fraction,
    v.description("share e of each target spread over all C classes: (1 - e) y + e / C"),
  ),
  clipNorm: v.pipe(notNegative, v.description("largest global gradient norm; 0 is no clipping")),
  seed: v.pipe(
    v.number("must be a whole number"),
    v.integer("must be a whole number"),
    v.minValue(0, "must be at least 0"),
    v.maxValue(2 ** 32 - 1, "must be at most 4294967295"),
    v.description("seed of initialisation, shuffling, dropout and the validation split"),
  ),
} as const;

export const trainingSchema = v.partial(v.strictObject(trainingEntries));

export type NetworkSpec = v.InferInput<typeof networkSchema>;
export type TrainingSpec = v.InferInput<typeof trainingSchema>;

/** A layer with every default filled in and its input width known. */
export interface Layer {
  kind: "dense";
  inputs: number;
  units: number;
  /** Of a hidden layer; the output layer is always `"linear"` (its logits feed the softmax). */
  activation: Activation;
  /** Probability that a unit is dropped during training; 0 on the output layer. */
  dropout: number;
}

/** A validated network, defaults filled in. */
export interface Network {
  input: number;
  layers: Layer[];
  /** Units of the output layer. */
  classes: number;
}

/** A validated training specification, defaults filled in. */
export type Training = Required<{
  [K in keyof typeof trainingEntries]: v.InferOutput<(typeof trainingEntries)[K]>;
}>;

export const DEFAULT_LEARNING_RATE: Record<Optimizer, number> = {
  sgd: 0.1,
  momentum: 0.05,
  nesterov: 0.05,
  adam: 1e-3,
  adamw: 1e-3,
};

/** PyTorch's, too: a decoupled decay is what adamw is for. */
const DEFAULT_WEIGHT_DECAY: Partial<Record<Optimizer, number>> = { adamw: 0.01 };

/** The library's defaults are neutral: what is not asked for is off. The command's recipe is in run-options.ts. */
const DEFAULT_TRAINING: Training = {
  epochs: 10,
  batchSize: 128,
  optimizer: "adam",
  learningRate: DEFAULT_LEARNING_RATE.adam,
  momentum: 0.9,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  schedule: "constant",
  decayEvery: 0,
  decayFactor: 0.1,
  warmup: 0,
  weightDecay: 0,
  labelSmoothing: 0,
  clipNorm: 0,
  seed: 1,
};

/** Runs a schema; the first issue becomes a SpecError that names the option and its value. */
export function validate<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? "";
  if (issue.type === "strict_object" && issue.expected === "never") {
    throw new SpecError(
      path,
      `${path} is not an option`,
      "Check its spelling against the documented options.",
    );
  }
  const what = path || "the specification";
  if (issue.received === "undefined") throw new SpecError(path, `${what} ${problem(issue)}, but is missing`);
  throw new SpecError(path, `${what} ${problem(issue)}, not ${issue.received}`);
}

function problem(issue: v.BaseIssue<unknown>): string {
  if (issue.message.startsWith("must")) return issue.message;
  return `must be ${issue.expected ?? "valid"}`;
}

/** @throws SpecError for anything that is not a valid network. */
export function resolveNetwork(spec: NetworkSpec): Network {
  const valid = validate(networkSchema, spec);
  const last = valid.layers.length - 1;
  let inputs = valid.input;
  const layers = valid.layers.map((layer, index): Layer => {
    const isOutput = index === last;
    if (isOutput && layer.activation !== undefined && layer.activation !== "linear") {
      throw new SpecError(
        `layers.${index}.activation`,
        `layers.${index} is the output layer, which feeds the softmax, but its activation is "${layer.activation}"`,
        "Leave the activation of the last layer out.",
      );
    }
    if (isOutput && layer.dropout) {
      throw new SpecError(
        `layers.${index}.dropout`,
        `layers.${index} is the output layer, but its dropout is ${layer.dropout}`,
        "Put dropout on hidden layers.",
      );
    }
    const resolved: Layer = {
      kind: "dense",
      inputs,
      units: layer.units,
      activation: isOutput ? "linear" : (layer.activation ?? "relu"),
      dropout: layer.dropout ?? 0,
    };
    inputs = layer.units;
    return resolved;
  });
  const classes = layers[last].units;
  if (classes < 2 || classes > MAX_CLASSES) {
    throw new SpecError(
      `layers.${last}.units`,
      `the output layer has ${counted(classes, "unit")}; a classifier needs 2 to ${MAX_CLASSES}`,
    );
  }
  return { input: valid.input, layers, classes };
}

/** @throws SpecError for anything that is not a valid training specification. */
export function resolveTraining(spec: TrainingSpec = {}): Training {
  const valid = validate(trainingSchema, withoutUndefined(spec));
  const optimizer = valid.optimizer ?? DEFAULT_TRAINING.optimizer;
  const schedule = valid.schedule ?? DEFAULT_TRAINING.schedule;
  return {
    ...DEFAULT_TRAINING,
    learningRate: DEFAULT_LEARNING_RATE[optimizer],
    decayFactor: schedule === "exponential" ? 0.9 : DEFAULT_TRAINING.decayFactor,
    weightDecay: DEFAULT_WEIGHT_DECAY[optimizer] ?? DEFAULT_TRAINING.weightDecay,
    ...valid,
  };
}

/** The spec that `resolveNetwork` turns into this network again; what files store. */
export function networkToSpec(network: Network): NetworkSpec {
  return {
    input: network.input,
    layers: network.layers.map((layer, index) =>
      index === network.layers.length - 1
        ? { units: layer.units }
        : { units: layer.units, activation: layer.activation, dropout: layer.dropout },
    ),
  };
}

function withoutUndefined<T extends object>(value: T): T {
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
