/** The options of the next run as the person typed them, what they resolve to, and their permalink. */
import { batch, computed, effect, signal } from "@preact/signals";
import { resolveRunOptions, type RunOptionName, type RunOptions } from "../../core/run-options.ts";
import { LINKABLE } from "./datasets.ts";
import { names } from "./fields.ts";
import {
  linkedOptions,
  optionProblem,
  optionText,
  parseTexts,
  readPermalink,
  writePermalink,
  type OptionTexts,
} from "./permalink.ts";
import { setQuery, view } from "./route.ts";

/** What differs from the defaults, valid or not. */
export const texts = signal<OptionTexts>({});

/** What was wrong with the link that the page was opened with. */
export const linkProblems = signal<string[]>([]);

export const resolved = computed(() => resolveRunOptions(parseTexts(texts.value)));

/** The options that were really given, for the run itself. */
export const given = computed(() => parseTexts(texts.value));

/** One sentence per option that is not valid. */
export const problems = computed(() => {
  const found: Partial<Record<RunOptionName, string>> = {};
  for (const [name, text] of Object.entries(texts.value) as [RunOptionName, string][]) {
    const problem = optionProblem(name, text);
    if (problem !== undefined) found[name] = problem;
  }
  return found;
});

export function textOf(name: RunOptionName): string {
  return texts.value[name] ?? optionText(resolved.value[name]);
}

export function isChanged(name: RunOptionName): boolean {
  return texts.value[name] !== undefined;
}

/** Typing the default is the same as not choosing. */
export function setOption(name: RunOptionName, text: string): void {
  const { [name]: _, ...others } = texts.value;
  const isDefault = optionText(resolveRunOptions(parseTexts(others))[name]) === text;
  texts.value = isDefault ? others : { ...others, [name]: text };
}

/** Shows the options of a run that was begun elsewhere; defaults are not written out. */
export function takeOptions(options: RunOptions): void {
  texts.value = {};
  for (const name of names) if (options[name] !== undefined) setOption(name, optionText(options[name]));
}

export function resetOptions(): void {
  const { data } = texts.value;
  texts.value = data === undefined ? {} : { data };
}

export const anyChanged = computed(() => names.some((name) => name !== "data" && isChanged(name)));

/** Takes the options from the address. @param query what its hash says to the training view */
export function readLink(query: string): void {
  const linked = linkedOptions({ search: location.search, hash: `#${query}` });
  // An address without options asks for the view as it is.
  if (linked === "" || linked === hash.peek()) return;
  const link = readPermalink(linked, LINKABLE);
  batch(() => {
    texts.value = link.texts;
    linkProblems.value = link.problems;
  });
}

/** From here on the address of the training view holds the options. */
export function keepLink(): void {
  effect(() => {
    // Coming back to the view writes them, too.
    void view.value;
    setQuery("train", hash.value);
  });
}

/** Own files and options that are not valid are left out of the link. */
export function linkable(typed: OptionTexts): OptionTexts {
  const linked: OptionTexts = {};
  for (const [name, text] of Object.entries(typed) as [RunOptionName, string][]) {
    if (optionProblem(name, text) === undefined && (name !== "data" || LINKABLE.includes(text)))
      linked[name] = text;
  }
  return linked;
}

const hash = computed(() => writePermalink(linkable(texts.value)));

/** The address that repeats a run with these options. */
export function linkTo(options: OptionTexts): string {
  return `${location.origin}${location.pathname}#${writePermalink(options)}`;
}
