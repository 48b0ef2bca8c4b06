/** `backlit check`: whether kernels, engine and device compute correctly here; with --gradients, whether gradients do. */
import type { Command } from "commander";
import { SpecError } from "../../core/errors.ts";
import type { RunOptionName } from "../../core/run-options.ts";
import { GRADIENT_CHECK_ROWS } from "../../lens/gradient-check.ts";
import type { Context } from "../context.ts";
import { addLayersOption } from "../layers-option.ts";
import { addRunOptions, givenRunOptions, wholeNumber, type OptionNotes } from "../options.ts";
import { addRuntimeOptions } from "../runtime-options.ts";
import { runGradientCheck, type GradientFlags } from "./check-gradients.ts";
import { runKernelCheck, type KernelFlags } from "./check-kernels.ts";

interface CheckFlags extends GradientFlags, KernelFlags {
  gradients?: boolean;
}

/** Flags that mean something to one kind of check only, by the names they have once parsed. */
const OF_GRADIENTS = ["layers", "model", "entries", "activation", "batch", "labelSmoothing"] as const;
const OF_KERNELS = ["cases", "only", "junit", "runtime", "adapter"] as const;

/** Days of work on any machine. */
const MOST_CASES = 1_000_000;

const OPTIONS: RunOptionName[] = ["seed", "adapter", "activation", "batchSize", "labelSmoothing"];

/** What they are here. */
const WORDS: OptionNotes = {
  seed: "of random cases, and of the parameters and rows of --gradients",
  activation: "with --gradients: function of the hidden layers, one for all, or one for each",
  batchSize: "with --gradients: random rows",
  labelSmoothing: "with --gradients: share e of each target spread over all C classes",
};

export function addCheckVerb(program: Command, context: Context): void {
  const command = program
    .command("check")
    .description("whether this browser, driver and adapter compute correctly; or whether gradients are right")
    .option(
      "--cases <N>",
      "so many random cases from --seed instead of the standard ones",
      wholeNumber("cases", 1, MOST_CASES),
    )
    .option("--only <N>", "only the case of this number", wholeNumber("only", 0))
    .option("--junit <FILE>", "also write the cases as JUnit XML")
    .option("--gradients", "back-propagation against central differences, in float64, instead");
  addLayersOption(command, "with --gradients: inputs, units of each hidden layer, classes (default 6,5,4)")
    .option("--model <FILE|DIR>", "with --gradients: a trained model instead of --layers")
    .option(
      "--entries <N>",
      "with --gradients: entries checked per tensor (default 200)",
      wholeNumber("entries", 1),
    )
    .option("--json", "JSON on standard output");
  addRunOptions(
    command,
    OPTIONS,
    { batchSize: String(GRADIENT_CHECK_ROWS), labelSmoothing: "0", seed: "1" },
    WORDS,
  );
  addRuntimeOptions(command);
  command.action((flags: CheckFlags) => {
    const given = givenRunOptions(flags as unknown as Record<string, unknown>);
    refuse(flags, flags.gradients ? OF_KERNELS : OF_GRADIENTS, flags.gradients === true);
    if (!flags.gradients && flags.cases === undefined && given.seed !== undefined) {
      throw new SpecError(
        "seed",
        "--seed has no effect without --cases",
        "The standard cases have seeds of their own; give --cases N for random ones.",
      );
    }
    return flags.gradients ? runGradientCheck(context, flags, given) : runKernelCheck(context, flags, given);
  });
}

/** @throws SpecError for a flag of the other kind of check, which would be ignored otherwise */
function refuse(flags: CheckFlags, names: readonly string[], gradients: boolean): void {
  const name = names.find((each) => (flags as Record<string, unknown>)[each] !== undefined);
  if (name === undefined) return;
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new SpecError(
    name,
    gradients ? `${flag} does not go with --gradients` : `${flag} needs --gradients`,
    "`backlit check --help` lists both kinds of check.",
  );
}
