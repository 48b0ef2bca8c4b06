/** Faults in what runs how often: guards, loops, barriers, statements that are left out. */
import type { Span, Wgsl } from "../tokens.ts";
import {
  eachCall,
  eachToken,
  removeSpan,
  replaceSpan,
  replaceToken,
  type Edit,
  type Operator,
} from "./edit.ts";

const LOOSER: Readonly<Record<string, string>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };
const OPPOSITE: Readonly<Record<string, string>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
};

/** What kernels store to: the buffers, and the memory of a workgroup. */
const STORES =
  /^(activations|parameters|gradients|squares|results|firstMoment|secondMoment|images|snapshot|copied|shared4)$/;

/** Operands of `&&` and `||`: up to the next of them, or to what ends the expression. */
function logicalOperand(wgsl: Wgsl, operator: number, step: 1 | -1): Span {
  let at = operator + step;
  for (;;) {
    const text = wgsl.text(at);
    const isBracket = step === 1 ? /^[([]$/ : /^[)\]]$/;
    if (isBracket.test(text)) at = wgsl.partner(at) + step;
    else if (/^(&&|\|\||[(){}[\],;]|=|return)$/.test(text)) break;
    else at += step;
  }
  return step === 1 ? { from: operator + 1, to: at } : { from: at + 1, to: operator };
}

/** Whether a condition's block leaves the function or the loop. */
function leaves(wgsl: Wgsl, condition: Span): boolean {
  const open = condition.to + 1;
  const close = wgsl.partner(open);
  return wgsl.tokens.slice(open, close).some(({ text }) => text === "return" || text === "break");
}

function isLogical(text: string): boolean {
  return text === "&&" || text === "||";
}

/** Whether it is a call or stores something; sums have operators of their own. */
function isStatement(wgsl: Wgsl, { from, to }: Span): boolean {
  const { text, kind } = wgsl.tokens[from];
  if (
    kind !== "word" ||
    /^(let|var|const|return|break|continue|fn|alias|struct|case|default|switch)$/.test(text)
  ) {
    return false;
  }
  if (wgsl.text(to) !== ";" || wgsl.enclosing(from) < 0) return false;
  return wgsl.text(from + 1) === "(" || text === "_" || STORES.test(text);
}

export const CONTROL: readonly Operator[] = [
  {
    // The element on the edge.
    name: "edge-guard",
    edits: (wgsl) =>
      eachToken(wgsl, (i, text) =>
        text in LOOSER && !wgsl.loopAt(i) ? replaceToken(wgsl, i, LOOSER[text]) : undefined,
      ),
  },
  {
    // Of a guard the edge and its absence say more.
    name: "comparison-flipped",
    edits: (wgsl) =>
      eachToken(wgsl, (i, text) => {
        const isGuard = text in LOOSER && wgsl.conditions.some(({ from, to }) => from <= i && i < to);
        return text in OPPOSITE && !isGuard && !wgsl.loopAt(i)
          ? replaceToken(wgsl, i, OPPOSITE[text])
          : undefined;
      }),
  },
  {
    // A whole condition, or one of the parts that are joined in it.
    name: "guard-removed",
    edits: (wgsl) => [
      ...wgsl.conditions.flatMap((condition): Edit[] => {
        const parts = wgsl.tokens.slice(condition.from, condition.to);
        if (parts.some(({ text }) => isLogical(text))) return [];
        return [replaceSpan(wgsl, condition, leaves(wgsl, condition) ? "false" : "true")];
      }),
      ...eachToken(wgsl, (i, text) => {
        if (!isLogical(text)) return undefined;
        const neutral = text === "&&" ? "true" : "false";
        return ([-1, 1] as const).map((step) => replaceSpan(wgsl, logicalOperand(wgsl, i, step), neutral));
      }),
    ],
  },
  {
    name: "loop-start",
    edits: (wgsl) =>
      wgsl.loops.flatMap(({ start, isMarked }): Edit[] => {
        if (isMarked || start.to === start.from) return [];
        // var i = START
        const value = { from: start.from + 3, to: start.to };
        const text = wgsl.slice(value);
        return [replaceSpan(wgsl, value, text === "0u" ? "1u" : `${text} + 1u`)];
      }),
  },
  {
    name: "loop-bound",
    edits: (wgsl) =>
      wgsl.loops.flatMap(({ condition, isMarked }): Edit[] => {
        if (isMarked) return [];
        const bound = { from: condition.from + 2, to: condition.to };
        return [
          replaceToken(wgsl, condition.from + 1, "<="),
          replaceSpan(wgsl, bound, `${wgsl.slice(bound)} - 1u`),
        ];
      }),
  },
  {
    // What a loop that may be expanded does last.
    name: "unroll-remainder",
    edits: (wgsl) =>
      wgsl.loops.flatMap(({ condition, isMarked }): Edit[] => {
        const bound = { from: condition.from + 2, to: condition.to };
        return isMarked ? [replaceSpan(wgsl, bound, `${wgsl.slice(bound)} - 1u`)] : [];
      }),
  },
  {
    name: "loop-step",
    edits: (wgsl) =>
      wgsl.loops.flatMap(({ step, isMarked }): Edit[] => {
        if (isMarked) return [];
        const counter = wgsl.text(step.from);
        const by = { from: step.from + 2, to: step.to };
        const operator = wgsl.text(step.from + 1);
        const text = operator === "++" ? `${counter} += 2u` : `${counter} ${operator} ${wgsl.slice(by)} + 1u`;
        return [replaceSpan(wgsl, step, text)];
      }),
  },
  {
    name: "barrier",
    edits: (wgsl) =>
      eachCall(wgsl, /^workgroupBarrier$/, ({ from, to }) => removeSpan(wgsl, { from, to: to + 1 })),
  },
  {
    name: "statement-removed",
    edits: (wgsl) => {
      const seen = new Set<number>();
      return eachToken(wgsl, (i) => {
        const span = wgsl.statement(i);
        if (span.from >= span.to || seen.has(span.from) || !isStatement(wgsl, span)) return undefined;
        seen.add(span.from);
        if (wgsl.text(span.from) === "workgroupBarrier") return undefined;
        return removeSpan(wgsl, { from: span.from, to: span.to + 1 });
      });
    },
  },
];
