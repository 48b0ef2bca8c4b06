/** The operators of the mutation tests: which faults they find in a text, and what they leave alone. */
import { describe, expect, test } from "vitest";
import { SHADER_SOURCES } from "../../src/gpu/shader-sources.ts";
import { EQUIVALENTS, equivalentsAmong } from "../mutants/equivalents.ts";
import { allMutants, mutantsOf, OPERATORS } from "../mutants/mutants.ts";
import { Wgsl } from "../mutants/tokens.ts";

/** What an operator makes of the line that `body` is in a function. */
const made = (operator: string, body: string): string[] =>
  mutantsOf("file", `fn f() {\n  ${body}\n}\n`)
    .filter((mutant) => mutant.operator === operator)
    .map(({ after }) => after);

/** `[operator, line, what becomes of it]` */
const EXAMPLES: readonly (readonly [string, string, readonly string[]])[] = [
  ["edge-guard", "if (row < rows) { go(); }", ["if (row <= rows) { go(); }"]],
  ["edge-guard", "if (row >= rows) { return; }", ["if (row > rows) { return; }"]],
  ["comparison-flipped", "if (a == b) { go(); }", ["if (a != b) { go(); }"]],
  ["comparison-flipped", "if (a < b) { go(); }", []],
  ["comparison-flipped", "let x = y < z;", ["let x = y >= z;"]],
  ["guard-removed", "if (row < rows) { go(); }", ["if (true) { go(); }"]],
  ["guard-removed", "if (row >= rows) { return; }", ["if (false) { return; }"]],
  [
    "guard-removed",
    "if (row + i < rows && j < f(N)) { go(); }",
    ["if (true && j < f(N)) { go(); }", "if (row + i < rows && true) { go(); }"],
  ],
  [
    "guard-removed",
    "let x = select(a, b, C && d);",
    ["let x = select(a, b, true && d);", "let x = select(a, b, C && true);"],
  ],
  ["loop-start", "for (var i = 0u; i < N; i++) {}", ["for (var i = 1u; i < N; i++) {}"]],
  ["loop-start", "for (var i = lane; i < N; i += M) {}", ["for (var i = lane + 1u; i < N; i += M) {}"]],
  ["loop-start", "for (; i < N; i++) {}", []],
  [
    "loop-bound",
    "for (var i = 0u; i < N; i++) {}",
    ["for (var i = 0u; i <= N; i++) {}", "for (var i = 0u; i < N - 1u; i++) {}"],
  ],
  ["loop-step", "for (var i = 0u; i < N; i++) {}", ["for (var i = 0u; i < N; i += 2u) {}"]],
  ["loop-step", "for (var i = 0u; i < N; i += M) {}", ["for (var i = 0u; i < N; i += M + 1u) {}"]],
  ["barrier", "a(); workgroupBarrier();", ["a();"]],
  ["statement-removed", "activations[at] = 1.0;", [""]],
  ["statement-removed", "x = 1.0;", []],
  ["statement-removed", "store(a, b);", [""]],
  ["statement-removed", "let x = 1.0;", []],
  ["index-order", "x = a[row * STRIDE + column];", ["x = a[column * STRIDE + row];"]],
  ["index-order", "x = a[4u * row + column];", []],
  ["index-sign", "x = a[at + 1u] + b[OFFSET + at + 2u];", ["x = a[at - 1u] + b[OFFSET + at + 2u];"]],
  ["index-sign", "x = a[row * STRIDE + 1u];", []],
  ["stride", "x = a[row * STRIDE + column];", ["x = a[row + column];"]],
  ["stride", "let at = 4u * row;", ["let at = row;"]],
  ["stride", "let at = 4u * row * WIDTH;", ["let at = 4u * row;"]],
  ["division", "let at = item / 4u;", ["let at = item % 4u;"]],
  ["bias", "let z = product + parameters[BIAS_OFFSET + j];", ["let z = product;"]],
  ["epsilon", "let s = sqrt(v) + EPSILON;", ["let s = sqrt(v);"]],
  ["maximum-subtraction", "let z = exp(logit4(row) - largest);", ["let z = exp(logit4(row));"]],
  ["term", "let m = 0.5 * u + g * 2.0 * h;", ["let m = 0.5 * u;"]],
  ["sign", "let w = old - 0.5 * g;", ["let w = old + 0.5 * g;"]],
  ["row-share", "let d = (p - t) * rowShare();", ["let d = (p - t) * 1.0;"]],
  ["factor", "let d = (p - t) * 0.5;", ["let d = (p - t);"]],
  ["factor", "let d = RATE * vec4f(m)[i];", ["let d = vec4f(m)[i];"]],
  ["factor", "let d = exp(z) / sum;", ["let d = exp(z);"]],
  ["accumulation", "sum += x;", ["sum = x;"]],
  ["accumulation", "sum[i + 1] = sum[i + 1] + 2.0 * x;", ["sum[i + 1] = 2.0 * x;"]],
  ["accumulator", "var sum = 0.0;", ["var sum = 1.0;"]],
  ["accumulator", "var sum = vec4f();", ["var sum = vec4f(1.0);"]],
  [
    "accumulator",
    "var sum = array<vec4f, N * M>(); sum[i] += x;",
    ["var sum = array<vec4f, N * M>(); sum[0] = vec4f(1.0); sum[i] += x;"],
  ],
  ["accumulator", "var kept = array<vec4f, N>(); kept[i] = x;", []],
  ["min-max", "let e = min(a, N - 1u);", ["let e = (a);", "let e = (N - 1u);"]],
  ["select", "let m = select(a, f(b, c), d);", ["let m = (a);", "let m = (f(b, c));"]],
  ["function", "let e = exp(-abs(x));", ["let e = (-abs(x));", "let e = exp(-(x));"]],
  ["bitcast", "let x = bitcast<f32>(w);", ["let x = f32(w);"]],
  ["all-any", "let x = all(y);", ["let x = any(y);"]],
  ["subgroup", "let x = subgroupBroadcast(own, l);", ["let x = (own);"]],
  ["atomic", "atomicMax(&control[0], 1u);", ["atomicMin(&control[0], 1u);"]],
  ["bits", "let b = (word >> 8u) & 255u;", ["let b = (word << 8u) & 255u;", "let b = (word >> 8u);"]],
  ["component", "x = v.x;", ["x = v.y;"]],
  ["flag", "if (!done) { go(true); }", ["if (done) { go(true); }", "if (!done) { go(false); }"]],
  [
    "constant",
    "let x = f(0x10u, 3u, 0.0, 1e-6);",
    [
      "let x = f(0x11u, 3u, 0.0, 1e-6);",
      "let x = f(0x10u, 4u, 0.0, 1e-6);",
      "let x = f(0x10u, 3u, 1.0, 1e-6);",
      "let x = f(0x10u, 3u, 0.0, 0.000002);",
    ],
  ],
];

describe("operators", () => {
  test.each(EXAMPLES)("%s: %s", (operator, line, after) => {
    expect(made(operator, line)).toEqual(after);
  });

  test("each has an example", () => {
    const shown = new Set([...EXAMPLES.map(([name]) => name), "unroll-remainder"]);
    expect(OPERATORS.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  test("loops that may be expanded keep the form that is understood", () => {
    const source = "fn f() {\n  //! unroll\n  for (var i = 0u; i < N; i++) {\n    a(i);\n  }\n}\n";
    const loops = mutantsOf("file", source).filter(({ before }) => before.startsWith("for"));
    expect(loops.map(({ operator, after }) => [operator, after])).toEqual([
      ["unroll-remainder", "for (var i = 0u; i < N - 1u; i++) {"],
    ]);
  });

  test("comments, directives, types and labels stay", () => {
    const source =
      "// a + 1u\n//! reads a\nvar<private> v: vec4<bool>;\nfn f() -> array<u32, 4> {\n  switch A { case 1u: {} }\n}\n";
    expect(mutantsOf("file", source)).toEqual([]);
  });

  test("a mutant says where it is", () => {
    const [mutant] = mutantsOf("file", "// first\nfn f() {\n  x = a[i + 1u];\n}\n").filter(
      ({ operator }) => operator === "index-sign",
    );
    expect(mutant).toEqual({
      id: "file/index-sign/1",
      file: "file",
      operator: "index-sign",
      line: 3,
      before: "x = a[i + 1u];",
      after: "x = a[i - 1u];",
      text: "// first\nfn f() {\n  x = a[i - 1u];\n}\n",
    });
  });
});

describe("the shaders", () => {
  const mutants = allMutants(SHADER_SOURCES);

  test("are understood to the last token", () => {
    for (const source of Object.values(SHADER_SOURCES)) {
      const text = new Wgsl(source).tokens.map((token) => token.text).join("");
      expect(text).toBe(source.replaceAll(/\/\/.*$/gm, "").replaceAll(/\s/g, ""));
    }
  });

  test("have mutants in every file, each with an identity and a text of its own", () => {
    expect(new Set(mutants.map(({ file }) => file))).toEqual(new Set(Object.keys(SHADER_SOURCES)));
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
    expect(new Set(mutants.map(({ file, text }) => `${file}\n${text}`)).size).toBe(mutants.length);
    for (const { file, text } of mutants) expect(text).not.toBe(SHADER_SOURCES[file]);
  });

  test("meet every operator", () => {
    const met = new Set(mutants.map(({ operator }) => operator));
    expect(OPERATORS.map(({ name }) => name).filter((name) => !met.has(name))).toEqual([]);
  });

  test("have every mutant that is listed as equivalent", () => {
    expect(equivalentsAmong(mutants).size).toBe(EQUIVALENTS.length);
  });
});
