/** Which step the view works out: what a person chooses about it, as typed and as it is taken. Pure. */
import { commandLine } from "../../../core/command-line.ts";
import {
  ofAllLayers,
  parseOption,
  resolveRunOptions,
  type RunOptionName,
  type RunOptions,
} from "../../../core/run-options.ts";
import type { Activation } from "../../../core/spec.ts";
import { DEFAULT_DERIVATION_RATE } from "../../../lens/derivation/derive.ts";
import { optionProblem } from "../../state/permalink.ts";

export interface Choices {
  /** Inputs, then units of each layer; the last are the classes. */
  sizes: number[];
  rows: number;
  activation: Activation;
  seed: number;
  learningRate: number;
  labelSmoothing: number;
}

/** Under the names of the command's flags, which are those of the address, too. */
export const CHOICE_NAMES = ["layers", "batch", "activation", "seed", "lr", "label-smoothing"] as const;
export type ChoiceName = (typeof CHOICE_NAMES)[number];

/** As typed; what is missing has its default. */
export type ChoiceTexts = Partial<Record<ChoiceName, string>>;

export const DEFAULT_TEXTS: Record<ChoiceName, string> = {
  layers: "4,3,3",
  batch: "2",
  activation: "relu",
  seed: "1",
  lr: String(DEFAULT_DERIVATION_RATE),
  "label-smoothing": "0",
};

/** Said always, so that a link or a command goes on to mean the same when a default changes. */
export const ALWAYS: readonly ChoiceName[] = ["layers", "batch", "seed"];

/** More than this nobody reads; a larger step is for `backlit explain`. */
const MOST_LAYERS = 5;
const MOST_UNITS = 32;
const MOST_ROWS = 8;

/** The run options that a choice is validated and read as. */
const RUN_OPTIONS: Record<Exclude<ChoiceName, "layers">, RunOptionName> = {
  batch: "batchSize",
  activation: "activation",
  seed: "seed",
  lr: "learningRate",
  "label-smoothing": "labelSmoothing",
};

/** What is wrong with a choice's text, as a sentence without its full stop; undefined when nothing is. */
export function choiceProblem(name: ChoiceName, text: string): string | undefined {
  if (name === "layers") return layersProblem(text);
  const problem = optionProblem(RUN_OPTIONS[name], text);
  if (problem !== undefined || name !== "batch" || Number(text) <= MOST_ROWS) return problem;
  return `Batch size must be at most ${MOST_ROWS} here, not ${text}`;
}

function layersProblem(text: string): string | undefined {
  const sizes = parseSizes(text);
  const wrong =
    sizes.length < 2 || !sizes.every((size) => Number.isInteger(size) && size >= 1)
      ? "must be at least two whole numbers separated by commas"
      : sizes.length > MOST_LAYERS + 1
        ? `must be at most ${MOST_LAYERS + 1} numbers here`
        : sizes.some((size) => size > MOST_UNITS)
          ? `must be at most ${MOST_UNITS} each here`
          : undefined;
  return wrong === undefined ? undefined : `Layers ${wrong}, not "${text}"`;
}

function parseSizes(text: string): number[] {
  return text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
}

/** What valid texts stand for; an invalid one counts as its default. */
export function choicesOf(texts: ChoiceTexts): Choices {
  const text = (name: ChoiceName): string => {
    const typed = texts[name];
    return typed !== undefined && choiceProblem(name, typed) === undefined ? typed : DEFAULT_TEXTS[name];
  };
  const given = Object.entries(RUN_OPTIONS).map(([name, option]) => [
    option,
    parseOption(option, text(name as ChoiceName)),
  ]);
  const { batchSize, activation, seed, learningRate, labelSmoothing } = resolveRunOptions(
    Object.fromEntries(given) as RunOptions,
  );
  return {
    sizes: parseSizes(text("layers")),
    rows: batchSize,
    activation: ofAllLayers("activation", activation),
    seed,
    learningRate,
    labelSmoothing,
  };
}

/**
 * The command that works out the same step in a terminal.
 * @param steps that were taken first
 */
export function explainCommand(texts: ChoiceTexts, steps: number): string {
  const flags = CHOICE_NAMES.map((name): [string, string] => {
    const typed = texts[name];
    const isValid = typed !== undefined && choiceProblem(name, typed) === undefined;
    return [name, isValid ? typed : DEFAULT_TEXTS[name]];
  }).filter(
    ([name, text]) => ALWAYS.some((always) => always === name) || text !== DEFAULT_TEXTS[name as ChoiceName],
  );
  const all = steps === 0 ? flags : [...flags, ["step", String(steps)]];
  return commandLine(
    "explain",
    all.map(([name, text]) => `--${name} ${text.replaceAll(" ", "")}`),
  );
}
