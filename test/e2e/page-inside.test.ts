/** The view Inside as a person uses it: every number on it is that of the lens, computed here a second time. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../src/cli/explain/explained.ts";
import { derive } from "../../src/lens/derivation/derive.ts";
import { figureText } from "../../src/lens/derivation/display.ts";
import { afterUpdate, withCell } from "../../src/lens/derivation/edit.ts";
import { origins, roots } from "../../src/lens/derivation/trace.ts";
import type { Cell, Derivation } from "../../src/lens/derivation/types.ts";
import { derivationWorkbook } from "../../src/lens/workbook/derivation-workbook.ts";
import { violations } from "../support/axe.ts";
import { openPage, openStage, type Stage } from "../support/page.ts";

/** What the view starts from, as `backlit explain` works it out. */
const { derivation } = explain({
  sizes: [4, 3, 3],
  activation: "relu",
  rows: 2,
  learningRate: 0.1,
  labelSmoothing: 0,
  seed: 1,
  steps: 0,
  memory: 1e6,
});
/** Of the view's ten stops, where the gradients of the output layer are worked out. */
const GRADIENTS = "at=gradients-2";

let stage: Stage;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backlit-inside-"));
  stage = await openStage({ webgpu: false });
});

afterAll(async () => {
  await stage?.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (query: string) => openPage(stage, `#/inside${query}`, ".stop .katex");

/** The numbers of every matrix that is shown, as text; of one that is shown twice, the last. */
function shownMatrices(page: Page): Promise<Record<string, string[]>> {
  return page.$$eval(".matrix", (matrices) =>
    Object.fromEntries(
      matrices.map((matrix) => [
        (matrix as HTMLElement).dataset["id"]!,
        [...matrix.querySelectorAll("tbody td")].map((entry) => entry.textContent),
      ]),
    ),
  );
}

function expectValues(shown: Record<string, string[]>, { matrices }: Derivation): void {
  for (const [id, texts] of Object.entries(shown)) {
    expect([id, texts]).toEqual([id, [...matrices.get(id)!.values].map(figureText)]);
  }
}

const entry = ({ id, row, column }: Cell): string => `[data-id="${id}"] [data-place="${row},${column}"]`;
const names = (cells: readonly Cell[]): string[] =>
  [...new Set(cells.map(({ id, row, column }) => `${id} ${row},${column}`))].sort();

/** The entries that have one of these classes. */
function lit(page: Page, classes: string): Promise<string[]> {
  return page.$$eval(`.matrix td:is(${classes})`, (entries) =>
    [
      ...new Set(
        entries.map((each) => {
          const { dataset } = each as HTMLElement;
          return `${each.closest<HTMLElement>(".matrix")!.dataset["id"]} ${dataset["place"]}`;
        }),
      ),
    ].sort(),
  );
}

function text(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => (element.textContent ?? "").trim());
}

describe("the view Inside", () => {
  test("goes through every matrix of the step by keys, each with the numbers of the lens", async () => {
    const { page, complaints } = await open("?layers=4,3,3&batch=2&seed=1");
    const seen = new Set<string>();
    const collect = async (): Promise<void> => {
      const shown = await shownMatrices(page);
      expectValues(shown, derivation);
      for (const id of Object.keys(shown)) seen.add(id);
    };
    const stops = await page.$$eval(".path li", ({ length }) => length);
    for (let stop = 1; stop <= stops; stop++) {
      expect(await text(page, "#stop-sentence")).toMatch(new RegExp(`^${stop}/${stops} .+: [A-Z].*[^.]\\.$`));
      await collect();
      if (await page.$(".samples label:nth-of-type(2)")) {
        await page.click(".samples label:nth-of-type(2)");
        await collect();
        await page.click(".samples label:nth-of-type(1)");
      }
      await page.keyboard.press("n");
    }
    expect([...seen].sort()).toEqual([...derivation.matrices.keys()].sort());
    expect(await page.evaluate(() => location.hash)).toBe("#/inside?layers=4,3,3&batch=2&seed=1&at=update-2");
    await page.keyboard.press("p");
    expect(await text(page, ".path [aria-current]")).toBe("Layer 1");
    // Typeset, in fonts that came with the page.
    expect(await page.$$eval(".matrix .katex-html", ({ length }) => length)).toBeGreaterThan(5);
    expect(await page.evaluate(() => document.fonts.check('16px "KaTeX_Math"'))).toBe(true);
    expect(stage.asked.filter((path) => path.endsWith(".woff2")).join()).toContain("KaTeX_Math-Italic");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("lights up what an entry was made from, by pointer and by keys", async () => {
    const { page, complaints } = await open(`?${GRADIENTS}`);
    const cell: Cell = { id: "dW2", row: 2, column: 1 };
    await page.hover(entry(cell));
    expect(await lit(page, ".from")).toEqual(names(origins(derivation, cell)));
    expect(await lit(page, ".root")).toEqual(names(roots(derivation, cell)));
    expect(await text(page, ".working p")).toBe("dW2[3,2] = 0.1318 = 0.7607 * 0.1733");

    await page.mouse.move(5, 5);
    await page.focus(entry({ ...cell, row: 0, column: 0 }));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    const reached: Cell = { ...cell, row: 1, column: 2 };
    expect(await lit(page, ":focus")).toEqual(names([reached]));
    expect(await lit(page, ".at")).toEqual(names([reached]));
    expect(await lit(page, ".from")).toEqual(names(origins(derivation, reached)));
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("works everything out again when a number is changed or the step is taken, and keeps it in the address", async () => {
    const { page, complaints } = await open(`?${GRADIENTS}`);
    const cell: Cell = { id: "W1", row: 1, column: 2 };
    await page.focus(entry(cell));
    await page.keyboard.press("Enter");
    await page.keyboard.type("half");
    await page.keyboard.press("Enter");
    expect(await page.$eval(".values input", (input) => input.getAttribute("aria-invalid"))).toBe("true");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.keyboard.type("-1.25");
    await page.keyboard.press("Enter");
    expect(await lit(page, ":focus")).toEqual(names([cell]));
    let expected = derive(withCell(derivation, cell, -1.25));
    expectValues(await shownMatrices(page), expected);

    await page.click(entry({ id: "Y", row: 0, column: 1 }));
    expected = derive(withCell(expected, { id: "Y", row: 0, column: 1 }, 1));
    await page.click(".acts button.secondary");
    expected = derive(afterUpdate(expected));
    expectValues(await shownMatrices(page), expected);
    expect(await text(page, "#loss")).toBe(figureText(expected.loss));
    expect(Number(await text(page, "#difference"))).toBe(Number(expected.maxDifference!.toExponential(1)));
    expect(Number(await text(page, "#difference"))).toBeLessThanOrEqual(1e-12);
    const address =
      "#/inside?layers=4,3,3&batch=2&seed=1&set=W1:2,3:-1.25&set=Y:1,2:1&steps=1&at=gradients-2";
    expect(await page.evaluate(() => location.hash)).toBe(address);

    await page.reload();
    await page.waitForSelector(".stop .katex");
    expectValues(await shownMatrices(page), expected);

    const session = await page.createCDPSession();
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
    await page.click(".files button");
    const saved = join(folder, "step.xlsx");
    const bytes = await expect
      .poll(() =>
        readFile(saved).then(
          (content) => content.length,
          () => 0,
        ),
      )
      .toBeGreaterThan(5000)
      .then(() => readFile(saved));
    const sheets = unzipSync(new Uint8Array(bytes));
    const { bytes: again } = derivationWorkbook(expected, "", "");
    const own = unzipSync(again);
    const sheet = "xl/worksheets/sheet2.xml";
    expect(Object.keys(sheets)).toEqual(Object.keys(own));
    expect(Buffer.from(sheets[sheet]).toString()).toBe(Buffer.from(own[sheet]).toString());

    await page.click(".acts button.quiet");
    expect(await text(page, "#steps")).toBe("0");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("names what is wrong in its address, and takes the rest; fits a phone", async () => {
    const { page, complaints } = await open("?layers=3,2&batch=99&seed=4&colour=red&set=Z1:1,1:2&at=logits");
    expect(await page.$$eval(".notice li", (items) => items.map(({ textContent }) => textContent))).toEqual([
      "Batch size must be at most 8 here, but is 99.",
      "“colour” is not an option.",
      "set=Z1:1,1:2: Z1 is computed, so it cannot be set.",
    ]);
    expect(await text(page, ".path [aria-current]")).toBe("To the logits");
    await page.setViewport({ width: 320, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.setViewport({ width: 1440, height: 900 });
    await page.evaluate(() => (location.hash = "#/inside?layers=5,4,3&batch=1&activation=tanh&seed=2"));
    await page.waitForFunction(() => document.querySelectorAll(".notice").length === 0);
    expect(await page.$eval("#inside-layers", (input) => (input as HTMLInputElement).value)).toBe("5,4,3");
    expect(complaints).toEqual([]);
    await page.close();
  });
});
