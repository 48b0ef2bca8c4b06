/** What activations and slopes are said to be, against what is computed, and where it is said. */
import { runInNewContext } from "node:vm";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/cli/explain/explained.ts";
import { explainMarkdown } from "../../src/cli/explain/markdown.ts";
import { explainText } from "../../src/cli/explain/text.ts";
import { ACTIVATIONS } from "../../src/core/spec.ts";
import { activate, activationSlope } from "../../src/cpu/activations.ts";
import { definitionOf } from "../../src/lens/derivation/definitions.ts";
import type { Operation } from "../../src/lens/derivation/types.ts";
import { explainHtml } from "../../src/lens/walk/html.ts";
import { derivationWorkbook } from "../../src/lens/workbook/derivation-workbook.ts";
import { SMALL_STEP } from "../support/small-step.ts";

const plain = { width: 100, bold: (text: string) => text, dim: (text: string) => text };

describe("what an activation is", () => {
  it.each(ACTIVATIONS.map((name) => [name]))("is said as it is computed: %s", (activation) => {
    const settings: [Operation, typeof activate][] = [
      [{ kind: "activation", of: ["Z1"], activation }, activate],
      [{ kind: "slope", of: ["Z1"], activation }, activationSlope],
    ];
    for (const [operation, reference] of settings) {
      const { lines } = definitionOf(operation)!;
      const values = Float64Array.of(-3.2, -0.7, -0.01, 0, 0.4, 2.5);
      const said = values.map((z) => evaluated(lines.map(({ text }) => text).toReversed(), z));
      const computed = reference(activation, values);
      said.forEach((value, i) =>
        expect(value, `${lines[0].text} at ${values[i]}`).toBeCloseTo(computed[i], 12),
      );
    }
  });

  it("is said once in each stage that uses it, in every form", () => {
    const sizes = [3, 3, 3, 2];
    const own = explain({ ...SMALL_STEP, sizes, rows: 1, activation: "sigmoid" });
    const [value, slope] = ["1 / (1 + e^-z).", "sigmoid'(z) = sigmoid(z) * (1 - sigmoid(z))."];
    const text = explainText(own, plain);
    expect([value, slope].map((each) => text.split(each).length - 1)).toEqual([1, 2]);
    const latex = "Here $`\\mathrm{sigmoid}'(z) = ";
    expect(explainMarkdown(own).split(latex)).toHaveLength(3);
    expect(explainHtml(own).split('<div class="definition">')).toHaveLength(4);
    const { bytes } = derivationWorkbook(own.derivation, "", "");
    const sheets = Object.values(unzipSync(bytes))
      .map((data) => strFromU8(data))
      .join();
    expect([value, slope].map((each) => sheets.split(each).length - 1)).toEqual([1, 2]);
  });
});

/** The last of these lines at z, after those before it; a line is `name(z) = …` or `name = …`. */
function evaluated(lines: string[], z: number): number {
  const source = lines.map((line) => {
    const [name, right] = line.split(" = ");
    const [, value, otherwise] = /^(.*) if z > 0, else (.*)$/.exec(right) ?? [];
    const typed = value === undefined ? right : `z > 0 ? ${value} : ${otherwise}`;
    const javascript = typed
      .replaceAll("e^-z", "exp(-z)")
      .replaceAll("^", "**")
      .replaceAll("u'", "slope_of_u")
      .replaceAll("pi", "PI");
    return `const ${name
      .replace(/\(z\)|-/g, "")
      .replace("'", "_slope")
      .replace("u_slope", "slope_of_u")} = ${javascript};`;
  });
  const last = source.pop()!.replace(/^const \w+ = /, "");
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const { exp, max, tanh, sqrt, PI } = Math;
  return Number(runInNewContext(source.join("") + last, { z, e: Math.E, exp, max, tanh, sqrt, PI, sigmoid }));
}
