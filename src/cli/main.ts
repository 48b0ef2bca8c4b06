/** The command: parses the arguments, runs a verb, and turns whatever ends it into words or JSON and an exit code. */
import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { BacklitError, EXIT, SpecError, toBacklitError } from "../core/errors.ts";
import type { Context } from "./context.ts";
import { Output, type Terminal } from "./output.ts";
import type { ObtainChrome } from "./runtimes/launch.ts";
import { addCheckVerb } from "./verbs/check.ts";
import { addBenchVerb } from "./verbs/bench.ts";
import { addDataVerb } from "./verbs/data.ts";
import { addDoctorVerb } from "./verbs/doctor.ts";
import { addEvalVerb } from "./verbs/eval.ts";
import { addExplainVerb } from "./verbs/explain.ts";
import { addPlanVerb } from "./verbs/plan.ts";
import { addPredictVerb } from "./verbs/predict.ts";
import { addTraceVerb } from "./verbs/trace.ts";
import { addTrainVerb } from "./verbs/train.ts";
import { addTuneVerb } from "./verbs/tune.ts";

export interface MainOptions {
  /** Finds a Chrome or gets one; only looks for one when left out. */
  obtainChrome?: ObtainChrome;
  out?: Terminal;
  err?: Terminal;
}

const NOTES = `
Files that flags name may lie in folders that are not there yet; these are made.
Exit codes: 0 done; 1 failed; 2 bad usage or input; 3 no usable adapter or browser; 4 diverged;
5 device lost beyond recovery; 130 interrupted, after saving.`;

/** @returns the exit code */
export async function main(args: string[], options: MainOptions = {}): Promise<number> {
  const output = new Output({ json: args.includes("--json"), out: options.out, err: options.err });
  const context: Context = { output, obtainChrome: options.obtainChrome, exitCode: EXIT.done };
  const told = { text: "" };
  try {
    const program = createProgram(context, told);
    await program.parseAsync(helpful(program, args), { from: "user" });
  } catch (error) {
    const known = error instanceof CommanderError ? usageError(error) : toBacklitError(error);
    if (known) {
      output.error(known);
      context.exitCode = known.exitCode;
    } else {
      const what = (error as CommanderError).code === "commander.version" ? "version" : "help";
      output.emit({ type: "result", [what]: told.text.trim() });
    }
  }
  if (output.json && !output.concluded && context.exitCode === EXIT.interrupted) {
    const { interrupted: exitCode } = EXIT;
    output.error(new BacklitError("interrupted", "interrupted before there was a result", { exitCode }));
  }
  await output.flush();
  if (output.failure) {
    output.err.write(`error: standard output cannot be written: ${output.failure.message}\n`);
    context.exitCode ||= EXIT.failed;
    await output.flush();
  }
  return context.exitCode;
}

/** @param told gets help or version where they are asked for with --json, as they are part of a result there */
function createProgram(context: Context, told: { text: string }): Command {
  const { output } = context;
  const program = new Command("backlit")
    .description("Trains neural networks on WebGPU, from the terminal.")
    .version(packageJson.version)
    .addHelpText("after", NOTES)
    .configureHelp({ helpWidth: Math.min(110, output.out.columns ?? 100) })
    .configureOutput({
      writeOut: (text) => (output.json ? (told.text += text) : output.out.write(text)),
      writeErr: (text) => (output.json ? undefined : output.err.write(text)),
      // Reported by main(), in the form that was asked for.
      outputError: () => undefined,
    })
    .exitOverride();
  addTrainVerb(program, context);
  addEvalVerb(program, context);
  addPredictVerb(program, context);
  addDataVerb(program, context);
  addPlanVerb(program, context);
  addCheckVerb(program, context);
  addExplainVerb(program, context);
  addBenchVerb(program, context);
  addTraceVerb(program, context);
  addDoctorVerb(program, context);
  addTuneVerb(program, context);
  return program;
}

/** Without --help behind a verb that does not exist: help on something else would hide that. */
function helpful(program: Command, args: string[]): string[] {
  let command = program;
  for (const word of args) {
    if (word.startsWith("-") || command.commands.length === 0) continue;
    if (command === program && word === "help") continue;
    const found = command.commands.find((each) => each.name() === word);
    if (found === undefined) return args.filter((each) => !["--help", "-h", "help"].includes(each));
    command = found;
  }
  return args;
}

/** What commander found wrong, or nothing where it only printed help or the version. */
function usageError(error: CommanderError): BacklitError | undefined {
  if (error.exitCode === 0) return undefined;
  if (error.code === "commander.help") {
    return new SpecError("verb", "no verb was given", "`backlit --help` lists the verbs.");
  }
  const [first, ...rest] = error.message.replace(/^error: /, "").split("\n");
  const hint = rest.join(" ").trim();
  return new BacklitError(error.code.replace("commander.", "usage/"), first, {
    hint: hint || "`backlit --help` lists the verbs, `backlit VERB --help` its flags.",
    exitCode: EXIT.badInput,
  });
}
