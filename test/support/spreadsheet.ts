/** Opens workbooks as a person's program would, and reads what it makes of them. */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { address } from "../../src/lens/workbook/xlsx.ts";

const run = promisify(execFile);

/** A sheet's cells as text, row by row. */
export type OpenedSheet = string[][];

/** LibreOffice's setting to compute every formula of a file anew when it is opened. */
const RECALCULATE = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
`;
/** All sheets, one file each, numbers in full rather than as shown. */
const CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";

/**
 * Opens workbooks in one start of LibreOffice, with a profile of its own, everything computed anew.
 * @returns the sheets of each by their names
 */
export async function openWorkbooks(
  office: string,
  folder: string,
  files: readonly string[],
): Promise<Map<string, OpenedSheet>[]> {
  const profile = join(folder, "profile");
  await mkdir(join(profile, "user"), { recursive: true });
  await writeFile(join(profile, "user", "registrymodifications.xcu"), RECALCULATE);
  const out = join(folder, "opened");
  const user = `-env:UserInstallation=${pathToFileURL(profile).href}`;
  await run(office, [user, "--headless", "--convert-to", CSV, "--outdir", out, ...files], {
    timeout: 110_000,
  });
  const written = await readdir(out);
  return Promise.all(
    files.map(async (file) => {
      const prefix = `${basename(file, ".xlsx")}-`;
      const sheets = new Map<string, OpenedSheet>();
      for (const name of written.filter((each) => each.startsWith(prefix))) {
        sheets.set(name.slice(prefix.length, -4), parseCsv(await readFile(join(out, name), "utf8")));
      }
      return sheets;
    }),
  );
}

/** The same workbook with one number in place of another, as if a person had typed it. */
export function withNumber(
  bytes: Uint8Array,
  sheet: number,
  { row, column }: { row: number; column: number },
  value: number,
): Uint8Array {
  const files = unzipSync(bytes);
  const path = `xl/worksheets/sheet${sheet + 1}.xml`;
  const cell = new RegExp(`(<c r="${address(row, column)}" s="\\d+"><v>)[^<]+(</v>)`);
  const text = strFromU8(files[path]);
  if (!cell.test(text)) throw new Error(`${path} has no number at ${address(row, column)}`);
  files[path] = strToU8(text.replace(cell, `$1${value}$2`));
  return zipSync(files);
}

function parseCsv(text: string): OpenedSheet {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r?\n|$)/g)) {
    rows[rows.length - 1].push(quoted?.replaceAll('""', '"') ?? bare);
    if (end !== ",") rows.push([]);
  }
  return rows;
}
