/** What is said about a derivation and its bill wherever they are shown. */
import type { Network } from "../../core/spec.ts";
import { byteSize, duration, grouped } from "../../report/numbers.ts";
import type { BillRow } from "../derivation/bill.ts";
import { formCosts, WIDENING } from "../derivation/cost.ts";
import type { Derivation, Difference } from "../derivation/types.ts";

/** `relu` where all hidden layers have the same function, else `tanh, gelu and tanh in turn`. @param network with a hidden layer */
export function hiddenActivations({ layers }: Network): string {
  const names = layers.slice(0, -1).map(({ activation }) => activation);
  const last = names[names.length - 1];
  return names.every((name) => name === last) ? last : `${names.slice(0, -1).join(", ")} and ${last} in turn`;
}

/** What the bill shows, in every form it is given in. */
export const BILL_TEXT =
  "What one sample costs in either form, as a network grows: multiplications, memory of all matrices in float32, and time " +
  "measured here where the long form fits in memory. The long form multiplies by zeros nearly all the time; nothing else " +
  "is wrong with it.";

/** Whether the forms agree, and what each takes. */
export function comparison(derivation: Derivation): string[] {
  const { network, rows, differences, maxDifference } = derivation;
  const { long, short } = formCosts(network, rows);
  const cost =
    `For this batch the long form takes ${grouped(long.multiplications)} multiplications and ${byteSize(long.bytes)}, ` +
    `the short form ${grouped(short.multiplications)} and ${byteSize(short.bytes)} (in float32; twice that in float64).`;
  if (maxDifference === undefined) {
    const needed = byteSize(WIDENING * long.bytes);
    return [
      `The long form was left out: its matrices would take ${needed} in float64, more than may be used.`,
      cost,
    ];
  }
  if (Number.isNaN(maxDifference)) {
    return [`They cannot be compared: ${incomparable(derivation)}`, cost];
  }
  if (maxDifference === 0) return ["They give exactly the same gradients.", cost];
  const { long: a, short: b } = worstPair(differences);
  return [
    `They give the same gradients but for rounding: the largest difference of any entry is ${maxDifference.toExponential(1)}, between ${a} and ${b}.`,
    cost,
  ];
}

function incomparable({ matrices, differences }: Derivation): string {
  const isFinite = differences.every(({ short }) =>
    matrices.get(short)!.values.every((value) => Number.isFinite(value)),
  );
  return isFinite
    ? "a probability has become 0 in float64, or nearly so, and the long form divides by it. The short form does not."
    : "the numbers of this step are no longer finite.";
}

/** The gradient whose forms are furthest apart. @param differences not empty */
export function worstPair(differences: readonly Difference[]): Difference {
  return differences.reduce((most, each) => (each.difference > most.difference ? each : most));
}

/** How far two forms of one gradient are apart; without a full stop. */
export function agreementText(difference: number): string {
  if (Number.isNaN(difference)) return "not comparable";
  if (difference === 0) return "exactly the same";
  return `the same but for rounding, apart by ${difference.toExponential(1)} at most`;
}

/** A row of the bill in words: multiplications, memory and time, the long form's and the short form's of each. */
export function billFigures({ long, short }: BillRow): string[] {
  return [
    grouped(long.multiplications),
    grouped(short.multiplications),
    byteSize(long.bytes),
    byteSize(short.bytes),
    secondsText(long.seconds),
    secondsText(short.seconds),
  ];
}

export function sizesText(sizes: readonly number[]): string {
  return sizes.join(" - ");
}

export function secondsText(seconds: number | undefined): string {
  if (seconds === undefined) return "not run";
  if (seconds < 1e-3) return `${(1e6 * seconds).toFixed(seconds < 1e-5 ? 1 : 0)} µs`;
  return seconds < 1 ? `${(1e3 * seconds).toFixed(seconds < 0.1 ? 1 : 0)} ms` : duration(seconds);
}
