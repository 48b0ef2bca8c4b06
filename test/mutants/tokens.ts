/**
 * WGSL as far as faults need it: tokens with their places, brackets that belong together, and where each token stands (in
 * a condition, in an index, in the head of a loop). Comments, and with them directives, are no tokens.
 */

export interface Token {
  text: string;
  /** Where it begins in the source. */
  at: number;
  kind: "word" | "number" | "symbol";
  /** Inside `<…>` of a type, brackets included: no operator, no number to change. */
  inType: boolean;
}

/** From and to (exclusive), in tokens. */
export interface Span {
  from: number;
  to: number;
}

/** The head of a loop: its three parts, without the semicolons. */
export interface LoopHead {
  start: Span;
  condition: Span;
  step: Span;
  /** Whether `//! unroll` stands before it: then only the bound may differ from the form that is understood. */
  isMarked: boolean;
}

const TOKEN =
  /\/\/[^\n]*|\s+|(?<word>[A-Za-z_]\w*)|(?<number>0x[\da-fA-F]+[iu]?|\d+(?:\.\d*)?(?:e[-+]?\d+)?[fiu]?)|(?<symbol>->|\+\+|--|&&|\|\||<<|>>|[-+*/%&|^<>=!]=|[-+*/%&|^<>=!(){}[\];:,.@~])/y;
const OPENING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
/** What a `<` behind it belongs to. */
const GENERIC = /^(vec[234]|mat\dx\d|array|atomic|bitcast|ptr|var)$/;

/** A source taken apart. */
export class Wgsl {
  readonly source: string;
  readonly tokens: readonly Token[];
  /** For every bracket the token of its partner. */
  readonly #partner: ReadonlyMap<number, number>;
  readonly loops: readonly LoopHead[];
  /** What stands between the parentheses of each `if`. */
  readonly conditions: readonly Span[];

  /** @throws Error for what is no token */
  constructor(source: string) {
    this.source = source;
    this.tokens = tokenize(source);
    this.#partner = partners(this.tokens);
    this.loops = this.#indices("for").map((at) => this.#loopHead(at));
    this.conditions = this.#indices("if").map((at) => ({ from: at + 2, to: this.partner(at + 1) }));
  }

  text(index: number): string {
    return this.tokens[index]?.text ?? "";
  }

  partner(index: number): number {
    const found = this.#partner.get(index);
    if (found === undefined) throw new Error(`token ${index}, "${this.text(index)}", has no partner`);
    return found;
  }

  /** The source of a span. */
  slice({ from, to }: Span): string {
    const { at } = this.tokens[from];
    return this.source.slice(at, this.end(to - 1));
  }

  /** Where a token ends in the source. */
  end(index: number): number {
    const { at, text } = this.tokens[index];
    return at + text.length;
  }

  /** The innermost bracket that is open at a token; -1 at the top level. */
  enclosing(index: number): number {
    for (let i = index - 1; i >= 0; i--) {
      const { text } = this.tokens[i];
      if (text === ")" || text === "]" || text === "}") i = this.partner(i);
      else if (text in OPENING) return i;
    }
    return -1;
  }

  /** Whether it stands in an index, or in a call inside of one. */
  isInIndex(index: number): boolean {
    for (let open = this.enclosing(index); open >= 0; open = this.enclosing(open)) {
      if (this.text(open) === "[") return true;
      if (this.text(open) === "{") return false;
    }
    return false;
  }

  /** The loop in whose head it stands. */
  loopAt(index: number): LoopHead | undefined {
    return this.loops.find(({ start, step }) => start.from <= index && index < step.to);
  }

  /** The statement around a token: what lies between semicolons and braces, those left out. */
  statement(index: number): Span {
    const isEnd = (i: number): boolean => /^[;{}]$/.test(this.text(i)) && this.loopAt(i) === undefined;
    let from = index;
    while (from > 0 && !isEnd(from - 1)) from--;
    let to = index;
    while (to < this.tokens.length && !isEnd(to)) to++;
    return { from, to };
  }

  /** The operand behind a binary operator that binds as `*` does. */
  factorAfter(operator: number): Span {
    let to = operator + 1;
    if (/^[-!~]$/.test(this.text(to))) to++;
    to = (this.text(to) === "(" ? this.partner(to) : to) + 1;
    for (;;) {
      if (this.tokens[to - 1].kind === "word" && this.tokens[to]?.inType) {
        while (this.tokens[to]?.inType) to++;
      } else if (this.text(to) === "(" || this.text(to) === "[") to = this.partner(to) + 1;
      else if (this.text(to) === ".") to += 2;
      else return { from: operator + 1, to };
    }
  }

  /** The operand before a binary operator that binds as `*` does. */
  factorBefore(operator: number): Span {
    let from = operator - 1;
    for (;;) {
      const { text, kind } = this.tokens[from];
      if (text === ")" || text === "]") {
        from = this.partner(from);
        if (this.tokens[from - 1]?.kind === "word" || /^[)\]]$/.test(this.text(from - 1))) from--;
        else if (this.tokens[from - 1]?.inType) {
          while (this.tokens[from]?.inType || this.tokens[from - 1]?.inType) from--;
        } else return { from, to: operator };
      } else if (kind === "word" && this.text(from - 1) === ".") from -= 2;
      else return { from, to: operator };
    }
  }

  /** The operand behind a binary `+` or `-`: factors up to the next such operator. */
  termAfter(operator: number): Span {
    let { to } = this.factorAfter(operator);
    while (/^[*/%]$/.test(this.text(to))) ({ to } = this.factorAfter(to));
    return { from: operator + 1, to };
  }

  /** Whether `+`, `-`, `*`, `/`, `&` … at a token stands between two operands. */
  isBinary(index: number): boolean {
    const before = this.tokens[index - 1];
    if (before === undefined || this.tokens[index].inType) return false;
    return (
      before.kind === "number" ||
      (before.kind === "word" && before.text !== "return") ||
      /^[)\]]$/.test(before.text)
    );
  }

  /** Arguments of the call whose `(` stands at a token. */
  arguments(open: number): Span[] {
    const close = this.partner(open);
    const spans: Span[] = [];
    let from = open + 1;
    for (let i = from; i <= close; i++) {
      if (i < close && this.text(i) in OPENING) i = this.partner(i);
      else if (i === close || (this.text(i) === "," && !this.tokens[i].inType)) {
        if (i > from) spans.push({ from, to: i });
        from = i + 1;
      }
    }
    return spans;
  }

  #indices(word: string): number[] {
    return this.tokens.flatMap(({ text }, index) => (text === word ? [index] : []));
  }

  #loopHead(at: number): LoopHead {
    const close = this.partner(at + 1);
    const [first, second] = this.tokens.flatMap(({ text }, i) =>
      text === ";" && i > at && i < close ? [i] : [],
    );
    const before = this.source.slice(0, this.tokens[at].at).trimEnd();
    return {
      start: { from: at + 2, to: first },
      condition: { from: first + 1, to: second },
      step: { from: second + 1, to: close },
      isMarked: before.endsWith("//! unroll"),
    };
  }
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let typeDepth = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    if (groups === undefined) throw new Error(`no token of WGSL: ${source.slice(at, at + 20)}`);
    const [kind, text] = Object.entries(groups).find(([, value]) => value !== undefined) ?? [];
    if (kind === undefined || text === undefined) continue;
    const opens = text === "<" && GENERIC.test(tokens.at(-1)?.text ?? "");
    if (opens) typeDepth++;
    tokens.push({ text, at, kind: kind as Token["kind"], inType: typeDepth > 0 });
    if (text === ">" && typeDepth > 0) typeDepth--;
  }
  return tokens;
}

function partners(tokens: readonly Token[]): Map<number, number> {
  const found = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach(({ text }, index) => {
    if (text in OPENING) open.push(index);
    else if (text === ")" || text === "]" || text === "}") {
      const start = open.pop();
      if (start === undefined || OPENING[tokens[start].text] !== text)
        throw new Error(`unbalanced "${text}"`);
      found.set(start, index).set(index, start);
    }
  });
  return found;
}
