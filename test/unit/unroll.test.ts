/** The pass that expands marked loops and arrays of a shader. */
import { describe, expect, test } from "vitest";
import { GpuError } from "../../src/core/errors.ts";
import { evaluate, stripMarks, unroll } from "../../src/gpu/unroll.ts";

/** Without line breaks and runs of blanks. */
const flat = (text: string): string => text.replace(/\s+/g, " ").trim();

describe("loops", () => {
  test("become one block per turn, with the counter as a literal", () => {
    const source = "//! unroll\nfor (var i = 0u; i < N; i++) {\n  a(i, 2u * i);\n}\nafter();\n";
    expect(flat(unroll(source, { N: 3 }))).toBe(
      "{ a(0u, 2u * 0u); } { a(1u, 2u * 1u); } { a(2u, 2u * 2u); } after();",
    );
  });

  test("are left alone without a mark", () => {
    const source = "for (var i = 0u; i < N; i++) {\n  a(i);\n}\n";
    expect(unroll(source, { N: 3 })).toBe(source);
  });

  test("may be nested, each with its own mark, and may turn no time at all", () => {
    const source = [
      "//! unroll",
      "for (var i = 0u; i < N; i++) {",
      "  //! unroll",
      "  for (var j = 0u; j < M; j++) {",
      "    a(i, j);",
      "  }",
      "}",
      "",
    ].join("\n");
    expect(flat(unroll(source, { N: 2, M: 2 }))).toBe(
      "{ { a(0u, 0u); } { a(0u, 1u); } } { { a(1u, 0u); } { a(1u, 1u); } }",
    );
    expect(flat(unroll(source, { N: 0, M: 2 }))).toBe("");
    const unmarked = source.replace("  //! unroll\n", "");
    expect(flat(unroll(unmarked, { N: 1, M: 9 }))).toBe("{ for (var j = 0u; j < M; j++) { a(0u, j); } }");
  });

  test("replace whole names only", () => {
    const source = "//! unroll\nfor (var i = 0u; i < 1u; i++) {\n  i4 + xi + i;\n}\n";
    expect(flat(unroll(source, {}))).toBe("{ i4 + xi + 0u; }");
  });
});

describe("registers", () => {
  test("become variables of their own, spelt out as zero", () => {
    const source = "{\n//! registers\nvar s = array<vec4f, N * 2>();\ns[0] += s[N + 1u];\n}\ns[5];\n";
    expect(flat(unroll(source, { N: 2 }))).toBe(
      "{ var s_0 = vec4f(); var s_1 = vec4f(); var s_2 = vec4f(); var s_3 = vec4f(); s_0 += s_3; } s[5];",
    );
  });

  test("are indexed by what the loops around them leave", () => {
    const source = [
      "{",
      "//! registers",
      "var s = array<f32, 4>();",
      "//! unroll",
      "for (var i = 0u; i < 2u; i++) {",
      "  s[2u * i + 1u] = x[i];",
      "}",
      "}",
    ].join("\n");
    expect(flat(unroll(source, {}))).toContain("{ s_1 = x[0u]; } { s_3 = x[1u]; }");
  });

  test("with an index that is not constant are refused", () => {
    const source = "{\n//! registers\nvar s = array<f32, 4>();\ns[k] = 1.0;\n}\n";
    expect(() => unroll(source, {})).toThrow(/cannot evaluate "k"/);
  });
});

describe("marks that do not fit", () => {
  test.each([
    ["//! unroll\nwhile (true) {\n}\n", "while (true) {"],
    ["//! unroll\nfor (var i = 1u; i < 3u; i++) {\n}\n", "for (var i = 1u"],
    ["//! unroll\nfor (var i = 0u; j < 3u; i++) {\n}\n", "for (var i = 0u; j"],
    ["//! registers\nlet s = array<f32, 4>();\n", "let s"],
    ["//! unroll\nfor (var i = 0u; i < 2u; i++) {\n  a(i);\n", "is followed by an unknown form"],
  ])("are refused with the line they stand before: %j", (source, words) => {
    expect(() => unroll(source, {})).toThrow(GpuError);
    expect(() => unroll(source, {})).toThrow(words);
  });

  test("an unknown bound is refused by its name", () => {
    expect(() => unroll("//! unroll\nfor (var i = 0u; i < rows; i++) {\n}\n", {})).toThrow('"rows"');
  });
});

test("stripping marks leaves everything else", () => {
  const source = "  //! unroll\nfor (;;) { }\n//! registers\nvar s = 1;\n//! uses a\n";
  expect(stripMarks(source)).toBe("for (;;) { }\nvar s = 1;\n//! uses a\n");
});

describe("whole-number arithmetic", () => {
  test.each([
    ["1 + 2 * 3", 7],
    ["(1u + 2u) * 3u", 9],
    ["7 / 2 % 2", 1],
    ["10 - 4 - 3", 3],
    ["(N + 3) / 4u", 2],
    ["N % 4u * 2", 2],
  ])("%s is %i", (expression, value) => {
    expect(evaluate(expression, { N: 5 })).toBe(value);
  });

  test.each(["", "1 +", "(1", "1)", "M", "1 2", "* 3"])("%j is refused", (expression) => {
    expect(() => evaluate(expression, { N: 5 })).toThrow(GpuError);
  });
});
