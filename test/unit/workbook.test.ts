/** The workbook as a file: live formulas over every computed entry, once each, and no value that was cached. */
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/cli/explain/explained.ts";
import { ACTIVATIONS, type Activation } from "../../src/core/spec.ts";
import { derivationWorkbook } from "../../src/lens/workbook/derivation-workbook.ts";
import { formulasOf, rangeName } from "../../src/lens/workbook/formulas.ts";
import { liveText, quoted } from "../../src/lens/workbook/remarks.ts";
import { address, pageBreaks, STYLES, writeXlsx } from "../../src/lens/workbook/xlsx.ts";

const explained = (activation: Activation, sizes = [4, 3, 3], rows = 2) =>
  explain({
    sizes,
    activation,
    rows,
    learningRate: 0.1,
    labelSmoothing: 0.1,
    seed: 1,
    steps: 0,
    memory: 6e6,
  });

const textsOf = (bytes: Uint8Array): Map<string, string> =>
  new Map(Object.entries(unzipSync(bytes)).map(([path, data]) => [path, strFromU8(data)]));

describe("the workbook of a derivation", () => {
  const { derivation, title, subtitle } = explained("tanh");
  const workbook = derivationWorkbook(derivation, title, subtitle);
  const texts = textsOf(workbook.bytes);
  const sheets = [...texts].filter(([path]) => path.startsWith("xl/worksheets/"));

  it("has a sheet for each stage, the two forms beside each other", () => {
    expect(workbook.sheets).toEqual(["Overview", "Forward", "Loss", "Long form", "Short form", "Update"]);
    expect(sheets).toHaveLength(workbook.sheets.length);
    expect([...workbook.placements.keys()].sort()).toEqual([...derivation.matrices.keys(), "check"].sort());
  });

  it("caches no value, and asks to be computed when it is opened", () => {
    const formulas = sheets.flatMap(([, xml]) => xml.match(/<c [^>]*><f.*?<\/c>/g) ?? []);
    expect(formulas.length).toBeGreaterThan(70);
    expect(formulas.filter((cell) => cell.includes("<v>"))).toEqual([]);
    expect(texts.get("xl/workbook.xml")).toContain('fullCalcOnLoad="1"');
    for (const name of ["MMULT", "TRANSPOSE", "EXP", "SUMPRODUCT", "TANH"]) {
      expect(
        formulas.some((cell) => cell.includes(`${name}(`)),
        name,
      ).toBe(true);
    }
  });

  it("holds as numbers only what is given", () => {
    const given = [...derivation.matrices.values()]
      .filter(({ operation }) => operation.kind === "given")
      .reduce((sum, { values }) => sum + values.length, 0);
    const numbers = sheets.flatMap(([, xml]) => xml.match(/<v>/g) ?? []);
    // And learning rate and label smoothing.
    expect(numbers).toHaveLength(given + 2);
  });

  it("writes what can be changed into no text: learning rate and label smoothing are named by formulas", () => {
    const said = sheets.flatMap(([, xml]) => [...xml.matchAll(/<t [^>]*>([^<]*)</g)].map(([, text]) => text));
    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((text) => /\b0\.1\b/.test(text))).toEqual([]);
    expect(said.find((text) => text.startsWith("T = "))).toBe(
      "T = (1 - label smoothing) x Y + label smoothing / 3    (2 x 3)",
    );
    expect(liveText("at learning rate 0.1, label smoothing 0.1.", derivation)).toBe(
      '"at learning rate "&learning_rate&", label smoothing "&smoothing&"."',
    );
    expect(liveText("nothing of the kind, 0.1", derivation)).toBeUndefined();
    expect(quoted(`${"a".repeat(255)}"b`)).toBe(`"${"a".repeat(255)}"&"""b"`);
  });

  it.each(ACTIVATIONS.map((name) => [name]))(
    "covers every computed entry with one formula: %s",
    (activation) => {
      for (const matrix of explained(activation, [3, 4, 2, 3], 3).derivation.matrices.values()) {
        const [rows, columns] = matrix.shape;
        const covered = Array.from({ length: rows * columns }, () => 0);
        for (const block of formulasOf(matrix)) {
          for (let r = block.row; r < block.row + block.rows; r++) {
            for (let c = block.column; c < block.column + block.columns; c++) covered[r * columns + c]++;
          }
        }
        const each = matrix.operation.kind === "given" ? 0 : 1;
        expect(covered, matrix.id).toEqual(covered.map(() => each));
      }
    },
  );

  it("asks before it takes a label, a learning rate or a label smoothing out of range", () => {
    const checked = (sheet: number): string[] =>
      [...sheets[sheet][1].matchAll(/<dataValidation [^>]*sqref="([^"]+)">(.*?)<\/dataValidation>/g)].map(
        ([, range, limits]) => `${range} ${limits.replace(/<\/?formula\d>/g, " ").trim()}`,
      );
    const { row, column } = workbook.placements.get("Y")!;
    const labels = `${address(row, column)}:${address(row + 1, column + 2)}`;
    expect(checked(0)).toEqual(["D8:D8 0", "D9:D9 0  1"]);
    expect(checked(2)).toEqual([`${labels} 0  1`]);
  });

  it("gives every matrix a name that a spreadsheet takes, and tells apart without capitals", () => {
    const names = [...derivation.matrices.keys()].map(rangeName);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    for (const name of names) {
      expect(name).toMatch(/^[A-Za-z_][\w.]*$/);
      expect(name).not.toMatch(/^([a-z]{1,3}\d+|[rc])$/i);
    }
    expect(["W1", "dL/dW2", "dl(12)/dz2", "da1(2)/dz1", "b1'"].map(rangeName)).toEqual([
      "W_1",
      "dL_dW_2",
      "dl_dz_2_s12",
      "da_1_dz_1_s2",
      "b_1_new",
    ]);
    const used = [...texts.get("xl/workbook.xml")!.matchAll(/definedName name="(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect(used).toEqual(expect.arrayContaining(names));
  });

  it("is printed without a matrix torn from its name", () => {
    expect(pageBreaks([4, 12, 20, 31], 40, 20)).toEqual([20]);
    // A block longer than a page begins one, but for the first, which stays with the title.
    expect(pageBreaks([4, 12, 80], 90, 20)).toEqual([12, 80]);
    expect(pageBreaks([4], 90, 20)).toEqual([]);
    expect(pageBreaks([4, 12], 20, 20)).toEqual([]);
    const [, long] = sheets[3];
    const breaks = [...long.matchAll(/<brk id="(\d+)"/g)].map(([, row]) => Number(row));
    expect(breaks.length).toBeGreaterThan(2);
    // Above each of them is an empty row.
    for (const row of breaks) expect(long).not.toContain(`<row r="${row}">`);
  });

  it("writes identities, labels and slopes of ReLU without decimals", () => {
    const own = explained("relu").derivation;
    const { bytes, placements, sheets: names } = derivationWorkbook(own, "", "");
    const styles = (id: string): string[] => {
      const { sheet, row, column } = placements.get(id)!;
      const xml = textsOf(bytes).get(`xl/worksheets/sheet${names.indexOf(sheet) + 1}.xml`)!;
      const [rows, columns] = own.matrices.get(id)!.shape;
      return Array.from({ length: rows * columns }, (_, i) => {
        const at = address(row + Math.floor(i / columns), column + (i % columns));
        return STYLES[Number(new RegExp(`<c r="${at}" s="(\\d+)"`).exec(xml)![1])];
      });
    };
    const kinds = ["dz1/db1", "S1", "da1(1)/dz1", "Y", "X", "W1", "A1", "dz1(1)/dW1"].map((id) => [
      ...new Set(styles(id)),
    ]);
    const [exact, number] = ["exact", "number"];
    expect(kinds.flat()).toEqual([exact, exact, exact, "givenExact", "given", "given", number, number]);
  });

  it("is the same file for the same derivation", () => {
    expect(derivationWorkbook(derivation, title, subtitle).bytes).toEqual(workbook.bytes);
  });

  it("escapes what XML reserves, and refuses what no spreadsheet opens", () => {
    const bytes = writeXlsx({
      sheets: [
        { name: "A & B", widths: [], cells: [{ row: 0, column: 0, style: "plain", value: 'a < "b"' }] },
      ],
      names: new Map(),
    });
    expect(textsOf(bytes).get("xl/worksheets/sheet1.xml")).toContain("a &lt; &quot;b&quot;");
    expect([address(0, 0), address(6, 27), address(0, 701), address(0, 702)]).toEqual([
      "A1",
      "AB7",
      "ZZ1",
      "AAA1",
    ]);
    const large = explained("relu", [200, 40, 10], 1);
    expect(() => derivationWorkbook(large.derivation, "", "")).toThrow(/numbers; at most/);
    const wide = { row: 0, column: 20_000, style: "plain" } as const;
    expect(() => writeXlsx({ sheets: [{ name: "A", widths: [], cells: [wide] }], names: new Map() })).toThrow(
      /16384/,
    );
  });
});
