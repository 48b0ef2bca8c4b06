/** The view Inside as a person uses it: every number on it is that of the lens, computed here a second time. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { ElementHandle, Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BRUSH } from "../../src/app/draw/drawing.ts";
import { asWritten } from "../../src/app/draw/stroke-text.ts";
import { recordedDigit } from "../../src/app/draw/recorded.ts";
import { explain } from "../../src/cli/explain/explained.ts";
import { resolveNetwork } from "../../src/core/spec.ts";
import { tensorsToPrecision } from "../../src/cpu/floats.ts";
import { prepareImage } from "../../src/data/images/prepare.ts";
import { drawStrokes } from "../../src/data/images/strokes.ts";
import { syntheticDataset } from "../../src/data/synthetic/dataset.ts";
import { derive } from "../../src/lens/derivation/derive.ts";
import { figure, percent, power } from "../../src/app/format.ts";
import { afterUpdate, withCell } from "../../src/lens/derivation/edit.ts";
import { origins, roots } from "../../src/lens/derivation/trace.ts";
import type { Cell, Derivation } from "../../src/lens/derivation/types.ts";
import { traceImage, type ImageTrace, type Objective } from "../../src/lens/image-trace.ts";
import { derivationWorkbook } from "../../src/lens/workbook/derivation-workbook.ts";
import { writeModel } from "../../src/model/model-file.ts";
import { initialParameters } from "../../src/model/parameters.ts";
import { violations } from "../support/axe.ts";
import { downloadOf } from "../support/downloads.ts";
import { SMALL_STEP } from "../support/small-step.ts";
import { openPage, openStage, text, type Stage } from "../support/page.ts";

/** What the view starts from, as `backlit explain` works it out. */
const { derivation } = explain(SMALL_STEP);
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

const open = (query: string, ready = ".stop .katex") => openPage(stage, `#/inside${query}`, ready);

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
    expect([id, texts]).toEqual([id, [...matrices.get(id)!.values].map(figure)]);
  }
}

const entry = ({ id, row, column }: Cell): string => `[data-id="${id}"] [data-place="${row},${column}"]`;
/** Into the middle of the screen, away from the bars above and below. */
async function bring(page: Page, selector: string): Promise<string> {
  await page.$eval(selector, (element) => element.scrollIntoView({ block: "center" }));
  return selector;
}

const names = (cells: readonly Cell[]): string[] =>
  [...new Set(cells.map(({ id, row, column }) => `${id} ${row},${column}`))].sort();

/** The entries that a selector matches. */
function lit(page: Page, selector: string): Promise<string[]> {
  return page.$$eval(`.matrix td:is(${selector})`, (entries) =>
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

function texts(page: Page, selector: string): Promise<string[]> {
  return page.$$eval(selector, (elements) => elements.map(({ textContent }) => textContent));
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
        await page.locator(await bring(page, ".samples label:nth-of-type(2)")).click();
        await collect();
        await page.locator(await bring(page, ".samples label:nth-of-type(1)")).click();
      }
      await page.keyboard.press("n");
    }
    expect([...seen].sort()).toEqual([...derivation.matrices.keys()].sort());
    expect(await page.evaluate(() => location.hash)).toBe("#/inside?layers=4,3,3&batch=2&seed=1&at=update-2");
    await page.keyboard.press("p");
    expect(await text(page, ".path [aria-current]")).toBe("Layer 1");
    // Typeset, in fonts that came with the page.
    expect(await page.$$eval(".matrix .katex-html", ({ length }) => length)).toBeGreaterThan(5);
    // A formula that could be scrolled would be a stop of the Tab key.
    const scrolled = await page.$$eval(".formula", (all) =>
      all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth),
    );
    expect(scrolled).toHaveLength(0);
    expect(await page.evaluate(() => document.fonts.check('16px "KaTeX_Math"'))).toBe(true);
    expect(stage.asked.filter((path) => path.endsWith(".woff2")).join()).toContain("KaTeX_Math-Italic");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("lights up what an entry was made from, by pointer and by keys", async () => {
    const { page, complaints } = await open(`?${GRADIENTS}`);
    const cell: Cell = { id: "dW2", row: 2, column: 1 };
    await page.hover(await bring(page, entry(cell)));
    expect(await lit(page, "[data-light~=from]")).toEqual(names(origins(derivation, cell)));
    expect(await lit(page, "[data-light~=root]")).toEqual(names(roots(derivation, cell)));
    expect(await text(page, ".working p")).toBe("dW2[3,2] = 0.1318 = 0.7607 * 0.1733 + 0 * 0.1625");

    await page.mouse.move(5, 5);
    await page.focus(entry({ ...cell, row: 0, column: 0 }));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    const reached: Cell = { ...cell, row: 1, column: 2 };
    expect(await lit(page, ":focus")).toEqual(names([reached]));
    expect(await lit(page, "[data-light=at]")).toEqual(names([reached]));
    expect(await lit(page, "[data-light~=from]")).toEqual(names(origins(derivation, reached)));
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("works everything out again when a number is changed or the step is taken, and keeps it in the address", async () => {
    const { page, complaints } = await open(`?${GRADIENTS}`);
    const cell: Cell = { id: "W1", row: 1, column: 2 };
    await page.focus(entry(cell));
    const width = (): Promise<number> => page.$eval(entry(cell), (td) => td.getBoundingClientRect().width);
    const room = await width();
    await page.keyboard.press("Enter");
    await page.keyboard.type("half");
    expect(await width()).toBe(room);
    await page.keyboard.press("Enter");
    expect(await page.$eval(".values input", (input) => input.getAttribute("aria-invalid"))).toBe("true");
    expect(await text(page, ".working .wrong")).toContain("“half” is no number");
    await page.keyboard.press("Escape");
    expect(await page.$(".working .wrong")).toBeNull();
    // The number that was there is no change.
    const before = await page.evaluate(() => location.hash);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => location.hash)).toBe(before);
    await page.keyboard.press("Enter");
    await page.keyboard.type("-1.25");
    await page.keyboard.press("Enter");
    expect(await lit(page, ":focus")).toEqual(names([cell]));
    let expected = derive(withCell(derivation, cell, -1.25));
    expectValues(await shownMatrices(page), expected);

    await page.locator(await bring(page, entry({ id: "Y", row: 0, column: 1 }))).click();
    expected = derive(withCell(expected, { id: "Y", row: 0, column: 1 }, 1));
    await page.locator(".acts button.secondary").click();
    expected = derive(afterUpdate(expected));
    expectValues(await shownMatrices(page), expected);
    expect(await text(page, "#loss")).toBe(figure(expected.loss));
    expect(await text(page, "#difference")).toBe(power(expected.maxDifference!));
    expect(expected.maxDifference).toBeLessThanOrEqual(1e-12);
    const address =
      "#/inside?layers=4,3,3&batch=2&seed=1&set=W1:2,3:-1.25&set=Y:1,2:1&steps=1&at=gradients-2";
    expect(await page.evaluate(() => location.hash)).toBe(address);

    await page.reload();
    await page.waitForSelector(".stop .katex");
    expectValues(await shownMatrices(page), expected);

    const button = page.locator(await bring(page, ".files button"));
    const saved = await downloadOf(page, () => button.click());
    expect(saved.name).toBe("step.xlsx");
    const sheets = unzipSync(saved.bytes);
    const { bytes: again } = derivationWorkbook(expected, "", "");
    const own = unzipSync(again);
    const sheet = "xl/worksheets/sheet2.xml";
    expect(Object.keys(sheets)).toEqual(Object.keys(own));
    expect(Buffer.from(sheets[sheet]).toString()).toBe(Buffer.from(own[sheet]).toString());

    await page.locator(".acts button.quiet").click();
    expect(await text(page, "#steps")).toBe("0");
    await page.locator(await bring(page, ".bill button")).click();
    await page.waitForFunction(
      () => document.querySelectorAll(".bill figure:last-child circle:not(.hollow)").length > 8,
    );
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("names what is wrong in its address, and takes the rest; fits a phone", async () => {
    const { page, complaints } = await open("?layers=3,2&batch=99&seed=4&colour=red&set=Z1:1,1:2&at=logits");
    expect(await texts(page, ".notice li")).toEqual([
      "Batch size must be at most 8 here, not 99.",
      "“colour” is not an option.",
      "set=Z1:1,1:2: Z1 is computed, so it cannot be set.",
    ]);
    expect(await text(page, ".path [aria-current]")).toBe("To the logits");
    await page.setViewport({ width: 320, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.setViewport({ width: 1440, height: 900 });
    // What is being typed into an entry goes with its step.
    await page.locator(await bring(page, entry({ id: "X", row: 0, column: 0 }))).click();
    await page.keyboard.type("3");
    await page.evaluate(() => (location.hash = "#/inside?layers=5,4,3&batch=1&activation=tanh&seed=2"));
    await page.waitForFunction(() => document.querySelectorAll(".notice").length === 0);
    expect(await page.$eval("#inside-layers", (input) => (input as HTMLInputElement).value)).toBe("5,4,3");
    expect(await page.$(".values input")).toBeNull();
    expect(await page.evaluate(() => location.hash)).not.toContain("set=");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("follows an image through the model that is held, and its gradient back to the pixels", async () => {
    const { page, complaints } = await open("?show=image&image=synthetic:2&of=1&colour=red", "#pick-model");
    expect(await texts(page, ".notice:not(:has(#pick-model)) li")).toEqual(["“colour” is not an option."]);
    const network = resolveNetwork({
      input: 784,
      layers: [{ units: 30, activation: "tanh" }, { units: 7 }, { units: 10 }],
    });
    const parameters = initialParameters(network, 5);
    const dataset = syntheticDataset({ train: 90, test: 1 });
    const path = join(folder, "model.safetensors");
    await writeFile(path, writeModel({ network, parameters, dataset }));
    const input = (await page.$("#pick-model")) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(path);
    await page.waitForSelector(".flow");
    expect(await texts(page, ".stage-of-flow h3")).toEqual([
      "The image",
      "Layer 1 tanh",
      "Layer 2 relu",
      "Output softmax",
    ]);

    const { images, labels } = dataset.train;
    const follow = (index: number, objective: Objective) =>
      traceImage(
        network,
        tensorsToPrecision("float64", parameters),
        images.slice(index * 784, (index + 1) * 784),
        labels[index],
        objective,
      );
    const shown = () => texts(page, ".output td");
    const expected = ({ probabilities, logits, logitGradients }: ImageTrace): string[] =>
      Array.from(logits, (logit, label) => [
        percent(probabilities[label], 1),
        figure(logit),
        figure(logitGradients[label]),
      ]).flat();
    let trace = follow(1, 1);
    expect(await shown()).toEqual(expected(trace));
    // Blue is more than red where the gradient is below 0.
    const bluer = await page.$eval(".stage-of-flow figure:nth-of-type(2) canvas", (canvas) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, 28, 28);
      return Array.from({ length: 784 }, (_, i) => data[4 * i + 2] - data[4 * i]);
    });
    const largest = Math.max(...trace.pixelGradients.map(Math.abs));
    const told = bluer.filter((_, i) => Math.abs(trace.pixelGradients[i]) > largest / 2);
    expect(told.length).toBeGreaterThan(3);
    bluer.forEach((by, i) => {
      if (Math.abs(trace.pixelGradients[i]) > largest / 2) expect(by < 0).toBe(trace.pixelGradients[i] > 0);
    });

    await page.select("#inside-objective", "loss");
    // By keys: from the second to the last of all, then one back.
    await page.focus(".pictures [aria-checked=true]");
    await page.keyboard.down("Control");
    await page.keyboard.press("End");
    await page.keyboard.up("Control");
    await page.keyboard.press("ArrowLeft");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-checked"))).toBe("true");
    await expect.poll(shown).toEqual(expected(follow(88, "loss")));
    await page.locator(".pictures button:nth-child(5)").click();
    trace = follow(4, "loss");
    await expect.poll(shown).toEqual(expected(trace));
    expect(await text(page, ".read-as p")).toContain(`Loss ${figure(trace.loss)}`);
    expect(await page.evaluate(() => location.hash)).toBe("#/inside?show=image&image=synthetic:5&of=loss");
    expect(await violations(page)).toEqual([]);

    // One's own drawing, too: as the network is given it, and taken for what one says.
    await page.locator(".shelf a").click();
    await page.locator('button[aria-label="Draw a 4"]').click();
    await page.locator(".answer a").click();
    await page.waitForSelector("#inside-meant");
    const { image } = prepareImage(
      drawStrokes(recordedDigit(4, BRUSH.usual).map(asWritten), 224, 224),
      28,
      28,
      true,
    );
    const drawn = (label?: number) =>
      traceImage(network, tensorsToPrecision("float64", parameters), image.pixels, label, "loss");
    trace = drawn();
    await expect.poll(shown).toEqual(expected(trace));
    expect(await text(page, ".read-as p")).toMatch(new RegExp(`^Read as ${trace.read}\\. Loss`));
    const other = (trace.read + 1) % 10;
    await page.select("#inside-meant", String(other));
    await expect.poll(shown).toEqual(expected(drawn(other)));
    expect(await text(page, ".read-as p")).toContain(`though it is meant as ${other}. Loss`);
    expect(await violations(page)).toEqual([]);
    // The address has the drawing.
    await page.reload();
    await page.waitForSelector("#inside-meant");
    await expect.poll(shown).toEqual(expected(drawn()));
    expect(complaints).toEqual([]);
    await page.close();
  });
});
