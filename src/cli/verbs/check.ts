/** `backlit check`: whether what is computed here is right. */
import type { Command } from "commander";
import type { RunOptionName } from "../../core/run-options.ts";
import type { Context } from "../context.ts";
import { parseLayers } from "../layers-option.ts";
import { addRunOptions, givenRunOptions, wholeNumber } from "../options.ts";
import { runGradientCheck, type GradientFlags } from "./check-gradients.ts";

interface CheckFlags extends GradientFlags {
  gradients?: boolean;
}

const OPTIONS: RunOptionName[] = ["activation", "batchSize", "labelSmoothing", "seed"];

export function addCheckVerb(program: Command, context: Context): void {
  const command = program
    .command("check")
    .description("check that what is computed here is right")
    .option("--gradients", "back-propagation against central differences, in float64")
    .option("--layers <N,N[,N…]>", "inputs, units of each hidden layer, classes (default 6,5,4)", parseLayers)
    .option("--model <FILE|DIR>", "a trained model instead of --layers")
    .option("--entries <N>", "entries checked per tensor (default 200)", wholeNumber("entries", 1))
    .option("--json", "JSON on standard output");
  addRunOptions(command, OPTIONS, { batchSize: "4", labelSmoothing: "0" });
  command.action((flags: CheckFlags) =>
    runGradientCheck(context, flags, givenRunOptions(flags as unknown as Record<string, unknown>)),
  );
}
