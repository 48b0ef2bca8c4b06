/** The options of the next run as the person typed them, what they resolve to, and their permalink. */
import { batch, computed, effect, signal } from "@preact/signals";
import {
  resolveRunOptions,
  runOptions,
  type RunOptionName,
  type RunOptions,
} from "../../core/run-options.ts";
import { rowsHeldOut } from "../../data/split.ts";
import { grouped } from "../format.ts";
import { OFFERS, shapeOfData } from "./datasets.ts";
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
import { withoutLastComma } from "./unfinished-list.ts";

/** What differs from the defaults, valid or not, as its fields have it. */
const typedTexts = signal<OptionTexts>({});

/** The same as far as it is finished: behind its comma, the next value of a list is still to come. */
export const texts = computed(
  () =>
    Object.fromEntries(
      Object.entries(typedTexts.value).map(([name, text]) => [name, withoutLastComma(text)]),
    ) as OptionTexts,
);

/** The texts as their fields were last left. */
const settled = signal<OptionTexts>({});

/** What stands in for a text that is not valid: what was last valid of it, or settled once its field is left. */
const standIns = signal<OptionTexts>({});

/** What was wrong with the link that the page was opened with. */
export const linkProblems = signal<string[]>([]);

/** One sentence per option that is not valid. */
export const problems = computed(() => {
  const found: Partial<Record<RunOptionName, string>> = {};
  const { hidden } = texts.value;
  const isValid = hidden !== undefined && optionProblem("hidden", hidden) === undefined;
  const layers = isValid ? hidden : standIns.value.hidden;
  for (const [name, text] of Object.entries(texts.value) as [RunOptionName, string][]) {
    const problem = optionProblem(name, text, layers);
    if (problem !== undefined) found[name] = problem;
  }
  const held = validationProblem(texts.value);
  return held === undefined ? found : { validation: held, ...found };
});

/** At least one row has to be left to train on. */
function validationProblem({ data, validation }: OptionTexts): string | undefined {
  const rows = shapeOfData(data ?? runOptions.data.default!)?.train;
  if (rows === undefined || validation === undefined || !(Number(validation) >= rows)) return undefined;
  return `Validation rows must be fewer than the ${grouped(rows)} training images, not ${validation}`;
}

/** Rows held out for validation; undefined while that is not known, as with own files that are still missing. */
const rowsToHoldOut = computed(() => {
  const rows = shapeOfData(resolved.value.data)?.train;
  if (rows === undefined) return undefined;
  return rowsHeldOut(optionsInForce.value.validation, resolved.value.validation, rows);
});

/** Rows that are left to train on; undefined while that is not known. */
export const rowsToTrain = computed(() => {
  const rows = shapeOfData(resolved.value.data)?.train;
  return rows === undefined ? undefined : rows - rowsToHoldOut.value!;
});

/** The options that are in force: one that is not valid stays what it was before. */
export const inForce = computed((): OptionTexts => {
  const wrong = Object.keys(problems.value) as RunOptionName[];
  const before = Object.fromEntries(wrong.map((name) => [name, standIns.value[name]])) as OptionTexts;
  return valid(withoutMissing({ ...texts.value, ...before }));
});

/** As they are given to a run; what is missing has its default. */
export const optionsInForce = computed(() => parseTexts(inForce.value));

export const resolved = computed(() => resolveRunOptions(optionsInForce.value));

/** The options that were really given, for the run itself. */
export const given = computed(() => parseTexts(texts.value));

/** Those that are valid together. */
function valid(typed: OptionTexts): OptionTexts {
  return Object.fromEntries(
    (Object.entries(typed) as [RunOptionName, string][]).filter(
      ([name, text]) => optionProblem(name, text, typed.hidden) === undefined,
    ),
  );
}

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

/** What becomes of a default validation split that is too large for the data; undefined of any other. */
export const validationNote = computed(() => {
  const held = rowsToHoldOut.value;
  if (held === undefined || problems.value.validation !== undefined || held === resolved.value.validation)
    return undefined;
  return `Of so few training images a tenth is held out: ${grouped(held)}.`;
});

export function textOf(name: RunOptionName): string {
  return typedTexts.value[name] ?? optionText(resolved.value[name]);
}

/** What an option is while it is not chosen, as text. */
function defaultText(name: RunOptionName, typed: OptionTexts): string {
  const { [name]: _, ...others } = typed;
  return optionText(resolveRunOptions(parseTexts(others))[name]);
}

/** Options of another value than their default, however it is written. */
const changed = computed(() => {
  const isOther = (name: RunOptionName): boolean =>
    problems.value[name] !== undefined ||
    optionText(resolved.value[name]) !== defaultText(name, inForce.value);
  return (Object.keys(texts.value) as RunOptionName[]).filter(isOther);
});

export function isChanged(name: RunOptionName): boolean {
  return changed.value.includes(name);
}

/** While its field is being typed in. Typing the default is the same as not choosing. */
export function typeOption(name: RunOptionName, text: string): void {
  const { [name]: _, ...others } = typedTexts.value;
  const old = texts.value[name];
  batch(() => {
    if (problems.value[name] === undefined)
      standIns.value = withoutMissing({ ...standIns.value, [name]: old });
    typedTexts.value = defaultText(name, texts.value) === text ? others : { ...others, [name]: text };
  });
}

/**
 * When its field is left. What cannot be read then counts as not typed at all: what was passed on the way to it, as 512 is
 * on the way to 5120000000, is no value that anybody asked for.
 */
export function leaveOption(name: RunOptionName): void {
  if (problems.value[name] !== undefined) {
    standIns.value = withoutMissing({ ...standIns.value, [name]: settled.value[name] });
    return;
  }
  const text = texts.value[name];
  batch(() => {
    if (text !== undefined && text !== typedTexts.value[name]) typeOption(name, text);
    settled.value = withoutMissing({ ...settled.value, [name]: texts.value[name] });
  });
}

/** Chosen at once. */
export function setOption(name: RunOptionName, text: string): void {
  batch(() => {
    typeOption(name, text);
    leaveOption(name);
  });
}

/** Shows the options of a run that was begun elsewhere; defaults are not written out. */
export function takeOptions(options: RunOptions): void {
  batch(() => {
    replaceTexts({});
    for (const name of names) if (options[name] !== undefined) setOption(name, optionText(options[name]));
  });
}

export function resetOptions(): void {
  const { data } = texts.value;
  replaceTexts(data === undefined ? {} : { data });
}

function replaceTexts(whole: OptionTexts): void {
  batch(() => {
    typedTexts.value = whole;
    settled.value = whole;
    standIns.value = {};
  });
}

export const anyChanged = computed(() => names.some((name) => name !== "data" && isChanged(name)));

/** Takes the options from the address. @param query what its hash says to the training view */
export function readLink(query: string): void {
  const linked = linkedOptions({ search: location.search, hash: `#${query}` });
  // An address without options asks for the view as it is.
  if (linked === "" || linked === hash.peek()) return;
  const link = readPermalink(
    linked,
    OFFERS.map(({ name }) => name),
  );
  batch(() => {
    replaceTexts(chosen(link.texts));
    linkProblems.value = link.problems;
  });
}

/** Without those that a link has written out although they are the defaults. */
function chosen(linked: OptionTexts): OptionTexts {
  return names.reduce((rest, name) => {
    const { [name]: text, ...others } = rest;
    return text === defaultText(name, rest) ? others : rest;
  }, linked);
}

/** From here on the address of the training view holds the options. */
export function keepLink(): void {
  effect(() => {
    // Coming back to the view writes them, too.
    void view.value;
    setQuery("train", hash.value);
  });
}

const hash = computed(() => writePermalink(inForce.value));

/** The address that repeats a run with these options. */
export function linkTo(options: OptionTexts): string {
  return `${location.origin}${location.pathname}#${writePermalink(options)}`;
}
