/** `backlit explain`: what it works out, and each form it is written in. */
import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { explain } from "../../src/cli/explain/explained.ts";
import { explainHtml } from "../../src/lens/walk/html.ts";
import { explainJson } from "../../src/cli/explain/json.ts";
import { explainMarkdown } from "../../src/cli/explain/markdown.ts";
import { explainText } from "../../src/cli/explain/text.ts";
import { bill } from "../../src/lens/derivation/bill.ts";
import { derive } from "../../src/lens/derivation/derive.ts";
import { alignedFigures, figureText, shownIndices } from "../../src/lens/derivation/display.ts";
import { afterUpdate, inputOfDerivation, withCell } from "../../src/lens/derivation/edit.ts";
import { drawnBatch, networkOf } from "../../src/lens/derivation/start.ts";
import type { Cell, Derivation } from "../../src/lens/derivation/types.ts";
import { agreementText, comparison } from "../../src/lens/walk/words.ts";
import { shownPlaces } from "../../src/lens/derivation/shown.ts";
import { tellingIndices } from "../../src/lens/derivation/telling.ts";
import { axisLabel } from "../../src/lens/derivation/notation.ts";
import { origins, valueOf } from "../../src/lens/derivation/trace.ts";
import { cellName, working } from "../../src/lens/derivation/working.ts";
import { initialParameters } from "../../src/model/parameters.ts";
import { SMALL_STEP } from "../support/small-step.ts";
import { noiseDataset } from "./cpu-fixtures.ts";

const plain = { width: 100, bold: (text: string) => text, dim: (text: string) => text };

describe("explain", () => {
  const explained = explain(SMALL_STEP);
  const { derivation } = explained;

  it("is the same from the same seed, and starts from the trainer's own parameters", () => {
    const again = explain(SMALL_STEP).derivation;
    for (const [id, { values }] of derivation.matrices)
      expect(again.matrices.get(id)!.values).toEqual(values);
    expect(explain({ ...SMALL_STEP, seed: 2 }).derivation.loss).not.toBe(derivation.loss);
  });

  it("takes plain steps on the batch first", () => {
    let input = inputOfDerivation(derivation);
    for (let step = 0; step < 3; step++) input = afterUpdate(derive(input));
    const later = explain({ ...SMALL_STEP, steps: 3 });
    expect(later.derivation.loss).toBe(derive(input).loss);
    expect(later.derivation.loss).toBeLessThan(derivation.loss);
    expect(later.subtitle).toContain("after 3 plain steps");
  });

  it("says exactly the same only of what has the same bits", () => {
    const apart = (difference: number) => ({
      ...derivation,
      maxDifference: difference,
      differences: [
        { long: "a", short: "b", difference: 0 },
        { long: "c", short: "d", difference },
      ],
    });
    expect(comparison(apart(0))[0]).toBe("They give exactly the same gradients.");
    expect(comparison(apart(2.8e-17))[0]).toBe(
      "They give the same gradients but for rounding: the largest difference of any entry is 2.8e-17, between c and d.",
    );
    expect([0, 2.8e-17, Number.NaN].map(agreementText)).toEqual([
      "exactly the same",
      "the same but for rounding, apart by 2.8e-17 at most",
      "not comparable",
    ]);
  });

  it("leaves the long form out where it does not fit in memory, and says so", () => {
    const large = explain({ ...SMALL_STEP, memory: 1000 });
    expect(large.omitted).toMatch(/would take 2\.4 kB in float64.*at most 1\.0 kB/s);
    expect(large.derivation.stages.map(({ name }) => name)).not.toContain("long");
    expect(explainJson(large)).not.toHaveProperty("maxDifference");
    expect(explainJson(large)["notCompared"]).toMatch(/^The long form was left out/);
    expect(explained.omitted).toBe("");
  });

  it("takes images of a dataset", () => {
    const dataset = noiseDataset(1);
    const { derivation: ofImages, subtitle } = explain({ ...SMALL_STEP, sizes: [9, 3, 4] }, dataset);
    const rows = [...ofImages.matrices.get("X")!.values].map((value) => Math.round(255 * value)).join();
    expect([...dataset.train.images].join()).toContain(rows.split(",").slice(0, 9).join());
    const label = ofImages.matrices.get("Y")!.values.findIndex((value) => value === 1);
    expect(subtitle).toContain(`showing “${dataset.classes[label]}”`);
    const [, across] = ofImages.matrices.get("P")!.axes;
    expect(axisLabel(across, label)).toBe(dataset.classes[label]);
    expect(axisLabel(ofImages.matrices.get("W1")!.axes[1], 0)).toBe("1");
    expect(() => explain(SMALL_STEP, dataset)).toThrow(/9 pixels and 4 classes/);
    expect(() => explain({ ...SMALL_STEP, sizes: [9, 4], rows: 11 }, dataset)).toThrow(/10 training images/);
  });

  it("gives each hidden layer its own activation, in every form", () => {
    const own = explain({ ...SMALL_STEP, sizes: [3, 4, 5, 2], activation: ["tanh", "sigmoid"] });
    const { network, matrices, maxDifference } = own.derivation;
    expect(network.layers.map(({ activation }) => activation)).toEqual(["tanh", "sigmoid", "linear"]);
    const [z1, a1, z2, a2] = ["Z1", "A1", "Z2", "A2"].map((id) => matrices.get(id)!.values);
    z1.forEach((z, i) => expect(a1[i]).toBeCloseTo(Math.tanh(z), 12));
    z2.forEach((z, i) => expect(a2[i]).toBeCloseTo(1 / (1 + Math.exp(-z)), 12));
    expect(maxDifference).toBeLessThanOrEqual(1e-12);
    expect(own.subtitle).toContain("hidden layers with tanh and sigmoid in turn");
    expect(explainJson(own)["network"]).toMatchObject({
      layers: [{ activation: "tanh" }, { activation: "sigmoid" }, { units: 2 }],
    });
    for (const text of [explainText(own, plain), explainMarkdown(own), explainHtml(own)]) {
      for (const title of ["Layer 1, tanh", "Layer 2, sigmoid"]) expect(text).toContain(title);
    }
    const same = explain({ ...SMALL_STEP, sizes: [3, 4, 5, 2], activation: ["tanh", "tanh"] });
    expect(same.subtitle).toContain("hidden layers with tanh,");
  });

  it("as JSON, survives the trip and holds every matrix", () => {
    const json = JSON.parse(JSON.stringify(explainJson(explained))) as Record<string, unknown>;
    expect(json).toMatchObject({ network: { input: 4 }, longFormBytes: 1176, shortFormBytes: 228 });
    expect(json["maxDifference"]).toBeLessThanOrEqual(1e-12);
    const stages = json["stages"] as {
      name: string;
      sections: { matrices: { id: string; values: number[] }[] }[];
    }[];
    const matrices = stages.flatMap(({ sections }) => sections.flatMap((section) => section.matrices));
    // JSON knows no -0.
    for (const { id, values } of matrices) {
      expect(values).toEqual(Array.from(derivation.matrices.get(id)!.values, (value) => value + 0));
    }
    expect(matrices).toHaveLength(derivation.matrices.size);
  });

  it("as JSON, leaves out the values of what is too large for a string", () => {
    const large = explain({ ...SMALL_STEP, sizes: [1001, 1000, 2], memory: 0 });
    const { stages } = explainJson(large) as { stages: typeof explained.derivation.stages };
    const matrices = stages.flatMap(({ sections }) => sections.flatMap((section) => section.matrices));
    const valuesOf = (wanted: string) => matrices.find(({ id }) => id === wanted)!.values;
    expect(valuesOf("W1")).toBeNull();
    expect(valuesOf("W2")).toHaveLength(2000);
  });

  it("as text, names and shows every matrix within the width", () => {
    const text = explainText(explained, plain);
    for (const { id, shape } of derivation.matrices.values()) {
      expect(
        text.split("\n").some((line) => line.startsWith(id) && line.includes(`[${shape.join(", ")}]`)),
        id,
      ).toBe(true);
    }
    const walk = text.slice(0, text.indexOf("The bill"));
    expect(Math.max(...walk.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(text).toContain("They give exactly the same gradients.");
  });

  it("as text, fits a narrow terminal, the bill included", () => {
    const own = explain({ ...SMALL_STEP, sizes: [3, 3, 2], rows: 1 });
    const lines = explainText(own, { ...plain, width: 40 }).split("\n");
    expect(lines.filter(({ length }) => length > 40)).toEqual([]);
    expect(lines.filter((line) => line.startsWith("       network"))).toHaveLength(3);
  });

  it("of many inputs shows those that are not 0, in every matrix the same", () => {
    const [inputs, live] = [60, [40, 41, 55]];
    const image = Uint8Array.from({ length: inputs }, (_, pixel) => (live.includes(pixel) ? 255 : 0));
    const train = { images: image, labels: Uint8Array.of(1) };
    const dataset = { name: "dots", height: 6, width: 10, classes: ["a", "b"], train };
    const own = explain({ ...SMALL_STEP, sizes: [inputs, 3, 2], rows: 1 }, { ...dataset, test: train });
    const [x, w1] = ["X", "dW1"].map((id) => own.derivation.matrices.get(id)!);
    const shown = shownPlaces(own.derivation);
    const places = [undefined, 40, 41, undefined, 55, undefined];
    expect(shown(x, 1, 12)).toEqual(places);
    expect(shown(w1, 0, 12)).toEqual(places);
    // The first entries of dz1/dW1 belong to the first inputs.
    const byWeight = own.derivation.matrices.get("dz1(1)/dW1")!;
    expect(shown(byWeight, 1, 6)).toEqual([undefined, 120, 121, 122, 123, undefined]);
    expect(explainText(own, plain)).toMatch(/^ +…  41  42  …  56  …$/m);
    expect(explainHtml(own)).toContain('data-name="dW1[41,1]"');
  });

  it("of many inputs shows some of every sample that are not 0", () => {
    const [inputs, live] = [60, [[11, 12, 31], [31, 32, 50], [50]]];
    const values = live.flatMap((own) => Array.from({ length: inputs }, (_, i) => (own.includes(i) ? 1 : 0)));
    const network = networkOf([inputs, 3, 2], "tanh");
    const parameters = initialParameters(network, 1);
    const own = derive({ network, parameters, inputs: values, labels: Uint8Array.of(0, 1, 1) });
    const shown = shownPlaces(own);
    // The first of those that are not 0 in two samples, then the one for the third.
    const byWeight = own.matrices.get("dz1(2)/dW1")!;
    expect(shown(byWeight, 1, 9)).toEqual([undefined, 93, 94, 95, undefined, 150, 151, 152, undefined]);
    expect(shown(own.matrices.get("X")!, 1, 6)).toEqual([undefined, 31, 32, undefined, 50, undefined]);
    for (const [row, mine] of live.entries()) {
      expect(
        shown(own.matrices.get("X")!, 1, 5).some((input) => mine.includes(input!)),
        `${row}`,
      ).toBe(true);
    }
  });

  it("as HTML, asks for nothing from outside and links entries to those that are there", () => {
    const html = explainHtml(explained);
    expect(html).not.toMatch(
      /<(link|img|iframe)\b|\bsrc="(?!data:)|url\((?!data:)|https?:\/\/(?!www\.w3\.org\/)/,
    );
    expect(html).toContain("font/woff2;base64,");
    expect(html).toContain('<math xmlns="http://www.w3.org/1998/Math/MathML">');
    const numbers = [...html.matchAll(/data-n="(\d+)"/g)].map(([, number]) => number);
    const entries = (ids: Iterable<string>): number =>
      [...ids].reduce((sum, id) => sum + derivation.matrices.get(id)!.values.length, 0);
    expect(new Set(numbers).size).toBe(entries(derivation.matrices.keys()));
    // The gradients of both forms are there once more, beside each other, and can be pointed at there, too.
    const compared = derivation.differences.flatMap(({ long, short }) => [long, short]);
    expect(numbers.length).toBe(entries(derivation.matrices.keys()) + entries(compared));
    const named = [...html.matchAll(/data-from="([\d ]+)"/g)].flatMap(([, list]) => list.split(" "));
    expect(named.filter((number) => !numbers.includes(number))).toEqual([]);
    expect(html.match(/<table/g)).toHaveLength(
      derivation.matrices.size + 2 * derivation.differences.length + 1,
    );
  });

  it("as HTML, uses only the fonts that are in the file", () => {
    for (const activation of ["relu", "leaky-relu"] as const) {
      const html = explainHtml(explain({ ...SMALL_STEP, activation, labelSmoothing: 0.1 }));
      const body = html.slice(html.indexOf("<body"));
      expect(body).not.toMatch(
        /class="[^"]*\b(mathbf|amsrm|mathbb|mathcal|mathfrak|mathsf|mathtt|mathscr|delimsizing size[34]|textbf)\b/,
      );
    }
  });

  it("as Markdown, uses only macros that GitHub allows", () => {
    const allowed =
      "sqrt pi ddots vdots cdots textstyle begin end mathrm text frac partial sum log ell top odot otimes vphantom bigl bigr cdot infty";
    for (const activation of ["gelu", "leaky-relu"] as const) {
      const markdown = explainMarkdown(explain({ ...SMALL_STEP, activation, labelSmoothing: 0.1 }));
      const used = new Set([...markdown.matchAll(/\\([a-zA-Z]+)/g)].map(([, macro]) => macro));
      expect([...used].filter((macro) => !allowed.split(" ").includes(macro))).toEqual([]);
    }
  });

  it("as HTML, has a bill also where no long form was run", () => {
    const html = explainHtml(explain({ ...SMALL_STEP, memory: 0 }));
    expect(html).toMatch(/aria-label="Time of one sample: short form from/);
    expect(html).not.toMatch(/d="M[^"]*NaN|c[xy]="NaN/);
  });

  it("ends where a step is no longer finite, and says which and what", () => {
    const wild = { ...SMALL_STEP, activation: "linear", steps: 3, learningRate: 1e300 } as const;
    const error = { code: "training/diverged", exitCode: 4 };
    expect(() => explain(wild)).toThrow(expect.objectContaining(error));
    expect(() => explain(wild)).toThrow(/^step 1: \S+ is not finite/);
    // p rounds to 0 there, its logarithm does not.
    const far = explain({ ...wild, steps: 1, learningRate: 10_000, seed: 5, sizes: [4, 3, 3] });
    expect(far.derivation.matrices.get("P")!.values).toContain(0);
    expect(Number.isFinite(far.derivation.loss)).toBe(true);
    // Nothing there that a program could take for 0.
    const { maxDifference, notCompared, differences } = explainJson(far);
    expect(maxDifference).toBeUndefined();
    expect(notCompared).toMatch(/a probability has become 0 in float64/);
    expect(differences).toContainEqual({ long: "dL/dW1", short: "dW1" });
  });

  it("refuses a step that no machine holds", () => {
    expect(() => explain({ ...SMALL_STEP, sizes: [100_000, 100_000, 10] })).toThrow(
      /would have 10,00\d,\d{3},\d{3} weights and values/,
    );
  });

  it("as Markdown, has mathematics that closes and matrices of the right shape", () => {
    const markdown = explainMarkdown(explained);
    expect(markdown.match(/^```math$/gm)).toHaveLength(derivation.matrices.size);
    expect(markdown.match(/^```$/gm)).toHaveLength(derivation.matrices.size);
    for (const line of markdown.split("\n").filter((each) => each.startsWith("$"))) {
      expect(line.match(/\$/g)).toHaveLength(2);
    }
    const [, w1] = /W_\{1\} = \\begin\{bmatrix\} (.*) \\end/.exec(markdown)!;
    expect(w1.split("\\\\").map((row) => row.split("&").length)).toEqual([3, 3, 3, 3]);
  });
});

describe("the bill", () => {
  it("runs what fits, and says what was only computed", () => {
    const rows = bill(1000, [
      [4, 3, 3],
      [16, 16, 10],
    ]);
    expect(rows.map(({ long }) => long.seconds !== undefined)).toEqual([true, false]);
    expect(rows.every(({ short }) => short.seconds! > 0)).toBe(true);
    expect(rows[1].long.bytes).toBeGreaterThan(10 * rows[1].short.bytes);
  });

  it("does not count the first times, in which the code is compiled", () => {
    // A clock of its own: what is cold takes 20 ms, and everything after it 3 ms.
    let [time, calls] = [0, 0];
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (time += calls++ < 8 ? 20 : 3));
    const [{ long, short }] = bill(1000, [[4, 3, 3]]);
    clock.mockRestore();
    for (const { seconds } of [long, short]) expect(seconds).toBeCloseTo(0.003, 9);
  });
});

describe("what stands for a number", () => {
  it("tells an exact 0 or 1 from a number near it", () => {
    expect([0, -0, 1, 0.99999, 1e-5, -123456.7, Number.NaN, -Infinity].map(figureText)).toEqual([
      "0",
      "0",
      "1",
      "1.0000",
      "1.0e-5",
      "-1.2e+5",
      "NaN",
      "-inf",
    ]);
    expect(alignedFigures(["1", "-0.2500"])).toEqual([" 1     ", "-0.2500"]);
    expect(shownIndices(3, 3)).toEqual([0, 1, 2]);
    expect(shownIndices(9, 4)).toEqual([0, 1, undefined, 8]);
    expect(tellingIndices(9, 5, [2], (i) => i < 2)).toEqual([undefined, 2, 3, 4, undefined]);
    expect(tellingIndices(9, 8, [6, 2], (i) => i === 4)).toEqual([0, 1, 2, 3, undefined, 6, 7, 8]);
    expect(tellingIndices(9, 9, [8], (i) => i > 2 && i < 7)).toEqual([0, 1, 2, undefined, 7, 8]);
  });

  it("is worked out in a line that gives it again", () => {
    for (const [activation, labelSmoothing] of [
      ["tanh", 0.1],
      ["relu", 0],
    ] as const) {
      const { derivation } = explain({ ...SMALL_STEP, activation, labelSmoothing, sizes: [3, 4, 3] });
      let evaluated = 0;
      for (const { id, shape, operation, values } of derivation.matrices.values()) {
        values.forEach((value, i) => {
          const cell: Cell = { id, row: Math.floor(i / shape[1]), column: i % shape[1] };
          const said = working(derivation, cell);
          const [origin] = origins(derivation, cell);
          const line = said === "" ? String(valueOf(derivation, origin)) : said.replace(/^ = |,.*/g, "");
          expect(cellName(derivation, cell).startsWith(id)).toBe(true);
          if (operation.kind === "given" || line === "" || line.includes("…") || line.includes("'")) return;
          evaluated++;
          expect(calculated(line), `${cellName(derivation, cell)} = ${line}`).toBeCloseTo(value, 2);
        });
      }
      expect(evaluated).toBeGreaterThan(200);
    }
  });
});

/** Without the bill, which takes its time. */
function stepOf(sizes: number[], rows = 2): Derivation {
  const network = networkOf(sizes, "relu");
  return derive({ network, parameters: initialParameters(network, 1), ...drawnBatch(network, rows, 1) });
}

describe("a zero", () => {
  // Unit 2 is dead for both samples.
  const small = stepOf([4, 3, 3]);
  const said = (derivation: Derivation, id: string, row: number, column: number) => {
    const cell = { id, row, column };
    const from = origins(derivation, cell).map((origin) => cellName(derivation, origin));
    return [cellName(derivation, cell) + working(derivation, cell), ...from];
  };

  it("is explained by the term that the structure leaves, and only that one lights up", () => {
    expect(said(small, "dl(2)/dz1", 0, 1)).toEqual([
      "dl(2)/dz1[2] = -0.5136 * 0",
      "dl(2)/da1[2]",
      "da1(2)/dz1[2,2]",
    ]);
    expect(said(small, "dl(2)/dW2", 0, 8)).toEqual([
      "dl(2)/dW2[3,3] = -0.6693 * 0",
      "dl(2)/dz2[3]",
      "dz2(2)/dW2[3; 3,3]",
    ]);
    expect(said(small, "dl(1)/dW1", 0, 4)).toEqual([
      "dl(1)/dW1[2,2] = 0 * 0.2900",
      "dl(1)/dz1[2]",
      "dz1(1)/dW1[2; 2,2]",
    ]);
  });

  it("is explained so in every layer", () => {
    const deep = stepOf([4, 3, 4, 3]);
    let zeros = 0;
    for (const [layer, units] of [3, 4, 3].entries()) {
      for (const by of ["W", "b", "z"]) {
        const id = `dl(2)/d${by}${layer + 1}`;
        const { operation, values } = deep.matrices.get(id)!;
        if (operation.kind !== "product" || operation.of[1].startsWith("dp")) continue;
        const [delta, factor] = operation.of.map((each) => deep.matrices.get(each)!);
        values.forEach((value, column) => {
          const unit = column % units;
          const [a, b] = [delta.values[unit], factor.values[unit * values.length + column]].map(figureText);
          const [line, ...from] = said(deep, id, 0, column);
          expect(line.replace(/.* = /, "")).toBe(`${a} * ${b.startsWith("-") ? `(${b})` : b}`);
          expect(from).toHaveLength(2);
          if (value === 0) zeros++;
        });
      }
    }
    expect(zeros).toBeGreaterThan(5);
  });

  it("is a whole sum where no structure makes it, and of a long one so many terms", () => {
    expect(said(small, "dW2", 1, 1)[0]).toBe("dW2[2,2] = 0 * 0.1733 + 0 * 0.1625");
    const wide = stepOf([12, 3, 3], 1);
    const { matrices } = derive(withCell(wide, { id: "X", row: 0, column: 4 }, 0));
    const line = working({ ...wide, matrices }, { id: "Z1", row: 0, column: 0 });
    expect(line).toMatch(/^ = .* \+ … \+ .* \+ 0, and a term that is 0$/);
  });

  it("needs no second equals sign where its place or another entry tells it", () => {
    const lines = [
      said(small, "da1(2)/dz1", 0, 1),
      said(small, "dz2(2)/dW2", 2, 7),
      said(small, "dz2(2)/dW2", 2, 8),
      said(small, "dl(1)/dp", 0, 0),
      said(small, "dz1/db1", 1, 1),
    ];
    expect(lines).toEqual([
      ["da1(2)/dz1[1,2], as a unit has no other's slope"],
      ["dz2(2)/dW2[3; 3,2], as this weight does not reach this unit"],
      ["dz2(2)/dW2[3; 3,3]", "A1[2,3]"],
      ["dl(1)/dp[1], as this class is not wanted", "P[1,1]", "Y[1,1]"],
      ["dz1/db1[2,2], as this bias is the unit's own"],
    ]);
  });
});

/** The value of a line of working; its numbers have four decimals. */
function calculated(line: string): number {
  const source = line.replace(/\b(log|exp|tanh)\(/g, "Math.$1(").replace(/\brelu\(/g, "Math.max(0, ");
  return Number(runInNewContext(source));
}
