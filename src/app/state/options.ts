/** The options of the next run as the person typed them, what they resolve to, and their permalink. */
import { batch, computed, effect, signal } from "@preact/signals";
import {
  resolveRunOptions,
  runOptions,
  type RunOptionName,
  type RunOptions,
} from "../../core/run-options.ts";
import { grouped } from "../format.ts";
import { LINKABLE, trainingRowsOf } from "./datasets.ts";
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

/** What was last valid of each option whose text is not. */
const lastValid = signal<OptionTexts>({});

/** What was wrong with the link that the page was opened with. */
export const linkProblems = signal<string[]>([]);

/** One sentence per option that is not valid. */
export const problems = computed(() => {
  const found: Partial<Record<RunOptionName, string>> = {};
  const { hidden } = texts.value;
  const isValid = hidden !== undefined && optionProblem("hidden", hidden) === undefined;
  const layers = isValid ? hidden : lastValid.value.hidden;
  for (const [name, text] of Object.entries(texts.value) as [RunOptionName, string][]) {
    const problem = optionProblem(name, text, layers);
    if (problem !== undefined) found[name] = problem;
  }
  const held = validationProblem(texts.value);
  return held === undefined ? found : { validation: held, ...found };
});

/** At least one row has to be left to train on. */
function validationProblem({ data, validation }: OptionTexts): string | undefined {
  const rows = trainingRowsOf(data ?? runOptions.data.default!);
  if (rows === undefined || validation === undefined || !(Number(validation) >= rows)) return undefined;
  return `Validation rows must be fewer than the ${grouped(rows)} training images, not ${validation}`;
}

/** Rows that are left to train on; undefined while that is not known, as with own files. */
export const rowsToTrain = computed(() => {
  const rows = trainingRowsOf(resolved.value.data);
  return rows === undefined ? undefined : rows - resolved.value.validation;
});

/** The options as they are shown: one that is not valid stays what it was before. */
const shown = computed((): OptionTexts => {
  const wrong = Object.keys(problems.value) as RunOptionName[];
  const before = Object.fromEntries(wrong.map((name) => [name, lastValid.value[name]])) as OptionTexts;
  return withoutMissing({ ...texts.value, ...before });
});

export const resolved = computed(() => resolveRunOptions(parseTexts(shown.value)));

/** The options that were really given, for the run itself. */
export const given = computed(() => parseTexts(texts.value));

function withoutMissing(typed: OptionTexts): OptionTexts {
  return Object.fromEntries(
    Object.entries(typed).filter(([, text]) => (text as string | undefined) !== undefined),
  );
}

/** What a batch comes to that is larger than the training split; undefined for any other. */
export const batchNote = computed(() => {
  const rows = rowsToTrain.value;
  if (rows === undefined || problems.value.batchSize !== undefined || resolved.value.batchSize <= rows)
    return undefined;
  return `More than the ${grouped(rows)} training images: every step takes all of them, one step per epoch.`;
});

export function textOf(name: RunOptionName): string {
  return texts.value[name] ?? optionText(resolved.value[name]);
}

export function isChanged(name: RunOptionName): boolean {
  return texts.value[name] !== undefined;
}

/** Typing the default is the same as not choosing. */
export function setOption(name: RunOptionName, text: string): void {
  const { [name]: old, ...others } = texts.value;
  const isDefault = optionText(resolveRunOptions(parseTexts(others))[name]) === text;
  batch(() => {
    if (problems.value[name] === undefined)
      lastValid.value = withoutMissing({ ...lastValid.value, [name]: old });
    texts.value = isDefault ? others : { ...others, [name]: text };
  });
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
    lastValid.value = {};
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
    if (optionProblem(name, text, typed.hidden) === undefined && (name !== "data" || LINKABLE.includes(text)))
      linked[name] = text;
  }
  return linked;
}

const hash = computed(() => writePermalink(linkable(texts.value)));

/** The address that repeats a run with these options. */
export function linkTo(options: OptionTexts): string {
  return `${location.origin}${location.pathname}#${writePermalink(options)}`;
}
