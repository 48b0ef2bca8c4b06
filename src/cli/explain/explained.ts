/** Works out what `backlit explain` writes down: a derivation, where its numbers are from, the bill. */
import { pixelToInput, type Dataset } from "../../core/dataset.ts";
import { BacklitError, EXIT, SpecError } from "../../core/errors.ts";
import { toEnd } from "../../core/generators.ts";
import type { PerLayer } from "../../core/run-options.ts";
import type { Activation, Network } from "../../core/spec.ts";
import { BatchSequence } from "../../data/batches.ts";
import { bill } from "../../lens/derivation/bill.ts";
import { formCosts, WIDENING } from "../../lens/derivation/cost.ts";
import { derive } from "../../lens/derivation/derive.ts";
import { afterUpdate } from "../../lens/derivation/edit.ts";
import { drawnBatch, networkOf } from "../../lens/derivation/start.ts";
import type { Derivation, DerivationInput } from "../../lens/derivation/types.ts";
import type { Explained } from "../../lens/walk/explained.ts";
import { hiddenActivations } from "../../lens/walk/words.ts";
import { initialParameters } from "../../model/parameters.ts";
import { byteSize, counted } from "../format.ts";
import { checkStepSize } from "../layers-option.ts";

export interface ExplainOptions {
  /** Inputs and units of each layer. */
  sizes: number[];
  /** Of all hidden layers, or of each. */
  activation: PerLayer<Activation>;
  rows: number;
  learningRate: number;
  labelSmoothing: number;
  seed: number;
  /** Plain steps on the batch before the one that is shown. */
  steps: number;
  /** Bytes that the matrices of the long form may take. */
  memory: number;
}

/**
 * @param dataset where the samples are from; drawn from the seed when left out
 * @throws SpecError or ShapeError for a network that is none or does not fit the dataset; BacklitError
 * `training/diverged` where a step is no longer finite
 */
export function explain(options: ExplainOptions, dataset?: Dataset): Explained {
  return toEnd(explainBySteps(options, dataset));
}

/** The same, with a pause after each step. @throws as `explain` does */
export function* explainBySteps(options: ExplainOptions, dataset?: Dataset): Generator<void, Explained> {
  const { sizes, activation, rows, learningRate, labelSmoothing, seed, steps, memory } = options;
  const network = networkOf(sizes, activation);
  checkStepSize(network, rows);
  const { long } = formCosts(network, rows);
  const longForm = WIDENING * long.bytes <= memory;
  let input: DerivationInput = {
    network,
    parameters: initialParameters(network, seed),
    ...(dataset === undefined ? drawnBatch(network, rows, seed) : batchOf(dataset, network, rows, seed)),
    learningRate,
    labelSmoothing,
    longForm: false,
  };
  for (let step = 0; step < steps; step++) {
    input = afterUpdate(finite(derive(input), step));
    yield;
  }
  const derivation = finite(derive({ ...input, longForm, classNames: dataset?.classes }), steps);
  return {
    title: `${sizes.join(" - ")}, one training step`,
    subtitle: subtitle(options, network, dataset, input.labels),
    derivation,
    bill: bill(memory),
    omitted: longForm
      ? ""
      : `The long form is left out: its matrices would take ${byteSize(WIDENING * long.bytes)} in float64, ` +
        `${long.largest.id} alone ${byteSize(WIDENING * long.largest.bytes)}; at most ${byteSize(memory)} may be used (--memory).`,
  };
}

/** The long form may divide by a probability that has become 0; everything else has to be finite. */
function finite(derivation: Derivation, step: number): Derivation {
  for (const { name, sections } of derivation.stages) {
    if (name === "long") continue;
    const broken = sections
      .flatMap(({ matrices }) => matrices)
      .find(({ values }) => !values.every((value) => Number.isFinite(value)));
    if (broken === undefined) continue;
    throw new BacklitError("training/diverged", `step ${step}: ${broken.id} is not finite`, {
      hint: "Lower the learning rate, or take fewer steps.",
      exitCode: EXIT.diverged,
    });
  }
  return derivation;
}

/** The first batch that training with this seed would take. */
function batchOf(
  { name, height, width, classes, train }: Dataset,
  network: Network,
  rows: number,
  seed: number,
): Pick<DerivationInput, "inputs" | "labels"> {
  const pixels = height * width;
  if (network.input !== pixels || network.classes !== classes.length) {
    throw new SpecError(
      "layers",
      `--layers begins with ${network.input} and ends with ${network.classes}, but images of ${name} have ${counted(pixels, "pixel")} ` +
        `and ${classes.length} classes`,
      `Begin with ${pixels} and end with ${classes.length}, as in --layers ${pixels},16,${classes.length}.`,
    );
  }
  if (rows > train.labels.length) {
    throw new SpecError(
      "batch",
      `--batch is ${rows}, but ${name} has ${counted(train.labels.length, "training image")}`,
    );
  }
  const chosen = new BatchSequence(train.labels.length, rows, seed).batch();
  return {
    inputs: Float64Array.from({ length: rows * pixels }, (_, i) =>
      pixelToInput(train.images[chosen[Math.floor(i / pixels)] * pixels + (i % pixels)]),
    ),
    labels: Uint8Array.from(chosen, (row) => train.labels[row]),
  };
}

function subtitle(
  { rows, learningRate, labelSmoothing, seed, steps }: ExplainOptions,
  network: Network,
  dataset: Dataset | undefined,
  labels: ArrayLike<number>,
): string {
  const samples = counted(rows, "sample");
  const from = dataset === undefined ? "drawn from" : `of ${dataset.name}, shuffled by`;
  return [
    `${samples} ${from} seed ${seed}`,
    ...(dataset === undefined ? [] : [shown(dataset, Array.from(labels))]),
    ...(network.layers.length > 1 ? [`hidden layers with ${hiddenActivations(network)}`] : []),
    `learning rate ${learningRate}`,
    ...(labelSmoothing > 0 ? [`label smoothing ${labelSmoothing}`] : []),
    steps === 0 ? "the first step" : `after ${counted(steps, "plain step")} on this batch`,
    "all in float64",
  ].join(", ");
}

/** So many labels are named. */
const MOST_LABELS = 6;

/** What the samples show; columns of classes are headed by the same names. */
function shown({ classes }: Dataset, labels: number[]): string {
  const named = labels.slice(0, MOST_LABELS).map((label) => `“${classes[label]}”`);
  return `showing ${named.join(", ")}${labels.length > MOST_LABELS ? ", …" : ""}`;
}
