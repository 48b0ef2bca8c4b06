/** The command line's flags, made from the table of run options: names, help, parsing and validation come from there. */
import { Option, type Command } from "commander";
import { SpecError } from "../core/errors.ts";
import { grouped } from "../core/words.ts";
import {
  choicesOf,
  DEPENDENT_DEFAULTS,
  describe,
  parseOption,
  runOptions,
  type RunOption,
  type RunOptionName,
  type RunOptions,
} from "../core/run-options.ts";

const GROUPS: Record<RunOption["group"], string> = {
  data: "Data:",
  network: "Network:",
  training: "Training:",
  run: "Run:",
};

const names = Object.keys(runOptions) as RunOptionName[];

/** What help says of an option, or of its default, where it is another than in training. */
export type OptionNotes = Partial<Record<RunOptionName, string>>;

function flagOption(name: RunOptionName, defaults: OptionNotes, words: OptionNotes): Option {
  const entry: RunOption = runOptions[name];
  const choices = choicesOf(entry.schema);
  const fallback =
    defaults[name] ??
    DEPENDENT_DEFAULTS[name] ??
    (entry.default === undefined ? undefined : defaultText(entry.default));
  const notes = [
    ...(choices.length > 0 ? [choices.join(", ")] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
  ];
  const what = words[name] ?? describe(name);
  const help = notes.length > 0 ? `${what} (${notes.join("; ")})` : what;
  return new Option(`--${entry.flag} <${entry.value}>`, help)
    .argParser((text: string) => parseOption(name, text))
    .helpGroup(GROUPS[entry.group]);
}

/** As it would be typed. */
function defaultText(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** @param wanted the options this verb takes; all when left out @param words what they are, where help should say it otherwise */
export function addRunOptions(
  command: Command,
  wanted: readonly RunOptionName[] = names,
  defaults: OptionNotes = {},
  words: OptionNotes = {},
): Command {
  for (const name of wanted) command.addOption(flagOption(name, defaults, words));
  return command;
}

/** The run options among a command's parsed flags: those that were given. */
export function givenRunOptions(flags: Record<string, unknown>): RunOptions {
  const given: Record<string, unknown> = {};
  for (const name of names) {
    const value = flags[new Option(`--${runOptions[name].flag} <value>`).attributeName()];
    if (value !== undefined) given[name] = value;
  }
  return given;
}

/** A whole number from a flag outside the table. @throws SpecError */
export function wholeNumber(flag: string, least: number, most: number = Infinity): (text: string) => number {
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${grouped(most)}`;
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new SpecError(flag, `--${flag} must be a whole number ${range}, but is "${text}"`);
    }
    return value;
  };
}

/** One of a few words. @throws SpecError */
export function choice<T extends string>(flag: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    if (!choices.includes(text as T)) {
      throw new SpecError(flag, `--${flag} must be one of ${choices.join(", ")}, but is "${text}"`);
    }
    return text as T;
  };
}

/** Several values separated by commas. */
export function listOf<T>(one: (text: string) => T): (text: string) => T[] {
  return (text) => text.split(",").map((part) => one(part.trim()));
}

/** A number above 0 from a flag outside the table. @throws SpecError */
export function positiveNumber(flag: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || value <= 0) {
      throw new SpecError(flag, `--${flag} must be a number above 0, but is "${text}"`);
    }
    return value;
  };
}
