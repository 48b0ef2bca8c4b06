/** What is to be measured, as the person chose it, what is wrong with it, and the same as a request and a command. */
import { batch, computed, effect, signal } from "@preact/signals";
import { SUITES, type InputKind, type SuiteName } from "../../../bench/result.ts";
import { ONE_OF, SUITE_OPTIONS, takesDigits, TAKEN_BY } from "../../../bench/suite-options.ts";
import { BENCH_OPTIMIZERS, INPUTS } from "../../../bench/suites.ts";
import { commandLine } from "../../../core/command-line.ts";
import type { BenchRequest } from "../../../worker/bench-api.ts";

const PEERS = ["tfjs", "jax"] as const;
const DATA = ["synthetic", "mnist"] as const;

/** By the names of the command's flags. */
export type OptionName =
  | "suite"
  | "peers"
  | "input"
  | "optimizer"
  | "hidden"
  | "batch"
  | "data"
  | "quick"
  | "rounds"
  | "seconds"
  | "loss-steps"
  | "seed";
export type OptionTexts = Record<OptionName, string>;

interface Option {
  label: string;
  /** A first look: one network, and done within a minute or so. */
  default: string;
  /** What is wrong with a text; undefined when nothing is. */
  problem(text: string): string | undefined;
}

const oneOf = (choices: readonly string[]) => (text: string) =>
  choices.includes(text) ? undefined : `must be one of ${choices.join(", ")}`;
const someOf =
  (choices: readonly string[], { none = false } = {}) =>
  (text: string) => {
    if (text === "") return none ? undefined : "needs at least one choice";
    return text.split(",").every((part) => choices.includes(part))
      ? undefined
      : `must be some of ${choices.join(", ")}`;
  };
const wholeNumbers = (text: string): string | undefined =>
  /^([1-9]\d{0,5}(,[1-9]\d{0,5})*)?$/.test(text.replaceAll(" ", ""))
    ? undefined
    : "must be whole numbers from 1 on, separated by commas";
const wholeNumber = (least: number) => (text: string) =>
  text === "" || (/^\d{1,9}$/.test(text) && Number(text) >= least)
    ? undefined
    : `must be a whole number from ${least} on`;
const positive = (text: string): string | undefined =>
  text === "" || (/^\d*\.?\d+$/.test(text) && Number(text) > 0) ? undefined : "must be a number above 0";

export const OPTIONS: Record<OptionName, Option> = {
  suite: { label: "Suite", default: "step", problem: oneOf(SUITES) },
  peers: { label: "Beside", default: "tfjs,jax", problem: someOf(PEERS, { none: true }) },
  input: { label: "Input", default: "mnist,dense", problem: someOf(INPUTS) },
  optimizer: { label: "Optimizer", default: "sgd", problem: someOf(BENCH_OPTIMIZERS) },
  hidden: { label: "Hidden layers", default: "512", problem: wholeNumbers },
  batch: { label: "Batch sizes", default: "128", problem: wholeNumbers },
  data: { label: "Digits", default: "synthetic", problem: oneOf(DATA) },
  quick: { label: "How long", default: "yes", problem: oneOf(["yes", "no"]) },
  rounds: { label: "Rounds", default: "", problem: wholeNumber(1) },
  seconds: { label: "Seconds each", default: "", problem: positive },
  "loss-steps": { label: "Losses compared", default: "", problem: wholeNumber(2) },
  seed: { label: "Seed", default: "1", problem: wholeNumber(0) },
};

const names = Object.keys(OPTIONS) as OptionName[];
export const defaults = Object.fromEntries(names.map((name) => [name, OPTIONS[name].default])) as OptionTexts;

export const texts = signal<OptionTexts>(defaults);

export const problems = computed(() => problemsOf(texts.value));

/** What is wrong, by option; an option that the suite does not take is not looked at. */
export function problemsOf(text: OptionTexts): Partial<Record<OptionName, string>> {
  const suite = text.suite as SuiteName;
  const found: Partial<Record<OptionName, string>> = {};
  for (const name of names.filter((each) => isTaken(each, text))) {
    const several = (ONE_OF[suite] ?? []).some((one) => one === name) && text[name].includes(",");
    const problem = OPTIONS[name].problem(text[name]) ?? (several ? "must be one for this suite" : undefined);
    if (problem !== undefined) found[name] = `${OPTIONS[name].label} ${problem}.`;
  }
  return found;
}

/** Where the amount that is measured is fixed: nobody takes turns, no losses are compared, nothing is drawn. */
const FIXED: Partial<Record<SuiteName, readonly OptionName[]>> = {
  matmul: ["loss-steps"],
  kernels: ["rounds", "seconds", "loss-steps"],
  accuracy: ["rounds", "seconds", "loss-steps"],
  overhead: ["loss-steps", "seed"],
};

/** Whether the suite that is chosen has a use for an option. */
export function isTaken(name: OptionName, text: OptionTexts): boolean {
  const suite = text.suite as SuiteName;
  if (FIXED[suite]?.includes(name)) return false;
  if (name === "data") return takesDigits({ suite, input: partsOf(text.input) as InputKind[] });
  const narrows = SUITE_OPTIONS.find((option) => option === name);
  return narrows === undefined || TAKEN_BY[suite].includes(narrows);
}

export function setOption(name: OptionName, text: string): void {
  texts.value = { ...texts.value, [name]: text };
}

export function chosen(name: OptionName): string[] {
  return partsOf(texts.value[name]);
}

function partsOf(text: string): string[] {
  return text.split(",").filter((part) => part !== "");
}

/** Adds or removes one choice of several, in the order in which they are offered. */
export function toggle(name: OptionName, choice: string, offered: readonly string[]): void {
  const old = chosen(name);
  const next = offered.filter((each) => (each === choice) !== old.includes(each));
  setOption(name, next.join(","));
}

/** The request, as far as the options are valid. */
export const request = computed(() => requestOf(texts.value));

export function requestOf(text: OptionTexts): BenchRequest {
  const list = (name: OptionName): string[] | undefined =>
    isTaken(name, text) ? partsOf(text[name]) : undefined;
  const numbers = (name: OptionName): number[] | undefined =>
    text[name] === "" ? undefined : list(name)?.map(Number);
  const number = (name: OptionName): number | undefined =>
    text[name] === "" || !isTaken(name, text) ? undefined : Number(text[name]);
  return {
    suite: text.suite as SuiteName,
    peers: (list("peers") ?? []) as (typeof PEERS)[number][],
    adapter: "auto",
    narrowing: {
      hidden: numbers("hidden"),
      batch: numbers("batch"),
      optimizer: list("optimizer") as (typeof BENCH_OPTIMIZERS)[number][] | undefined,
      input: list("input") as InputKind[] | undefined,
    },
    protocol: {
      quick: text.quick === "yes",
      rounds: number("rounds"),
      seconds: number("seconds"),
      lossSteps: number("loss-steps"),
      seed: number("seed"),
    },
    data: text.data === "mnist" ? { kind: "catalogue", name: "mnist" } : { kind: "synthetic" },
    command: command(text),
  };
}

/** What measures the same from a terminal. */
function command(text: OptionTexts): string {
  const words: string[] = [];
  for (const name of names) {
    if (!isTaken(name, text) || (name === "seed" && text.seed === OPTIONS.seed.default)) continue;
    if (name === "quick") words.push(...(text.quick === "yes" ? ["--quick"] : []));
    else if (text[name] !== "") words.push(`--${name}`, text[name].replaceAll(" ", ""));
  }
  return commandLine("bench", words);
}

/** @returns the options, and a sentence without its full stop for each part of the link that was left out */
export function readBenchLink(query: string): { texts: OptionTexts; problems: string[] } {
  const given = { ...defaults };
  const wrong: string[] = [];
  for (const [part, text] of new URLSearchParams(query)) {
    const name = names.find((candidate) => candidate === part);
    const problem = name && OPTIONS[name].problem(text);
    if (name === undefined) wrong.push(`“${part}” is not an option`);
    else if (problem !== undefined) wrong.push(`${OPTIONS[name].label} ${problem}, not “${text}”`);
    else given[name] = text;
  }
  return { texts: given, problems: wrong };
}

/** What was wrong with the link. */
export const linkProblems = signal<string[]>([]);

/** Reads the link, and from then on keeps it current. */
export function followLink(): void {
  const read = (): void => {
    const link = readBenchLink(location.hash.slice(1));
    batch(() => {
      texts.value = link.texts;
      linkProblems.value = link.problems;
    });
  };
  read();
  window.addEventListener("hashchange", read);
  effect(() => {
    const changed = names.filter(
      (name) => texts.value[name] !== defaults[name] && problems.value[name] === undefined,
    );
    const hash = changed.map((name) => `${name}=${texts.value[name].replaceAll(" ", "")}`).join("&");
    if (location.hash.slice(1) !== hash) {
      history.replaceState(null, "", `${location.pathname}${hash === "" ? "" : `#${hash}`}`);
    }
  });
}
