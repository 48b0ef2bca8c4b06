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
  let opened: Map<string, OpenedSheet>[] = [];

  beforeAll(async () => {
    const folder = await scratchFolder();
    const file = join(folder, "0.xlsx");
    const args = ["explain", "--layers", "4,3,3", "--batch", "2", "--seed", "1", "--xlsx", file, "--json"];
    expect((await backlit(args)).last()).toMatchObject({ type: "result", files: [file] });
    // The first is what the command writes.
    expect(Buffer.compare(await readFile(file), small.bytes)).toBe(0);
    const files = settings.map((_, i) => join(folder, `${i}.xlsx`));
    for (const [i, { bytes }] of settings.entries()) if (i > 0) await writeFile(files[i], bytes);
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

  it("would notice a change that the workbook did not follow", () => {
    const at = settings.findIndex(({ name }) => name === "b2 changed");
    const stale = { ...settings[at], derivation: small.derivation };
    expect(worstError(stale, opened[at]).error).toBeGreaterThan(0.01);
  });
});
