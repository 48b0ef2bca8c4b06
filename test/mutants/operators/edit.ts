/** What operators are made of: an edit of a source, and helpers to write one down. */
import type { Span, Wgsl } from "../tokens.ts";

/** Replaces what lies between two places of a source. */
export interface Edit {
  from: number;
  to: number;
  text: string;
}

/** A way in which a line of a shader goes wrong: a pure function from a source to every place where it can. */
export interface Operator {
  name: string;
  edits: (wgsl: Wgsl) => Edit[];
}

export const replaceSpan = (wgsl: Wgsl, { from, to }: Span, text: string): Edit => ({
  from: wgsl.tokens[from].at,
  to: wgsl.end(to - 1),
  text,
});

export const replaceToken = (wgsl: Wgsl, index: number, text: string): Edit =>
  replaceSpan(wgsl, { from: index, to: index + 1 }, text);

/** With the blanks before it, its line stays. */
export function removeSpan(wgsl: Wgsl, span: Span): Edit {
  const edit = replaceSpan(wgsl, span, "");
  const before = /[ \t]*$/.exec(wgsl.source.slice(0, edit.from))![0].length;
  return { ...edit, from: edit.from - before };
}

/** An edit for every token that `make` has one for. */
export function eachToken(
  wgsl: Wgsl,
  make: (index: number, text: string) => Edit | Edit[] | undefined,
): Edit[] {
  return wgsl.tokens.flatMap(({ text, inType }, index) => (inType ? [] : (make(index, text) ?? [])));
}

/** The spans of a call's arguments, for every call of one of these functions. */
export function eachCall(
  wgsl: Wgsl,
  names: RegExp,
  make: (call: Span, args: readonly Span[], name: string) => Edit | Edit[] | undefined,
): Edit[] {
  return eachToken(wgsl, (index, text) => {
    if (!names.test(text) || wgsl.text(index - 1) === "fn") return undefined;
    // bitcast<f32>(…): its type stands between.
    let open = index + 1;
    while (wgsl.tokens[open]?.inType) open++;
    if (wgsl.text(open) !== "(") return undefined;
    return make({ from: index, to: wgsl.partner(open) + 1 }, wgsl.arguments(open), text);
  });
}

const FLOAT = /^(vec4f|f32|mat4x4f|dot|exp|sqrt|log|\d+\.\d*f?|\d+(\.\d+)?e-?\d+f?)$/;
const WHOLE = /^(\d+u|%|lane|item|row|rows|at|block|[a-z]\w*(4|Row|Rows|Column|Input|Unit))$/;

/** Whether a token belongs to the arithmetic of indices; else it belongs to that of values. It decides a name only. */
export function isIndexArithmetic(wgsl: Wgsl, index: number): boolean {
  if (wgsl.isInIndex(index) || wgsl.loopAt(index)) return true;
  const { from, to } = wgsl.statement(index);
  const words: string[] = [];
  for (let i = from; i < to; i++) {
    const { text, inType } = wgsl.tokens[i];
    if (text === "[") i = wgsl.partner(i);
    // A function that is called says nothing, as its name may end in 4, too.
    else if (!inType && (FLOAT.test(text) || wgsl.text(i + 1) !== "(")) words.push(text);
  }
  if (words.some((word) => FLOAT.test(word))) return false;
  return words[0] === "const" || words.some((word) => WHOLE.test(word));
}
