/**
 * The workbook of a derivation, opened in LibreOffice with everything computed anew: its formulas against the CPU
 * reference, as it was written and after a number has been changed.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findOffice } from "../../scripts/office.js";
import { explain, type ExplainOptions } from "../../src/cli/explain/explained.ts";
import { ACTIVATIONS } from "../../src/core/spec.ts";
import { derive } from "../../src/lens/derivation/derive.ts";
import { withCell } from "../../src/lens/derivation/edit.ts";
import type { Derivation } from "../../src/lens/derivation/types.ts";
import { derivationWorkbook, type DerivationWorkbook } from "../../src/lens/workbook/derivation-workbook.ts";
import { SMALL_STEP } from "../support/small-step.ts";
import { openWorkbooks, withNumber, type OpenedSheet } from "../support/spreadsheet.ts";
import { backlit, scratchFolder } from "./cli-support.ts";

const TOLERANCE = 1e-9;

interface Setting {
  name: string;
  derivation: Derivation;
  workbook: DerivationWorkbook;
  bytes: Uint8Array;
}

function setting(name: string, options: Partial<ExplainOptions>): Setting {
  const { derivation, title, subtitle } = explain({ ...SMALL_STEP, ...options });
  const workbook = derivationWorkbook(derivation, title, subtitle);
  return { name, derivation, workbook, bytes: workbook.bytes };
}

/** The same workbook after one given number was changed, and what follows from it. */
function changed(
  { derivation, workbook }: Setting,
  id: string,
  [row, column]: readonly [number, number],
  value: number,
): Setting {
  const place = workbook.placements.get(id)!;
  const at = { row: place.row + row, column: place.column + column };
  return {
    name: `${id} changed`,
    derivation: derive(withCell(derivation, { id, row, column }, value)),
    workbook,
    bytes: withNumber(workbook.bytes, workbook.sheets.indexOf(place.sheet), at, value),
  };
}

/** Every matrix in the opened workbook against the reference; gives the largest error and where it is. */
function worstError({ derivation, workbook }: Setting, sheets: Map<string, OpenedSheet>) {
  let worst = { error: 0, where: "" };
  for (const { id, shape, values } of derivation.matrices.values()) {
    const { sheet, row, column } = workbook.placements.get(id)!;
    values.forEach((value, i) => {
      const [r, c] = [Math.floor(i / shape[1]), i % shape[1]];
      const text = sheets.get(sheet)?.[row + r]?.[column + c] ?? "";
      const error = text === "" ? Number.NaN : Math.abs(Number(text) - value);
      if (!(error <= worst.error)) worst = { error, where: `${id}[${r},${c}] is "${text}", not ${value}` };
    });
  }
  return worst;
}

const office = findOffice();
const reason =
  office === undefined ? " (skipped: no LibreOffice here; `apt-get install libreoffice-calc-nogui`)" : "";

describe.skipIf(office === undefined)(`a workbook in LibreOffice${reason}`, () => {
  const small = setting("small", {});
  const settings: Setting[] = [
    small,
    ...ACTIVATIONS.map((activation, i) =>
      setting(activation, {
        activation,
        sizes: i % 2 === 0 ? [3, 4, 2, 3] : [5, 3, 2],
        rows: 1 + (i % 3),
        labelSmoothing: i % 2 === 0 ? 0.1 : 0,
        steps: 3,
        seed: 7 + i,
      }),
    ),
    setting("a function for each layer", { activation: ["tanh", "gelu"], sizes: [3, 4, 2, 3], rows: 1 }),
    setting("no hidden layer", { sizes: [3, 2], rows: 3 }),
    changed(small, "X", [1, 2], -1.75),
    changed(small, "W1", [2, 0], 2.5),
    changed(small, "b2", [0, 1], 0.3),
    // A probability rounds to 0 there, and the loss is finite.
    changed(setting("far", { memory: 0 }), "b2", [0, 1], 2000),
  ];
  /** Workbooks that say something about what was typed, or about their own numbers. */
  const { placements, sheets } = small.workbook;
  const y = placements.get("Y")!;
  const wrongLabel = [0, 1].find((c) => small.derivation.matrices.get("Y")!.values[c] === 0)!;
  const telling = [
    withNumber(small.bytes, sheets.indexOf(y.sheet), { row: y.row, column: y.column + wrongLabel }, 1),
    withNumber(small.bytes, 0, { row: 7, column: 3 }, 0.5),
    setting("a probability of 0", { learningRate: 5000, steps: 3, rows: 3, seed: 3 }).bytes,
    setting("left out", { memory: 0 }).bytes,
  ];
  let opened: Map<string, OpenedSheet>[] = [];

  beforeAll(async () => {
    const folder = await scratchFolder();
    const file = join(folder, "0.xlsx");
    const args = ["explain", "--layers", "4,3,3", "--batch", "2", "--seed", "1", "--xlsx", file, "--json"];
    expect((await backlit(args)).last()).toMatchObject({ type: "result", files: [file] });
    // The first is what the command writes.
    expect(Buffer.compare(await readFile(file), small.bytes)).toBe(0);
    const written = [...settings.map(({ bytes }) => bytes), ...telling];
    const files = written.map((_, i) => join(folder, `${i}.xlsx`));
    for (const [i, bytes] of written.entries()) if (i > 0) await writeFile(files[i], bytes);
    opened = await openWorkbooks(office!, folder, files);
  });

  it.each(settings.map(({ name }, i) => [name, i] as const))(
    "%s: every matrix is that of the reference",
    (_, i) => {
      expect([...opened[i].keys()].sort()).toEqual([...settings[i].workbook.sheets].sort());
      const { error, where } = worstError(settings[i], opened[i]);
      expect(error, where).toBeLessThan(TOLERANCE);
    },
  );

  it("finds that the two forms agree", () => {
    settings.forEach(({ workbook }, i) => {
      const check = workbook.placements.get("check");
      // Without the long form there is nothing to compare.
      if (check === undefined) return;
      const { sheet, row, column } = check;
      const text = opened[i].get(sheet)![row][column];
      expect(text).not.toBe("");
      expect(Number(text)).toBeLessThanOrEqual(1e-12);
    });
  });

  it("says where labels do not add up to 1, where forms cannot be compared, and what the learning rate is now", () => {
    const textOf = (book: Map<string, OpenedSheet>, sheet: string): string =>
      book.get(sheet)!.flat().join("\n");
    const [labels, rate, divided, leftOut] = opened.slice(settings.length);
    const beside = labels
      .get("Loss")!
      .slice(y.row, y.row + 2)
      .map((row) => row[y.column + 3]);
    expect(beside[0]).toContain("adds up to 2, but");
    expect(beside[1]).toBe("");
    expect(textOf(labels, "Overview")).toContain("A row of Y, on the sheet Loss, does not add up to 1");
    expect(textOf(labels, "Short form")).toContain("does not add up to 1");
    expect(textOf(opened[0], "Loss") + textOf(opened[0], "Overview")).not.toMatch(/add(s)? up to [\d]/);

    expect(textOf(rate, "Overview")).toContain("learning rate 0.5,");
    expect(textOf(rate, "Update")).toContain("0.5 times as far");
    expect(textOf(opened[0], "Update")).toContain("0.1 times as far");

    const check = divided.get("Overview")!.find(([, label]) => label === "of all")!;
    expect(Number(check[3])).toBeNaN();
    for (const sheet of ["Overview", "Long form", "Short form"]) {
      expect(textOf(divided, sheet)).toContain("a probability has become 0");
    }
    expect(textOf(opened[0], "Overview")).not.toContain("cannot be compared");
    expect(textOf(leftOut, "Overview")).toContain(
      "The long form was left out: its matrices would take 2.4 kB",
    );
  });

  it("would notice a change that the workbook did not follow", () => {
    const at = settings.findIndex(({ name }) => name === "b2 changed");
    const stale = { ...settings[at], derivation: small.derivation };
    expect(worstError(stale, opened[at]).error).toBeGreaterThan(0.01);
  });
});
