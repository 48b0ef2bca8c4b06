/** Faults in the arithmetic of indices: order, sign, stride, division. */
import type { Wgsl } from "../tokens.ts";
import { eachToken, isIndexArithmetic, removeSpan, replaceToken, type Edit, type Operator } from "./edit.ts";

/** An edit at every binary operator of index arithmetic that is one of these. */
function atOperators(
  wgsl: Wgsl,
  operators: RegExp,
  make: (index: number, text: string) => Edit | undefined,
): Edit[] {
  return eachToken(wgsl, (i, text) =>
    operators.test(text) && wgsl.isBinary(i) && isIndexArithmetic(wgsl, i) && !wgsl.loopAt(i)?.isMarked
      ? make(i, text)
      : undefined,
  );
}

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
    // Of several in one index the first.
    name: "index-sign",
    edits: (wgsl) => {
      const seen = new Set<number>();
      return atOperators(wgsl, /^[+-]$/, (i, text) => {
        const open = wgsl.enclosing(i);
        const place = wgsl.text(open) === "{" ? wgsl.statement(i).from : open;
        if (seen.has(place)) return undefined;
        seen.add(place);
        return replaceToken(wgsl, i, text === "+" ? "-" : "+");
      });
    },
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
