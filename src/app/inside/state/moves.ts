/**
 * What a person did to a step, as a list: entries that were set and steps that were taken, in order. The start and this
 * list give everything that is shown, so the list is what the address keeps and what is taken back. Pure.
 */
import { SpecError } from "../../../core/errors.ts";
import { formCosts, WIDENING } from "../../../lens/derivation/cost.ts";
import { derive } from "../../../lens/derivation/derive.ts";
import { afterUpdate, withCell } from "../../../lens/derivation/edit.ts";
import { drawnBatch, networkOf } from "../../../lens/derivation/start.ts";
import type { Cell, Derivation, DerivationInput } from "../../../lens/derivation/types.ts";
import { initialParameters } from "../../../model/parameters.ts";
import { byteSize } from "../../format.ts";
import type { Choices } from "./choices.ts";

export type Move = { kind: "set"; cell: Cell; value: number } | { kind: "steps"; count: number };

/** Far more than anybody takes by hand. */
const MOST_STEPS = 1000;
/** The matrices of the long form may take so many bytes, in float64. */
const MOST_BYTES = 6e6;

export interface WorkedOut {
  derivation: Derivation;
  /** Plain steps that were taken on the batch before this one. */
  steps: number;
  /** A sentence for each move that cannot be made, without its full stop. */
  refused: string[];
  /** Why the long form was left out; empty where it was not. */
  omitted: string;
}

/** What a person has come to from a start. */
export function workOut(choices: Choices, moves: readonly Move[]): WorkedOut {
  const { sizes, rows, activation, seed, learningRate, labelSmoothing } = choices;
  const network = networkOf(sizes, activation);
  const { long } = formCosts(network, rows);
  const longForm = WIDENING * long.bytes <= MOST_BYTES;
  let input: DerivationInput = {
    network,
    parameters: initialParameters(network, seed),
    ...drawnBatch(network, rows, seed),
    learningRate,
    labelSmoothing,
    longForm: false,
  };
  let steps = 0;
  const refused: string[] = [];
  for (const move of moves) {
    if (move.kind === "steps") {
      for (let i = 0; i < move.count; i++) input = afterUpdate(derive(input));
      steps += move.count;
      continue;
    }
    try {
      input = withCell(derive(input), move.cell, move.value);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      refused.push(`${moveText(move)}: ${error.message}`);
    }
  }
  return {
    derivation: derive({ ...input, longForm }),
    steps,
    refused,
    omitted: longForm
      ? ""
      : `The long form is left out: its matrices would take ${byteSize(WIDENING * long.bytes)} in float64, ` +
        `${long.largest.id} alone ${byteSize(WIDENING * long.largest.bytes)}.`,
  };
}

/** With one more; steps in a row are one move, and so are changes of one entry. */
export function withMove(moves: readonly Move[], move: Move): Move[] {
  const last = moves[moves.length - 1];
  if (last?.kind === "steps" && move.kind === "steps") {
    return [...moves.slice(0, -1), { kind: "steps", count: Math.min(MOST_STEPS, last.count + move.count) }];
  }
  const replaces = last?.kind === "set" && move.kind === "set" && sameTarget(last.cell, move.cell);
  return replaces ? [...moves.slice(0, -1), move] : [...moves, move];
}

/** Without the last one: one step, or one entry. */
export function withoutLast(moves: readonly Move[]): Move[] {
  const last = moves[moves.length - 1];
  const before = moves.slice(0, -1);
  return last?.kind === "steps" && last.count > 1 ? [...before, { ...last, count: last.count - 1 }] : before;
}

/** A row of Y has one label, so its entries are one target. */
function sameTarget(a: Cell, b: Cell): boolean {
  return a.id === b.id && a.row === b.row && (a.id === "Y" || a.column === b.column);
}

/** `set=W1:2,1:0.5`, counted from 1 as entries are named, and `steps=3`. */
export function moveText(move: Move): string {
  if (move.kind === "steps") return `steps=${move.count}`;
  const { id, row, column } = move.cell;
  return `set=${id}:${row + 1},${column + 1}:${move.value}`;
}

/** @returns undefined for a text that is no move */
export function parseMove(name: string, text: string): Move | undefined {
  if (name === "steps") {
    const count = Number(text);
    return /^\d+$/.test(text) && count >= 1 && count <= MOST_STEPS ? { kind: "steps", count } : undefined;
  }
  const [, id, row, column, written] = /^(\w+):(\d+),(\d+):(\S+)$/.exec(text) ?? [];
  const value = Number(written);
  if (name !== "set" || id === undefined || !Number.isFinite(value)) return undefined;
  return { kind: "set", cell: { id, row: Number(row) - 1, column: Number(column) - 1 }, value };
}
