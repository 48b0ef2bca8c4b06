/**
 * What the activations and their slopes are, for readers who want to work them out: the formulas of docs/mathematics.md,
 * as mathematics and as text that can be typed.
 */
import { LEAKY_SLOPE, type Activation } from "../../core/spec.ts";
import { named, notation } from "./notation.ts";
import type { Notation, Operation, Stage } from "./types.ts";

export interface Definition {
  /** The function of z; then what stands for more in it. */
  lines: readonly Notation[];
  /** A sentence; empty where there is nothing to add. */
  remark: string;
}

interface Defined {
  value: Definition;
  slope: Definition;
}

const CUBIC = 0.044715;

/** Of what z is, by what is written right of the equals sign. */
function of(activation: Activation, value: Notation, slope: Notation): Defined {
  const { latex, text } = named(activation);
  const line = (prime: string, right: Notation): Definition => ({
    lines: [notation(`${latex}${prime}(z) = ${right.latex}`, `${text}${prime}(z) = ${right.text}`)],
    remark: "",
  });
  return { value: line("", value), slope: line("'", slope) };
}

function branches(above: string, below: string): Notation {
  return notation(`${above} \\text{ if } z > 0, \\text{ else } ${below}`, `${above} if z > 0, else ${below}`);
}

/** Of GELU, as it needs more than one line. */
function gelu(): Defined {
  const f = of(
    "gelu",
    notation("\\frac{z}{2}\\,\\bigl(1 + \\mathrm{tanh}(u)\\bigr)", "z * (1 + tanh(u)) / 2"),
    notation(
      "\\frac{1 + \\mathrm{tanh}(u)}{2} + \\frac{z}{2}\\,\\bigl(1 - \\mathrm{tanh}(u)^2\\bigr)\\,u'",
      "(1 + tanh(u)) / 2 + z * (1 - tanh(u)^2) * u' / 2",
    ),
  );
  const u = notation(`u = \\sqrt{2/\\pi}\\,(z + ${CUBIC}\\,z^3)`, `u = sqrt(2 / pi) * (z + ${CUBIC} * z^3)`);
  const slope = notation(
    `u' = \\sqrt{2/\\pi}\\,(1 + 3 \\cdot ${CUBIC}\\,z^2)`,
    `u' = sqrt(2 / pi) * (1 + 3 * ${CUBIC} * z^2)`,
  );
  return {
    value: {
      lines: [...f.value.lines, u],
      remark: "This is its tanh form, which differs from the one with erf by up to 0.0005.",
    },
    slope: {
      lines: [...f.slope.lines, u, slope],
      remark:
        "This is the slope of the tanh form, which differs from that of the one with erf by up to 0.0009.",
    },
  };
}

const E = notation("e^{-z}", "e^-z");

const DEFINITIONS: Record<Activation, Defined> = {
  relu: of("relu", notation("\\mathrm{max}(z, 0)", "max(z, 0)"), branches("1", "0")),
  "leaky-relu": of(
    "leaky-relu",
    notation(branches("z", `${LEAKY_SLOPE}\\,z`).latex, branches("z", `${LEAKY_SLOPE} * z`).text),
    branches("1", String(LEAKY_SLOPE)),
  ),
  tanh: of(
    "tanh",
    notation(`\\frac{e^z - ${E.latex}}{e^z + ${E.latex}}`, `(e^z - ${E.text}) / (e^z + ${E.text})`),
    notation("1 - \\mathrm{tanh}(z)^2", "1 - tanh(z)^2"),
  ),
  sigmoid: of(
    "sigmoid",
    notation(`\\frac{1}{1 + ${E.latex}}`, `1 / (1 + ${E.text})`),
    notation(
      "\\mathrm{sigmoid}(z)\\,\\bigl(1 - \\mathrm{sigmoid}(z)\\bigr)",
      "sigmoid(z) * (1 - sigmoid(z))",
    ),
  ),
  gelu: gelu(),
  linear: of("linear", notation("z", "z"), notation("1", "1")),
};

/** Of the function that an operation applies; undefined where it applies none of these. */
export function definitionOf(operation: Operation): Definition | undefined {
  switch (operation.kind) {
    case "activation":
      return DEFINITIONS[operation.activation].value;
    case "activationJacobian":
    case "slope":
      return DEFINITIONS[operation.activation].slope;
    default:
      return undefined;
  }
}

/** Of a stage that is read from top to bottom: every definition once, with the id of the matrix that first needs it. */
export function definitionsOf({ sections }: Stage): ReadonlyMap<string, Definition> {
  const found = new Map<string, Definition>();
  const met = new Set<Definition>();
  for (const { id, operation } of sections.flatMap(({ matrices }) => matrices)) {
    const definition = definitionOf(operation);
    if (definition === undefined || met.has(definition)) continue;
    met.add(definition);
    found.set(id, definition);
  }
  return found;
}

/** `gelu(z) = z * (1 + tanh(u)) / 2 with u = …` and its remark, as one text. */
export function definitionText({ lines: [first, ...more], remark }: Definition): string {
  const where = more.length > 0 ? ` with ${more.map(({ text }) => text).join(", ")}` : "";
  return `${first.text}${where}.${remark === "" ? "" : ` ${remark}`}`;
}
