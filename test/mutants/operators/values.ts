/** Faults in what is computed: terms and factors that are dropped, signs, sums that begin or go on wrongly. */
import type { Span, Wgsl } from "../tokens.ts";
import {
  eachCall,
  eachToken,
  isIndexArithmetic,
  removeSpan,
  replaceSpan,
  replaceToken,
  type Edit,
  type Operator,
} from "./edit.ts";

/** Binary `+` and `-` of values with the term behind each. */
function terms(wgsl: Wgsl, make: (operator: number, term: Span) => Edit | undefined): Edit[] {
  return eachToken(wgsl, (i, text) =>
    /^[+-]$/.test(text) && wgsl.isBinary(i) && !isIndexArithmetic(wgsl, i)
      ? make(i, wgsl.termAfter(i))
      : undefined,
  );
}

/** What a term stands for, by what is in it. */
function kindOfTerm(text: string): "bias" | "epsilon" | "maximum" | "term" {
  if (/BIAS_OFFSET/.test(text)) return "bias";
  if (/EPSILON|1e-/.test(text)) return "epsilon";
  return text === "largest" ? "maximum" : "term";
}

const dropped = (name: string, kind: ReturnType<typeof kindOfTerm>): Operator => ({
  name,
  edits: (wgsl) =>
    terms(wgsl, (operator, term) =>
      kindOfTerm(wgsl.slice(term)) === kind ? removeSpan(wgsl, { from: operator, to: term.to }) : undefined,
    ),
});

/** Of the two operands of `*` the one that scales the other: a name in capitals, a number, a single word, else the second. */
function droppedFactor(wgsl: Wgsl, operator: number): Edit {
  const before = wgsl.factorBefore(operator);
  const isPlain = before.to - before.from === 1;
  if (isPlain && !/^[A-Z]/.test(wgsl.text(operator + 1))) {
    return { from: wgsl.tokens[before.from].at, to: wgsl.tokens[operator + 1].at, text: "" };
  }
  return removeSpan(wgsl, { from: operator, to: wgsl.factorAfter(operator).to });
}

/** Whether an array of this name is added to. */
const isSummed = (wgsl: Wgsl, name: string): boolean =>
  new RegExp(`\\b${name}\\[[^;]*\\] (\\+=|= ${name}\\[[^;]*\\]\\s*\\+)`).test(wgsl.source);

export const VALUES: readonly Operator[] = [
  dropped("bias", "bias"),
  dropped("epsilon", "epsilon"),
  dropped("maximum-subtraction", "maximum"),
  dropped("term", "term"),
  {
    name: "sign",
    edits: (wgsl) =>
      terms(wgsl, (operator) => replaceToken(wgsl, operator, wgsl.text(operator) === "+" ? "-" : "+")),
  },
  {
    // The 1/B of the mean over a batch.
    name: "row-share",
    edits: (wgsl) => eachCall(wgsl, /^rowShare$/, (call) => replaceSpan(wgsl, call, "1.0")),
  },
  {
    name: "factor",
    edits: (wgsl) =>
      eachToken(wgsl, (i, text) => {
        if (!/^[*/]$/.test(text) || !wgsl.isBinary(i) || isIndexArithmetic(wgsl, i)) return undefined;
        if (wgsl.text(i + 1) === "rowShare") return undefined;
        return text === "/"
          ? removeSpan(wgsl, { from: i, to: wgsl.factorAfter(i).to })
          : droppedFactor(wgsl, i);
      }),
  },
  {
    // A sum that keeps only what was added last.
    name: "accumulation",
    edits: (wgsl) =>
      eachToken(wgsl, (i, text) => {
        if (wgsl.loopAt(i)) return undefined;
        if (/^([+|^]=)$/.test(text)) return replaceToken(wgsl, i, "=");
        if (text !== "=" || wgsl.text(i - 1) !== "]") return undefined;
        const target = wgsl.slice({ from: wgsl.statement(i).from, to: i });
        const first = wgsl.factorAfter(i);
        if (wgsl.slice(first) !== target || wgsl.text(first.to) !== "+") return undefined;
        return removeSpan(wgsl, { from: first.from, to: first.to + 1 });
      }),
  },
  {
    // A sum that does not begin with 0.
    name: "accumulator",
    edits: (wgsl) =>
      eachToken(wgsl, (i, text) => {
        if (text !== "var" || wgsl.loopAt(i) || wgsl.enclosing(i) < 0) return undefined;
        const { from, to } = wgsl.statement(i);
        const name = wgsl.text(from + 1);
        const value = { from: from + 3, to };
        const start = wgsl.text(from + 2) === "=" ? wgsl.slice(value) : "";
        if (start === "0u") return replaceSpan(wgsl, value, "1u");
        if (start === "0.0") return replaceSpan(wgsl, value, "1.0");
        if (/^vec4f\((0\.0)?\)$/.test(start)) return replaceSpan(wgsl, value, "vec4f(1.0)");
        if (!start.startsWith("array<vec4f") || !isSummed(wgsl, name)) return undefined;
        return { from: wgsl.end(to), to: wgsl.end(to), text: ` ${name}[0] = vec4f(1.0);` };
      }),
  },
];
