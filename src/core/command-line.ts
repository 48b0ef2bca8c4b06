/**
 * How the product writes its own commands, wherever it names one to be pasted: in a terminal, on the page, in a report.
 * One rule: as they work in a clone, or, where the package is installed, by the command's own name.
 */

/** Where the command is called from. Whoever cannot know, as the page, means a checkout. */
export type Calling = "checkout" | "installed";

/** @param words flags and their values, already quoted where a shell would take them apart */
export function commandLine(
  verb: string,
  words: readonly string[] = [],
  calling: Calling = "checkout",
): string {
  if (calling === "installed") return ["backlit", verb, ...words].join(" ");
  // Training has a script of its own.
  const script = verb === "train" ? ["npm run train --"] : ["npm run -s backlit --", verb];
  return [...script, ...words].join(" ");
}

/**
 * A sentence that names commands as errors do, `` `backlit doctor` ``, for whoever is to paste them.
 * @param text an error's hint
 */
export function withCommands(text: string, calling: Calling = "checkout"): string {
  return text.replaceAll(/`backlit ([^`]+)`/g, (_, rest: string) => {
    const [verb, ...words] = rest.split(" ");
    return `\`${commandLine(verb, words, calling)}\``;
  });
}
