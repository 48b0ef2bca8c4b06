/** Options in the URL's hash: what was chosen differently from the recipe, and always the seed. Pure. */
import { commandLine } from "../../core/command-line.ts";
import { SpecError } from "../../core/errors.ts";
import {
  kindOf,
  parseOption,
  resolveRunOptions,
  runOptions,
  type RunOptionName,
  type RunOptions,
} from "../../core/run-options.ts";
import { LABELS, LINKED } from "./fields.ts";

/** Options as typed; what is missing has its default. */
export type OptionTexts = Partial<Record<RunOptionName, string>>;

/**
 * What is wrong with an option's text, in words for its field; undefined when nothing is.
 * @param hidden the text of the hidden layers, of which some options may have a value for each
 */
export function optionProblem(name: RunOptionName, text: string, hidden?: string): string | undefined {
  try {
    const layers = runOptions[name].group === "network" ? hiddenOf(hidden) : {};
    resolveRunOptions({ ...layers, [name]: parseOption(name, text) });
    return undefined;
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    // As it was typed: a number of many digits would be quoted as another one.
    const message =
      kindOf(runOptions[name].schema) === "number" && !text.includes(",")
        ? error.message.replace(/, not [^" ]+$/, `, not ${text.trim()}`)
        : error.message;
    const clause = /^--\S+: (.)/.exec(message);
    return clause
      ? message.replace(clause[0], clause[1].toUpperCase())
      : message.replace(/^--\S+ /, `${LABELS[name]} `);
  }
}

/** Nothing where the text is missing or not valid: then the default's number of layers counts. */
function hiddenOf(text: string | undefined): Pick<RunOptions, "hidden"> {
  if (text === undefined || optionProblem("hidden", text) !== undefined) return {};
  return { hidden: parseOption("hidden", text) as number[] };
}

/** The options that these texts stand for, invalid ones left out. */
export function parseTexts(texts: OptionTexts): RunOptions {
  const entries = Object.entries(texts) as [RunOptionName, string][];
  return Object.fromEntries(
    entries
      .filter(([name, text]) => optionProblem(name, text, texts.hidden) === undefined)
      .map(([name, text]) => [name, parseOption(name, text)]),
  );
}

/** An option's value as it would be typed. */
export function optionText(value: string | number | readonly (string | number)[] | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "object") return value.length === 0 ? "none" : value.join(",");
  return String(value);
}

/** Options as they would be typed. */
export function optionTexts(options: RunOptions): OptionTexts {
  const entries = Object.entries(options) as [RunOptionName, RunOptions[RunOptionName]][];
  const given = entries.filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, optionText(value)]));
}

/**
 * What an address says about the options, as one hash without its `#`. Behind a `?` they count, too: that is how links are
 * written elsewhere. Where both name an option, the hash comes later and wins.
 */
export function linkedOptions({ search, hash }: Pick<Location, "search" | "hash">): string {
  return [search.slice(1), hash.slice(1)].filter((part) => part !== "").join("&");
}

/**
 * @param hash with or without its `#`
 * @param datasets names that the page can load
 * @returns the valid options, and a sentence for each that is not
 */
export function readPermalink(
  hash: string,
  datasets: readonly string[],
): { texts: OptionTexts; problems: string[] } {
  const texts: OptionTexts = {};
  const problems: string[] = [];
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const hidden = parameters.get(runOptions.hidden.flag) ?? undefined;
  for (const [flag, text] of parameters) {
    const name = LINKED.find((candidate) => runOptions[candidate].flag === flag);
    if (name === undefined) {
      problems.push(`“${flag}” is not an option`);
      continue;
    }
    const problem =
      name === "data" && !datasets.includes(text)
        ? `Data must be one of ${datasets.join(", ")}, not "${text}"`
        : optionProblem(name, text, hidden);
    if (problem === undefined) texts[name] = text;
    else problems.push(problem);
  }
  return { texts, problems };
}

/** The hash without its `#`. */
export function writePermalink(texts: OptionTexts): string {
  const parts = LINKED.filter((name) => texts[name] !== undefined || name === "seed").map((name) => {
    const text = texts[name] ?? optionText(runOptions[name].default);
    return `${runOptions[name].flag}=${encodeURIComponent(text).replaceAll("%2C", ",")}`;
  });
  return parts.join("&");
}

/** The same run in a terminal. Own files are named by a folder there. */
export function writeCommand(texts: OptionTexts): string {
  const flags = LINKED.filter((name) => texts[name] !== undefined || name === "seed").map((name) => {
    const text = texts[name] ?? optionText(runOptions[name].default);
    return `--${runOptions[name].flag} ${name === "data" && text === "files" ? "DIR" : text.replaceAll(/\s/g, "")}`;
  });
  return commandLine("train", flags);
}
