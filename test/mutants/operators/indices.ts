/** Faults in the arithmetic of indices: order, sign, stride, division. */
import type { Span, Wgsl } from "../tokens.ts";
import { eachToken, isIndexArithmetic, removeSpan, replaceToken, type Edit, type Operator } from "./edit.ts";

/** An edit at the first operator of each statement's index arithmetic that is one of these and has one. */
function atOperators(
  wgsl: Wgsl,
  operators: RegExp,
  make: (index: number, text: string) => Edit | undefined,
): Edit[] {
  const seen = new Set<number>();
  return eachToken(wgsl, (i, text) => {
    if (!operators.test(text) || !wgsl.isBinary(i) || !isIndexArithmetic(wgsl, i)) return undefined;
    const { from } = wgsl.statement(i);
    if (seen.has(from) || wgsl.loopAt(i)?.isMarked) return undefined;
    const edit = make(i, text);
    if (edit !== undefined) seen.add(from);
    return edit;
  });
}

/** Whether a statement has an index whose factors another operator changes. */
const hasProduct = (wgsl: Wgsl, { from, to }: Span): boolean =>
  wgsl.tokens.slice(from, to).some(({ text }, i) => text === "*" && isIndexArithmetic(wgsl, from + i));

export const INDICES: readonly Operator[] = [
  {
    // a * STRIDE + b becomes b * STRIDE + a: row and column swapped.
    name: "index-order",
    edits: (wgsl) =>
      atOperators(wgsl, /^\*$/, (i) => {
        const left = wgsl.factorBefore(i);
        const plus = wgsl.factorAfter(i).to;
        if (wgsl.text(plus) !== "+") return undefined;
        const right = wgsl.factorAfter(plus);
        const [a, b] = [wgsl.slice(left), wgsl.slice(right)];
        if (a === b || /^\d/.test(a) || /^\d/.test(b) || /^[*/%]$/.test(wgsl.text(right.to)))
          return undefined;
        const between = wgsl.source.slice(wgsl.end(left.to - 1), wgsl.tokens[right.from].at);
        return {
          from: wgsl.tokens[left.from].at,
          to: wgsl.end(right.to - 1),
          text: `${b}${between}${a}`,
        };
      }),
  },
  {
    // Where there is no stride to be changed.
    name: "index-sign",
    edits: (wgsl) =>
      atOperators(wgsl, /^[+-]$/, (i, text) =>
        hasProduct(wgsl, wgsl.statement(i)) ? undefined : replaceToken(wgsl, i, text === "+" ? "-" : "+"),
      ),
  },
  {
    // Of several factors the last is dropped; of a number and a name the number.
    name: "stride",
    edits: (wgsl) =>
      atOperators(wgsl, /^\*$/, (i) => {
        const before = wgsl.factorBefore(i);
        const after = wgsl.factorAfter(i);
        if (wgsl.text(after.to) === "*") return undefined;
        const isNumber = wgsl.tokens[i - 1].kind === "number";
        if (!isNumber) return removeSpan(wgsl, { from: i, to: after.to });
        return { from: wgsl.tokens[before.from].at, to: wgsl.tokens[i + 1].at, text: "" };
      }),
  },
  {
    name: "division",
    edits: (wgsl) =>
      atOperators(wgsl, /^[/%]$/, (i, text) => replaceToken(wgsl, i, text === "/" ? "%" : "/")),
  },
];
