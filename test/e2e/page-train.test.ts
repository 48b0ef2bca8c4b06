/** The training view as a person uses it: watching, stepping, asking why it erred, comparing runs, editing the network. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { percent } from "../../src/core/words.ts";
import { violations } from "../support/axe.ts";
import { takePictures } from "../support/pictures.ts";
import { openPage, openStage, text, type Stage } from "../support/page.ts";
import { storedRuns } from "../support/stored-runs.ts";

let stage: Stage;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backlit-train-"));
  stage = await openStage({ webgpu: true });
});

afterAll(async () => {
  await stage?.close();
  await rm(folder, { recursive: true, force: true });
});

async function startTraining(page: Page): Promise<void> {
  await page.waitForSelector("button.primary:not(:disabled)");
  await page.locator("button.primary").click();
}

/** Ended, and put into the list. */
async function kept(page: Page, runs: number): Promise<void> {
  await page.waitForFunction(
    (count) =>
      document.querySelector('.stage[data-phase="ended"]') !== null &&
      document.querySelectorAll(".runs tbody tr").length === count,
    { timeout: 100_000 },
    runs,
  );
}

async function saysStatus(page: Page, pattern: RegExp): Promise<void> {
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector(".status")?.textContent ?? ""),
    { timeout: 50_000 },
    pattern.source,
  );
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  tdur?: number;
  args?: { name?: string };
}

/** CPU time of the longest task of a page's own thread, in milliseconds: wall time says nothing where cores are shared. */
async function longestTask(trace: string): Promise<number> {
  const { traceEvents } = JSON.parse(await readFile(trace, "utf8")) as { traceEvents: TraceEvent[] };
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === "X" && name.endsWith("RunTask") && main.has(`${pid} ${tid}`),
  );
  expect(tasks.length).toBeGreaterThan(100);
  const times = tasks.flatMap(({ tdur }) => tdur ?? []);
  // Chrome leaves it out now and then.
  expect(times.length).toBeGreaterThan(0.9 * tasks.length);
  return Math.max(...times) / 1000;
}

describe("a run", () => {
  test("reads 95 % of what it has not seen, is stepped, watched and asked about, and never holds the page up", async () => {
    const link = "#hidden=128&activation=gelu&dropout=0&batch=80&lr=0.006&epochs=3&seed=5";
    const { page, complaints } = await openPage(stage, link);
    await page.waitForSelector("button.primary:not(:disabled)");
    const trace = join(folder, "trace.json");
    await page.tracing.start({
      path: trace,
      categories: ["toplevel", "disabled-by-default-devtools.timeline"],
    });

    await page.keyboard.press("s");
    await saysStatus(page, /^Paused after 1 steps?\.$/);
    await page.keyboard.press("s");
    await saysStatus(page, /^Paused after 2 steps\.$/);
    await page.$$eval("details.behind", (all) => all.forEach((panel) => (panel.open = true)));
    await page.keyboard.press("Space");
    await page.waitForSelector(".behind .confusion");
    await page.waitForSelector("canvas.weights");
    expect(
      await page.$$eval(".histograms section h4", (all) => all.map((title) => title.firstChild?.nodeValue)),
    ).toEqual(["Hidden layer 1", "Output layer"]);
    await kept(page, 1);
    await page.tracing.stop();
    expect(await longestTask(trace)).toBeLessThan(100);
    const heldOut = Number.parseFloat(await text(page, ".behind tbody tr:last-child td:nth-of-type(5)"));
    expect(heldOut).toBeGreaterThanOrEqual(95);
    expect(Number.parseFloat(await text(page, ".headline .big"))).toBeGreaterThan(94);
    await page.waitForFunction(() =>
      document.querySelector(".behind > .fine")?.textContent?.includes("epoch 3"),
    );
    expect(await violations(page)).toEqual([]);
    await takePictures(page, "train-ended");

    // The largest count beside the diagonal, by keys from the cell before it.
    const cell = await page.$$eval(".report .confusion td.wrong button", (buttons) => {
      const counts = buttons.map((button) => Number(button.textContent));
      return buttons[counts.indexOf(Math.max(...counts))].dataset["cell"]!;
    });
    const [truth, predicted] = cell.split(",").map(Number);
    await page.focus('.report .confusion [data-cell="0,0"]');
    for (let i = 0; i < truth; i++) await page.keyboard.press("ArrowDown");
    for (let i = 0; i < predicted; i++) await page.keyboard.press("ArrowRight");
    const count = Number(await page.evaluate(() => document.activeElement?.textContent));
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open] .mistakes canvas");
    expect(await text(page, "dialog[open] h2")).toBe(`${truth}, read as ${predicted}`);
    expect(await page.$$eval("dialog[open] .mistakes canvas", ({ length }) => length)).toBe(
      Math.min(60, count),
    );
    const guesses = await page.$$eval("dialog[open] .mistakes > li:first-child .guesses li", (all) =>
      all.map((guess) => guess.textContent ?? ""),
    );
    expect(guesses).toHaveLength(3);
    expect(guesses[0]).toMatch(new RegExp(`^${predicted} `));
    expect(await violations(page)).toEqual([]);
    await takePictures(page, "train-cell");
    await page.keyboard.press("Escape");
    await page.waitForFunction(
      (was) => (document.activeElement as HTMLElement).dataset["cell"] === was,
      {},
      cell,
    );
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  test("gives the same curve for the same link, stays in the list, and can be compared and named", async () => {
    const link = "#hidden=12&batch=100&epochs=1&seed=5&max-steps=60";
    const { page, complaints } = await openPage(stage, link);
    await startTraining(page);
    await kept(page, 2);
    await expect.poll(async () => (await storedRuns(page)).length).toBe(2);
    await page.reload();
    await page.waitForSelector(".runs tbody tr");
    expect(await page.$$eval(".runs tbody tr", ({ length }) => length)).toBe(2);
    await startTraining(page);
    await kept(page, 3);
    await expect.poll(async () => (await storedRuns(page)).length).toBe(3);
    // The focus was on the button that started it, and still is.
    expect(await page.$eval("button.primary", (button) => button.matches(":focus"))).toBe(true);
    const [second, first] = await storedRuns(page);
    expect(await text(page, ".figure.accent dd")).toBe(percent(second.validation!.accuracy));
    expect(second.curves.train.steps).toHaveLength(60);
    expect(second.curves).toEqual(first.curves);
    expect(second.test).toEqual(first.test);
    expect(second.options).toEqual({
      hidden: "12",
      batchSize: "100",
      epochs: "1",
      seed: "5",
      maxSteps: "60",
    });

    await page.locator(".runs tbody tr:last-child input[type=checkbox]").click();
    expect(await text(page, ".compared")).toContain("synthetic, 128");
    // This run ended long before the other one, and each is read at its own end.
    expect(await text(page, "table.legend tbody tr:first-child td:last-child")).toBe("60");
    expect(await text(page, "table.legend tbody tr:last-child th")).toBe("synthetic, 128");
    await page.locator(".curve-controls > label:nth-of-type(2) input").click();
    await page.focus('.curve-controls input[type="range"]');
    await page.keyboard.press("End");
    expect(await page.$eval(".curve-controls input[type=range]", (slider) => slider.ariaValueText)).toBe(
      "0.98",
    );
    await page.focus(".plot-frame");
    await page.keyboard.press("+");
    expect(await text(page, ".curve-controls [role=status]")).toMatch(/^Steps [\d,]+ to [\d,]+$/);
    await page.keyboard.press("0");
    expect(await text(page, ".curve-controls [role=status]")).toBe("");
    // The key that pauses a run does not begin one in the place of its results.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press("Space");
    expect(await page.$('.stage[data-phase="ended"]')).not.toBeNull();

    await page.locator('.runs tbody tr:first-child [aria-label^="Rename"]').click();
    await page.keyboard.type("the second");
    await page.keyboard.press("Enter");
    await page.waitForSelector('[aria-label="Delete the second"]');
    const rows = (count: number) =>
      page.waitForFunction((all) => document.querySelectorAll(".runs tbody tr").length === all, {}, count);
    const deletes = ".runs tbody tr:nth-child(2) td.actions button:last-child";
    await page.locator(deletes).click();
    await rows(2);
    expect(await page.$eval(deletes, (button) => button.matches(":focus"))).toBe(true);
    await page.locator(".runs .deleted button").click();
    await rows(3);
    await page.locator(deletes).click();
    await rows(2);
    await expect
      .poll(async () => (await storedRuns(page)).map(({ name }) => name))
      .toEqual(["the second", ""]);
    await page.reload();
    await page.waitForSelector('[aria-label="Delete the second"]');
    expect(await page.$$eval(".runs tbody tr", ({ length }) => length)).toBe(2);
    // Runs can be compared before there is a new one.
    await page.locator(".runs tbody tr:first-child input[type=checkbox]").click();
    expect(await text(page, ".compared")).toContain("the second");
    await page.waitForSelector(".plot-frame canvas");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("is thrown away only when that is meant, and gone on with after the page was left", async () => {
    const { page, complaints } = await openPage(stage, "#hidden=12&batch=1000&epochs=200&seed=5");
    await startTraining(page);
    await page.waitForSelector('.stage[data-phase="running"] .figure dd');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press("r");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog:not([open])");
    expect(await page.$('.stage[data-phase="running"]')).not.toBeNull();
    // The browser asks before the page is left; staying keeps the run.
    const asked = new Promise<string>((resolve) => {
      page.once("dialog", (dialog) => void dialog.dismiss().then(() => resolve(dialog.type())));
    });
    await page.evaluate(() => location.reload());
    expect(await asked).toBe("beforeunload");
    expect(await page.$('.stage[data-phase="running"]')).not.toBeNull();
    await page.keyboard.press("r");
    await page.waitForSelector("dialog[open] .buttons button");
    await page.locator("dialog[open] .buttons button").click();
    await page.waitForSelector('.stage[data-phase="idle"]');
    expect(await text(page, ".status")).toBe("Ready.");

    await startTraining(page);
    await saysStatus(page, /^Training\. [2-9] of 200 epochs done/);
    const beside = await openPage(stage);
    await beside.page.waitForFunction(
      () =>
        document.querySelector(".runs > [role=status]")?.textContent === "A run is under way in another tab.",
    );
    expect(beside.complaints).toEqual([]);
    await beside.page.close();
    page.once("dialog", (dialog) => void dialog.accept());
    await page.reload();
    await page.waitForFunction(() =>
      document.querySelector(".runs tbody tr:first-child small")?.textContent.endsWith("interrupted"),
    );
    await page.$eval('nav a[href^="#/model"]', (link) => (link as HTMLElement).click());
    await page.waitForSelector(".continue > p");
    const lede = await text(page, ".model .lede");
    expect(lede).toMatch(/kept since an earlier visit; its run was interrupted after \d+ of 200 epochs\.$/);
    const finished = /after (\d+) of/.exec(lede)![1];
    expect(await text(page, ".continue > p")).toContain(`; ${finished} of 200 epochs finished.`);
    await page.$eval('nav a[href^="#hidden"]', (link) => (link as HTMLElement).click());
    await page.waitForSelector(".stage .notice button");
    expect(await text(page, ".stage .notice p")).toContain(
      `A run was interrupted after ${finished} of 200 epochs.`,
    );
    const [row, ...others] = await storedRuns(page);
    const goesOn = `from step ${row.steps.toLocaleString("en")}`;
    expect(await text(page, ".stage .notice button")).toBe(`Go on ${goesOn}`);
    expect(row.curves.train.steps.at(-1)).toBe(row.steps);
    expect(
      await page.$eval(".runs tbody tr:first-child .actions button", ({ ariaLabel }) => ariaLabel),
    ).toContain(goesOn);
    expect(await violations(page)).toEqual([]);
    await takePictures(page, "train-interrupted");
    await page.locator(".stage .notice button").click();
    await page.waitForSelector('.stage[data-phase="running"] .figure dd');
    expect(await text(page, ".runs tbody tr:first-child small")).toMatch(/, under way again$/);
    await page.locator("button.stop").click();
    await page.waitForSelector('.stage[data-phase="ended"]', { timeout: 50_000 });
    await page.waitForFunction(() =>
      document.querySelector(".runs tbody tr:first-child small")?.textContent.endsWith("stopped"),
    );
    // It is the same run, whole.
    await expect.poll(async () => (await storedRuns(page))[0].ending).toBe("aborted");
    const [whole, ...rest] = await storedRuns(page);
    expect(rest).toEqual(others);
    expect(whole.id).toBe(row.id);
    const before = row.curves.train;
    expect(whole.curves.train.steps.slice(0, before.steps.length)).toEqual(before.steps);
    expect(whole.curves.train.loss[0]).toBeCloseTo(before.loss[0], 9);
    expect(whole.curves.validation.steps.length).toBeGreaterThanOrEqual(Number(finished));
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe("before a run", () => {
  test("the network is edited in its drawing, and the keys are listed", async () => {
    const { page, complaints } = await openPage(stage, "#hidden=32");
    const hash = (): Promise<string> => page.evaluate(() => location.hash);
    // The adapter's name moves what lies below when it arrives: locators wait until what they click has come to rest.
    await page.locator(".architecture .controls button").click();
    expect(await hash()).toBe("#hidden=32,16&seed=1");
    await page.locator('[aria-label="Units of hidden layer 1"]').fill("100");
    expect(await hash()).toBe("#hidden=100,16&seed=1");
    await takePictures(page, "train-before");
    expect(await text(page, ".layer:nth-of-type(2) .fine")).toContain("78,500 parameters");
    await page.locator('[aria-label="Units of hidden layer 2"]').fill("many");
    expect(await hash()).toBe("#hidden=100,16&seed=1");
    await page.locator('.architecture .controls input[type="checkbox"]').click();
    await page.locator('[aria-label="Activation of hidden layer 2"]').fill("tanh");
    await page.locator('[aria-label="Dropout of hidden layer 1"]').fill("0.5");
    expect(await hash()).toBe("#hidden=100,16&activation=relu,tanh&dropout=0.5,0.25&seed=1");
    expect(await violations(page)).toEqual([]);
    await page.locator('.architecture .controls input[type="checkbox"]').click();
    expect(await hash()).toBe("#hidden=100,16&dropout=0.5&seed=1");
    await page.locator("#option-dropout").fill("0.25");
    await page.locator("#option-hidden").fill("100,16,-5");
    expect(await text(page, ".architecture .caution")).toMatch(/^The network as it was/);
    expect(await page.$eval(".architecture fieldset", (layers) => layers.matches(":disabled"))).toBe(true);
    await page.locator("#option-hidden").fill("100,16");
    await page.locator('[aria-label="Remove hidden layer 1"]').click();
    expect(await hash()).toBe("#hidden=16&seed=1");
    await page.locator('[aria-label="Remove hidden layer 1"]').click();
    expect(await hash()).toBe("#hidden=none&seed=1");
    expect(await violations(page)).toEqual([]);

    await page.locator(".keys-button").click();
    await page.waitForSelector("dialog[open] .key-list");
    await page.locator("dialog[open] .check input").click();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.classList.contains("keys-button"));
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press("s");
    expect(await page.$('.stage[data-phase="idle"]')).not.toBeNull();
    expect(await page.evaluate(() => localStorage.getItem("backlit-keys"))).toBe("off");
    await page.evaluate(() => localStorage.removeItem("backlit-keys"));

    await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
    await page.locator(".settings .buttons button:nth-of-type(2)").click();
    const byHand = await page.waitForSelector(".copy-by-hand");
    expect(await byHand!.evaluate((field) => (field as HTMLInputElement).value)).toBe(
      "npm run train -- --hidden none --seed 1",
    );
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("what there is no room for is refused before anything is drawn", async () => {
    const { page, complaints } = await openPage(stage, "#hidden=1000000,1000000");
    await page.waitForSelector(".stage .notice.grave");
    expect(await text(page, ".stage .notice.grave h2")).toBe("Too large for this adapter");
    expect(await text(page, ".stage .notice.grave .message")).toMatch(
      / takes [\d.]+ TB, but .* allows [\d.]+ [MG]B /,
    );
    expect(await text(page, ".status")).toBe("Too large for this adapter.");
    expect(await page.$("button.primary:disabled")).not.toBeNull();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a view that is changed to has the focus, at its top, or where it was left", async () => {
    const { page, complaints } = await openPage(stage, "#/nowhere?seed=2");
    expect(
      await page.$$eval(".link-problems li", (all) => all.map(({ textContent }) => textContent)),
    ).toEqual(["“nowhere” is not a view: there are train, inside, draw, model, doctor, and bench."]);
    await page.setViewport({ width: 390, height: 500 });
    const entered = async (title: string): Promise<number> => {
      await page.waitForFunction((id) => document.activeElement?.id === id, {}, title);
      return page.evaluate(() => Math.round(scrollY));
    };
    await page.evaluate(() => scrollTo(0, 300));
    await page.$eval('nav a[href^="#/draw"]', (link) => (link as HTMLElement).click());
    expect(await entered("draw-title")).toBe(0);
    await page.evaluate(() => scrollTo(0, 100));
    await page.goBack();
    expect(await entered("train-title")).toBe(300);
    await page.goForward();
    expect(await entered("draw-title")).toBe(100);
    await page.$eval('nav a[href^="#seed"]', (link) => (link as HTMLElement).click());
    expect(await entered("train-title")).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("files that are dropped find their places", async () => {
    const { page, complaints } = await openPage(stage);
    await page.waitForSelector(".offers");
    await page.evaluate(() => {
      const dropped = new DataTransfer();
      const usual = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"];
      for (const name of [...usual, "notes.txt"]) {
        dropped.items.add(new File(["x"], name));
      }
      document
        .querySelector(".offers")!
        .dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: dropped }));
    });
    await page.waitForSelector(".own-files .chosen");
    expect(
      await page.$$eval(".own-files .chosen", (all) => all.map(({ textContent }) => textContent)),
    ).toEqual([
      "train-images-idx3-ubyte, 1 B",
      "train-labels-idx1-ubyte, 1 B",
      "t10k-images-idx3-ubyte, 1 B",
    ]);
    expect(await text(page, ".own-files .unplaced")).toMatch(/^No place was found for notes\.txt: /);
    await saysStatus(page, /^Not these files: see the training images, training labels, test images\.$/);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe("a worker that breaks", () => {
  test("leaves what its last checkpoint held", async () => {
    const { page } = await openPage(stage, "#hidden=12&batch=1000&epochs=200&seed=5");
    await startTraining(page);
    await saysStatus(page, /^Training\. [2-9] of 200 epochs done/);
    const worker = page.workers().find((each) => each.url().includes("trainer-worker"))!;
    await worker.evaluate(() => {
      setTimeout(() => {
        throw new RangeError("Array buffer allocation failed");
      });
    });
    await page.waitForSelector('.stage[data-phase="ended"] .notice.grave');
    expect(await text(page, ".stage .notice.grave")).toMatch(
      /The training worker broke.*Array buffer allocation failed.*Model has it, and goes on from there/s,
    );
    await page.$eval('nav a[href^="#/model"]', (link) => (link as HTMLElement).click());
    expect(await text(page, ".continue > p")).toMatch(/; [2-9] of 200 epochs finished\./);
    await page.locator(".continue button").click();
    await page.waitForSelector('.stage[data-phase="running"] .figure dd');
    await page.close({ runBeforeUnload: false });
  });
});

// Last, because the browser's GPU process is not what it was afterwards.
describe("a GPU that is lost", () => {
  test("is asked for again, and the run goes on to its end", async () => {
    const { page } = await openPage(stage, "#hidden=16&batch=500&epochs=4&seed=4");
    await startTraining(page);
    await saysStatus(page, /^Training\. 1 of 4 epochs done\.$/);
    const browser = await stage.browser.target().createCDPSession();
    await browser.send("Browser.crashGpuProcess").catch(() => {});
    await page.waitForSelector(".stage .notice");
    expect(await text(page, ".stage .notice li")).toMatch(
      /^The GPU device was lost .*; asking for a new device and going on from step \d+ of \d+\.$/,
    );
    await saysStatus(page, /^Done\. Test accuracy/);
    expect(
      await page.$$eval(".behind tbody tr", (rows) => rows.map((row) => row.firstChild?.textContent)),
    ).toEqual(["1", "2", "3", "4"]);
    await page.close();
  });
});
