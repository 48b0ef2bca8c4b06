/** What a workbook says in words and must stay true when a yellow number is changed: texts as formulas. */
import type { Derivation } from "../derivation/types.ts";
import { figure, targetId } from "../derivation/notation.ts";
import { CHECK, LABELS_CHECK, LEARNING_RATE, rangeName, SMOOTHING } from "./formulas.ts";

/** A formula takes no longer text in quotes. */
const MOST_QUOTED = 255;
/** Of a row of labels from 1. */
const TOLERANCE = "1E-9";

/** A text in a formula. */
export function quoted(text: string): string {
  const parts = text.match(new RegExp(`[^]{1,${MOST_QUOTED}}`, "g")) ?? [""];
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join("&");
}

/**
 * A text that names the learning rate or the label smoothing, as a formula that names what these are now; undefined for a
 * text that names neither.
 */
export function liveText(
  text: string,
  { learningRate, labelSmoothing }: Pick<Derivation, "learningRate" | "labelSmoothing">,
): string | undefined {
  const named: [before: string, value: string, after: string, name: string][] = [
    ["learning rate ", String(learningRate), "", LEARNING_RATE],
    ["", figure(learningRate), " times as far", LEARNING_RATE],
    ["label smoothing ", String(labelSmoothing), "", SMOOTHING],
  ];
  for (const [before, value, after, name] of named) {
    const at = text.indexOf(before + value + after);
    if (at < 0) continue;
    const [left, right] = [text.slice(0, at) + before, text.slice(at + before.length + value.length)];
    const rest = liveText(right, { learningRate, labelSmoothing }) ?? quoted(right);
    return `${quoted(left)}&${name}&${rest}`;
  }
  return undefined;
}

/** Beside a row of Y, from 0: empty as long as its entries add up to 1. */
export function labelRemark(row: number): string {
  const sum = `SUM(INDEX(Y,${row + 1},0))`;
  return `IF(ABS(${sum}-1)<${TOLERANCE},"","  adds up to "&ROUND(${sum},4)&", but the labels of a sample have to add up to 1")`;
}

/** Why the two forms differ, or cannot be compared; empty as long as they agree. */
export function differenceRemark({ differences, labelSmoothing }: Derivation): string {
  const gradients = differences.map(({ short }) => rangeName(short)).join(",");
  const wrongLabels =
    "A row of Y, on the sheet Loss, does not add up to 1: then the error of the short form, " +
    `P - ${targetId(labelSmoothing)}, is not what the long form comes to.`;
  const notFinite = "They cannot be compared: the numbers of this step are no longer finite.";
  const divided =
    "They cannot be compared: a probability has become 0, or nearly so, and the long form divides by it. The short form does not.";
  return (
    `IF(SUMPRODUCT(--(LEN(${LABELS_CHECK})>0))>0,${quoted(wrongLabels)},` +
    `IF(ISERROR(SUM(${gradients})),${quoted(notFinite)},IF(ISERROR(${CHECK}),${quoted(divided)},"")))`
  );
}
