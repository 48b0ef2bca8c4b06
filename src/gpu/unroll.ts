/**
 * Expands the loops of a shader that are marked `//! unroll` and turns the arrays marked `//! registers` into separate
 * variables. Hardware drivers do this themselves; the compilers of software adapters do not, and there the same register
 * tile runs eight times slower as loops over an array. The file stays readable, the expanded text can be printed.
 *
 * Understood are exactly these forms, each on the line after its mark:
 *
 *     for (var i = 0u; i < EXPRESSION; i++) {
 *     var name = array<type, EXPRESSION>();
 *
 * where EXPRESSION is whole-number arithmetic over literals and known constants. An array marked as registers may only be
 * indexed by such expressions once the loops around it are expanded. Its zero is spelt out because the compilers of some
 * software adapters clear a variable declared in a loop only once.
 */
import { GpuError } from "../core/errors.ts";

export type Constants = Readonly<Record<string, number>>;

/** @throws GpuError when a marked loop or array does not have the expected form. */
export function unroll(source: string, constants: Constants): string {
  return expandRegisters(expandLoops(source, constants), constants);
}

/** Removes the marks only: the shader as loops. */
export function stripMarks(source: string): string {
  return source.replace(/^[ \t]*\/\/! (unroll|registers)[ \t]*\n/gm, "");
}

const LOOP_MARK = /^([ \t]*)\/\/! unroll[ \t]*\n/m;
const LOOP_HEAD = /^\s*for \(var (\w+) = 0u; \1 < ([^;]+); \1\+\+\) \{/;
const REGISTER_MARK = /^([ \t]*)\/\/! registers[ \t]*\n/m;
const REGISTER_HEAD = /^\s*var (\w+) = array<(\w+), ([^;]+)>\(\);/;

function expandLoops(source: string, constants: Constants): string {
  let text = source;
  for (;;) {
    const mark = LOOP_MARK.exec(text);
    if (mark === null) return text;
    const rest = text.slice(mark.index + mark[0].length);
    const head = LOOP_HEAD.exec(rest);
    if (head === null) throw malformed("unroll", rest);
    const bodyEnd = closing(rest, head[0].length - 1, "{", "}");
    const body = rest.slice(head[0].length, bodyEnd);
    const name = new RegExp(`\\b${head[1]}\\b`, "g");
    const times = evaluate(head[2], constants);
    const copies = Array.from({ length: times }, (_, i) => `${mark[1]}{${body.replace(name, `${i}u`)}}\n`);
    text = text.slice(0, mark.index) + copies.join("") + rest.slice(bodyEnd + 1).replace(/^[ \t]*\n/, "");
  }
}

function expandRegisters(source: string, constants: Constants): string {
  let text = source;
  for (;;) {
    const mark = REGISTER_MARK.exec(text);
    if (mark === null) return text;
    const rest = text.slice(mark.index + mark[0].length);
    const head = REGISTER_HEAD.exec(rest);
    if (head === null) throw malformed("registers", rest);
    const [, name, type, length] = head;
    const scopeEnd = endOfBlock(rest, head[0].length);
    const declarations = Array.from(
      { length: evaluate(length, constants) },
      (_, i) => `${mark[1]}var ${name}_${i} = ${type}();\n`,
    );
    const scope = replaceIndexed(rest.slice(head[0].length, scopeEnd), name, constants);
    text =
      text.slice(0, mark.index) + declarations.join("") + scope.replace(/^\n/, "") + rest.slice(scopeEnd);
  }
}

/** `name[expression]` becomes `name_3`. */
function replaceIndexed(text: string, name: string, constants: Constants): string {
  const use = new RegExp(`\\b${name}\\[`, "g");
  let result = "";
  let last = 0;
  for (let match = use.exec(text); match !== null; match = use.exec(text)) {
    const open = match.index + match[0].length - 1;
    const close = closing(text, open, "[", "]");
    result += `${text.slice(last, match.index)}${name}_${evaluate(text.slice(open + 1, close), constants)}`;
    last = close + 1;
    use.lastIndex = last;
  }
  return result + text.slice(last);
}

/** Position of the bracket that closes the one at `open`. */
function closing(text: string, open: number, left: string, right: string): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === left) depth++;
    else if (text[i] === right && --depth === 0) return i;
  }
  throw malformed("bracket", text.slice(open));
}

/** Position of the brace that ends the block around `from`. */
function endOfBlock(text: string, from: number): number {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
  }
  return text.length;
}

/**
 * Whole-number arithmetic: + - * / % and parentheses over literals (with or without `u`) and constants.
 * @throws GpuError for anything else.
 */
export function evaluate(expression: string, constants: Constants): number {
  const tokens = expression.match(/\d+|[A-Za-z_]\w*|[-+*/%()]/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new GpuError("wgsl/unroll", `cannot evaluate "${expression.trim()}" as a whole number`);
  };
  const primary = (): number => {
    const token = tokens[at++];
    if (token === undefined) return fail();
    if (token === "(") {
      const value = sum();
      if (tokens[at++] !== ")") fail();
      return value;
    }
    if (/^\d/.test(token)) {
      if (tokens[at] === "u") at++;
      return Number(token);
    }
    return token in constants ? constants[token] : fail();
  };
  const product = (): number => {
    let value = primary();
    for (
      let operator = tokens[at];
      operator === "*" || operator === "/" || operator === "%";
      operator = tokens[at]
    ) {
      at++;
      const right = primary();
      value = operator === "*" ? value * right : operator === "/" ? Math.trunc(value / right) : value % right;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let operator = tokens[at]; operator === "+" || operator === "-"; operator = tokens[at]) {
      at++;
      value = operator === "+" ? value + product() : value - product();
    }
    return value;
  };
  const value = sum();
  if (at !== tokens.length) fail();
  return value;
}

function malformed(mark: string, text: string): GpuError {
  return new GpuError(
    "wgsl/unroll",
    `"//! ${mark}" is followed by an unknown form: ${text.trim().split("\n")[0]}`,
  );
}
