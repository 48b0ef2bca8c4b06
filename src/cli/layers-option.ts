/** `--layers 6,5,4`: a whole network in one flag, for verbs that need no dataset. */
import { Option, type Command } from "commander";
import { SpecError } from "../core/errors.ts";
import { grouped } from "../core/words.ts";
import { resolveRunOptions, type RunOptions } from "../core/run-options.ts";
import type { Network } from "../core/spec.ts";

/** `--layers`, and whoever gives `--hidden` as for training learns of it. */
export function addLayersOption(command: Command, help: string): Command {
  const refuse = (): never => {
    throw new SpecError(
      "hidden",
      "there is no --hidden here: --layers is the whole network",
      "Inputs first, then the units of each hidden layer, classes last: --layers 6,5,4.",
    );
  };
  return command
    .option("--layers <N,N[,N…]>", help, parseLayers)
    .addOption(new Option("--hidden <N>").argParser(refuse).hideHelp());
}

/** Inputs, units of each hidden layer, classes. @throws SpecError */
export function parseLayers(text: string): number[] {
  const widths = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width >= 1)) {
    throw new SpecError(
      "layers",
      `--layers must be at least two whole numbers separated by commas, but is "${text}"`,
      "Inputs first, then the units of each layer, classes last: --layers 6,5,4.",
    );
  }
  return widths;
}

/**
 * The options of verbs whose `--layers` is the network, with their defaults.
 * @param widths of `parseLayers`
 * @throws SpecError also where there are neither one activation nor as many as hidden layers
 */
export function layersOptions(
  given: RunOptions,
  widths: readonly number[],
): Pick<ReturnType<typeof resolveRunOptions>, "activation" | "seed"> {
  // Only how many there are: how large they may be is told of --layers, not of --hidden.
  const hidden = widths.slice(1, -1).map(() => 1);
  return resolveRunOptions({ ...given, hidden });
}

/** More numbers than this, in float64 and several times over, most machines do not hold. */
const MOST_NUMBERS = 20_000_000;

/** Before anything is allocated. @throws SpecError for a network that cannot be worked out here on so many rows */
export function checkStepSize({ input, layers }: Network, rows: number): void {
  const weights = layers.reduce((sum, { inputs, units }) => sum + (inputs + 1) * units, 0);
  const numbers = weights + rows * layers.reduce((sum, { units }) => sum + units, input);
  if (numbers <= MOST_NUMBERS) return;
  throw new SpecError(
    "layers",
    `the step would have ${grouped(numbers)} weights and values of units; at most ${grouped(MOST_NUMBERS)} are worked out`,
    "Give smaller --layers or a smaller --batch.",
  );
}
