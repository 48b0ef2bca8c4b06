/** Faults in calls and constants: the other of two choices, a function that is left out, another number. */
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

const COMPONENT: Readonly<Record<string, string>> = { x: "y", y: "x", z: "w", w: "z" };

/** The call replaced by one of its arguments. */
const argument = (wgsl: Wgsl, call: Span, arg: Span): Edit => replaceSpan(wgsl, call, `(${wgsl.slice(arg)})`);

/** Another number of the same type. */
export function otherNumber(text: string): string {
  const [, value, suffix] = /^(.*?)([iuf]?)$/.exec(text)!;
  if (text.startsWith("0x")) return `0x${(Number.parseInt(text.replace(/u$/, ""), 16) + 1).toString(16)}u`;
  if (!/[.e]/.test(value) && suffix !== "f") return `${Number(value) + 1}${suffix}`;
  const other = Number(value) === 0 ? 1 : 2 * Number(value);
  return `${Number.isInteger(other) && Math.abs(other) < 1e6 ? other.toFixed(1) : String(other)}${suffix}`;
}

export const CALLS: readonly Operator[] = [
  {
    // Only the one, only the other.
    name: "min-max",
    edits: (wgsl) =>
      eachCall(wgsl, /^(min|max)$/, (call, args) => args.map((arg) => argument(wgsl, call, arg))),
  },
  {
    name: "select",
    edits: (wgsl) =>
      eachCall(wgsl, /^select$/, (call, args) => args.slice(0, 2).map((arg) => argument(wgsl, call, arg))),
  },
  {
    // exp(x) becomes x, clamp(x, …) too.
    name: "function",
    edits: (wgsl) =>
      eachCall(wgsl, /^(exp|sqrt|log|abs|sign|transpose|clamp|tanh4|sigmoid4|geluInner4)$/, (call, args) =>
        argument(wgsl, call, args[0]),
      ),
  },
  {
    name: "bitcast",
    edits: (wgsl) =>
      eachCall(wgsl, /^bitcast$/, (call, args) =>
        replaceSpan(wgsl, call, `${wgsl.text(call.from + 2)}(${wgsl.slice(args[0])})`),
      ),
  },
  {
    name: "all-any",
    edits: (wgsl) =>
      eachCall(wgsl, /^(all|any)$/, (call, _, name) =>
        replaceToken(wgsl, call.from, name === "all" ? "any" : "all"),
      ),
  },
  {
    // A lane's own value instead of another's or of all.
    name: "subgroup",
    edits: (wgsl) =>
      eachCall(wgsl, /^(subgroupBroadcast|subgroupAny)$/, (call, args) => argument(wgsl, call, args[0])),
  },
  {
    name: "atomic",
    edits: (wgsl) =>
      eachCall(wgsl, /^(atomicMax|atomicAdd)$/, (call) => replaceToken(wgsl, call.from, "atomicMin")),
  },
  {
    // What bits are cut off with, and how they are shifted and mixed.
    name: "bits",
    edits: (wgsl) =>
      eachToken(wgsl, (i, text) => {
        if (text === "&" && wgsl.isBinary(i))
          return removeSpan(wgsl, { from: i, to: wgsl.factorAfter(i).to });
        if (text === ">>") return replaceToken(wgsl, i, "<<");
        return text === "^=" ? replaceToken(wgsl, i, "|=") : undefined;
      }),
  },
  {
    name: "component",
    edits: (wgsl) =>
      eachToken(wgsl, (i, text) =>
        text in COMPONENT && wgsl.text(i - 1) === "." ? replaceToken(wgsl, i, COMPONENT[text]) : undefined,
      ),
  },
  {
    name: "flag",
    edits: (wgsl) =>
      eachToken(wgsl, (i, text) => {
        if (text === "!") return removeSpan(wgsl, { from: i, to: i + 1 });
        return /^(true|false)$/.test(text) ? replaceToken(wgsl, i, String(text === "false")) : undefined;
      }),
  },
  {
    // Indices have operators of their own.
    name: "constant",
    edits: (wgsl) =>
      eachToken(wgsl, (i, text) => {
        if (wgsl.tokens[i].kind !== "number" || wgsl.text(i - 1) === "case" || wgsl.loopAt(i))
          return undefined;
        const isPart = /^[-+*/%]$/.test(wgsl.text(i - 1)) || wgsl.text(i + 1) === "*";
        return isPart && isIndexArithmetic(wgsl, i) ? undefined : replaceToken(wgsl, i, otherNumber(text));
      }),
  },
];
