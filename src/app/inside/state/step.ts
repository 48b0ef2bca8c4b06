/** The step that is shown: what was chosen, what was done to it, and where on the way through it one stands. */
import { batch, computed, signal } from "@preact/signals";
import { matrixOf } from "../../../lens/derivation/derive.ts";
import type { Cell } from "../../../lens/derivation/types.ts";
import { withoutLastComma } from "../../state/unfinished-list.ts";
import { readPlace, writePlace } from "./address.ts";
import { choiceProblem, choicesOf, DEFAULT_TEXTS, type ChoiceName, type ChoiceTexts } from "./choices.ts";
import { withMove, withoutLast, workOut, type Move } from "./moves.ts";
import { idsAt, placeOf, stopsOf, type Stop } from "./stops.ts";

/** As the fields have it. */
const typedTexts = signal<ChoiceTexts>({});
/** The same as far as it is finished: behind its comma, the next size is still to come. */
export const texts = computed((): ChoiceTexts => {
  const { layers, ...others } = typedTexts.value;
  return layers === undefined ? others : { ...others, layers: withoutLastComma(layers) };
});
export const moves = signal<Move[]>([]);
/** Id of the stop; one that is not there counts as the first. */
const at = signal("");
/** Whose long form is shown, from 0. */
const chosenSample = signal(0);

const choices = computed(() => choicesOf(texts.value));

export const workedOut = computed(() => workOut(choices.value, moves.value));
export const derivation = computed(() => workedOut.value.derivation);
export const sample = computed(() => Math.min(chosenSample.value, derivation.value.rows - 1));
export const stops = computed(() => stopsOf(derivation.value, sample.value));
export const index = computed(() =>
  Math.max(
    0,
    stops.value.findIndex(({ id }) => id === at.value),
  ),
);
export const stop = computed((): Stop => stops.value[index.value]);

/** The loss before the last move, to see what it did; `undefined` where there was none. */
export const lossBefore = computed(() =>
  moves.value.length === 0
    ? undefined
    : workOut({ ...choices.value }, withoutLast(moves.value)).derivation.loss,
);

export function textOf(name: ChoiceName): string {
  return typedTexts.value[name] ?? DEFAULT_TEXTS[name];
}

/** One sentence per choice that is not valid. */
export function problemOf(name: ChoiceName): string | undefined {
  return choiceProblem(name, finished(name));
}

function finished(name: ChoiceName): string {
  return texts.value[name] ?? DEFAULT_TEXTS[name];
}

/** Other numbers or sizes begin a step anew: what was changed by hand belongs to the old one. */
const BEGIN_ANEW: readonly ChoiceName[] = ["layers", "batch", "seed"];

export function setChoice(name: ChoiceName, text: string): void {
  const { [name]: _, ...others } = typedTexts.value;
  const before = finished(name);
  batch(() => {
    typedTexts.value = text === DEFAULT_TEXTS[name] ? others : { ...others, [name]: text };
    const isOther = finished(name) !== before && problemOf(name) === undefined;
    if (isOther && BEGIN_ANEW.includes(name)) moves.value = [];
  });
}

/** When its field is left. */
export function leaveChoice(name: ChoiceName): void {
  if (textOf(name) !== finished(name)) setChoice(name, finished(name));
}

/** Sets a given entry; of a label's row, the class. */
export function setCell(cell: Cell, value: number): void {
  moves.value = withMove(moves.value, { kind: "set", cell, value });
}

/** To the same batch with the parameters after the update. */
export function takeStep(): void {
  moves.value = withMove(moves.value, { kind: "steps", count: 1 });
}

export function undo(): void {
  moves.value = withoutLast(moves.value);
}

export function startAgain(): void {
  moves.value = [];
}

export function showSample(number: number): void {
  chosenSample.value = number;
}

export function goTo(id: string): void {
  at.value = id;
}

/** @param by stops forwards, or backwards where negative; never past an end */
export function goBy(by: number): void {
  const next = stops.value[Math.min(stops.value.length - 1, Math.max(0, index.value + by))];
  goTo(next.id);
}

/** To the stop where a matrix is worked out. */
export function goToMatrix(id: string): void {
  const place = placeOf(derivation.value, matrixOf(derivation.value.matrices, id).id);
  if (place === undefined) return;
  batch(() => {
    if (!idsAt(stop.value).includes(id)) chosenSample.value = place.sample;
    goTo(place.stop.id);
  });
}

/** The step as the address has it. */
export const stepQuery = computed(() =>
  writePlace({ texts: texts.value, moves: moves.value, at: index.value === 0 ? "" : stop.value.id }),
);

/** To the step that an address asks for. @returns a sentence without its full stop for each part that is not valid */
export function readStep(query: string): string[] {
  const { problems, ...place } = readPlace(query);
  batch(() => {
    typedTexts.value = place.texts;
    moves.value = place.moves;
    at.value = place.at;
  });
  const isThere = place.at === "" || stops.peek().some(({ id }) => id === place.at);
  if (!isThere) problems.push(`“at=${place.at}” is no stop on the way through this step`);
  return [...problems, ...workedOut.peek().refused];
}
