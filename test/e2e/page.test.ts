/** The page as a person uses it: the built one, in a real Chrome, training for real. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserObstacle, CATALOGUE } from "../../src/data/catalogue.ts";
import { readModel } from "../../src/model/model-file.ts";
import { violations } from "../support/axe.ts";
import { downloadOf } from "../support/downloads.ts";
import { firstView } from "../support/first-view.ts";
import { FILE_NAMES, idxFile } from "../support/idx-files.ts";
import { APP, openPage, openStage, text, type Stage } from "../support/page.ts";

let stage: Stage;
let folder: string;
let files: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backlit-page-"));
  files = await stripes(folder);
  stage = await openStage({ webgpu: true });
});

afterAll(async () => {
  await stage?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Three classes of 8 x 8 images, told apart by where they are bright: 600 to train on, 90 to test with. */
async function stripes(into: string): Promise<string[]> {
  const labels = (rows: number) => Uint8Array.from({ length: rows }, (_, row) => (row * 7 + (row >> 3)) % 3);
  const images = (rows: number) =>
    Uint8Array.from({ length: rows * 64 }, (_, i) => {
      const row = Math.floor(i / 64);
      const bright = Math.floor(((i % 64) * 3) / 64) === labels(rows)[row];
      return (bright ? 160 : 20) + ((i * 31) % 60);
    });
  const contents = {
    [FILE_NAMES.trainImages]: idxFile([600, 8, 8], images(600)),
    [FILE_NAMES.trainLabels]: idxFile([600], labels(600)),
    [FILE_NAMES.testImages]: idxFile([90, 8, 8], images(90)),
    [FILE_NAMES.testLabels]: idxFile([90], labels(90)),
  };
  const paths: string[] = [];
  for (const [name, bytes] of Object.entries(contents)) {
    paths.push(join(into, name));
    await writeFile(paths.at(-1)!, name.includes("labels") ? bytes : gzipSync(bytes));
  }
  return paths;
}

async function chooseOwnFiles(page: Page, paths: string[]): Promise<void> {
  await page.locator("input[name=data][value=files]").click();
  await upload(page, "#file-trainImages", ...paths);
  await page.waitForFunction(
    (count) => document.querySelectorAll(".chosen").length === count,
    {},
    paths.length,
  );
}

async function upload(page: Page, selector: string, ...paths: string[]): Promise<void> {
  const input = await page.waitForSelector(selector);
  await (input as unknown as { uploadFile(...files: string[]): Promise<void> }).uploadFile(...paths);
}

async function startTraining(page: Page): Promise<void> {
  await page.waitForSelector("button.primary:not(:disabled)");
  await page.locator("button.primary").click();
}

async function ended(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.stage[data-phase="ended"]') !== null, {
    timeout: 50_000,
  });
}

function texts(page: Page, selector: string): Promise<string[]> {
  return page.$$eval(selector, (elements) => elements.map((element) => (element.textContent ?? "").trim()));
}

function hashOf(page: Page): Promise<string> {
  return page.evaluate(() => location.hash);
}

describe("the built page", () => {
  test("weighs at most 200 KB at first sight", async () => {
    const paths = await firstView();
    expect(paths.filter((path) => /app-.*\.js$|trainer-worker/.test(path))).toHaveLength(2);
    expect(paths.join()).not.toMatch(/inside|katex/i);
    const sizes = await Promise.all(
      paths.map(async (path) => gzipSync(await readFile(join(APP, path))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(200_000);
  });

  test("allows no inline code, and every mirror that a page may read", async () => {
    const html = await readFile(join(APP, "index.html"), "utf8");
    const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)|blob:/);
    const readable = Object.values(CATALOGUE)
      .flatMap(({ mirrors }) => mirrors)
      .filter((mirror) => browserObstacle(mirror) === undefined);
    expect(readable.length).toBeGreaterThan(0);
    for (const { url } of readable) expect(policy).toContain(new URL(url).origin);
  });

  test("says what it is without JavaScript", async () => {
    const page = await stage.browser.newPage();
    await page.setJavaScriptEnabled(false);
    await page.goto(stage.url);
    expect(await text(page, "h1")).toBe("Backlit");
    expect(await text(page, "main")).toMatch(/trains a dense network .*needs JavaScript/s);
    await page.close();
  });
});

describe("with WebGPU", () => {
  test("trains on synthetic digits in a worker, reports, and gives the model away", async () => {
    const { page, complaints } = await openPage(stage, "#hidden=16&batch=500&epochs=2&seed=3");
    await page.waitForSelector(".light-box canvas");
    expect(await violations(page)).toEqual([]);
    expect(page.workers()).toHaveLength(1);
    await startTraining(page);
    await ended(page);
    expect(await text(page, ".adapter")).toMatch(stage.software ? /software adapter, not a GPU$/ : /\w/);
    expect(await text(page, ".measured")).toContain(await text(page, ".adapter"));

    const losses = (await texts(page, ".behind tbody td:nth-child(3)")).map(Number);
    expect(losses).toHaveLength(2);
    expect(losses[1]).toBeLessThan(losses[0]);
    const accuracy = Number.parseFloat(await text(page, ".headline .big"));
    expect(accuracy).toBeGreaterThan(60);
    expect(await text(page, ".status")).toBe(`Done. Test accuracy ${accuracy.toFixed(2)} %.`);
    const counts = (await texts(page, ".confusion tbody td")).map((count) => Number(count.replace(",", "")));
    expect(counts).toHaveLength(100);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    const right = counts.filter((_, index) => index % 11 === 0).reduce((sum, count) => sum + count, 0);
    expect(right / 100).toBeCloseTo(accuracy, 5);
    expect(await texts(page, ".mistakes canvas")).toHaveLength(24);
    expect(await violations(page)).toEqual([]);

    const saved = await downloadOf(page, () => page.locator(".headline button").click());
    expect(saved.name).toBe("model.safetensors");
    const model = readModel(saved.bytes);
    expect(model.network.layers.map(({ units }) => units)).toEqual([16, 10]);
    expect(model.dataset.name).toBe("synthetic");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("pauses and goes on with the space bar, stops, and reports on what was learned", async () => {
    const { page, complaints } = await openPage(stage, "#hidden=8&epochs=100000&schedule=constant");
    await chooseOwnFiles(page, files);
    await startTraining(page);
    await page.waitForSelector(".behind tbody tr:nth-child(2)");
    // Focus away from the buttons, whose own key the space bar is.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press("Space");
    await page.waitForFunction(() =>
      /^Paused after \d+ steps\.$/.test(document.querySelector(".status")?.textContent ?? ""),
    );
    // What was under way when the pause was asked for still arrives.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const rows = (): Promise<number> => page.$$eval(".behind tbody tr", ({ length }) => length);
    const paused = await rows();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await rows()).toBe(paused);
    await page.keyboard.press("Space");
    await page.waitForFunction(
      (count) => document.querySelectorAll(".behind tbody tr").length > count,
      {},
      paused,
    );
    await page.locator(".run-bar .stop").click();
    await ended(page);
    expect(await text(page, ".status")).toMatch(/^Stopped after [\d,]+ of 500,000 steps\. Test accuracy \d/);
    expect(await texts(page, ".confusion tbody tr")).toHaveLength(3);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("can be stopped while it still prepares, and started again", async () => {
    const { page, complaints } = await openPage(stage, "#hidden=8&epochs=2");
    await startTraining(page);
    await page.waitForSelector('.stage[data-phase="preparing"]');
    await page.locator(".run-bar .stop").click();
    await page.waitForSelector('.stage[data-phase="idle"]');
    expect(await text(page, ".status")).toBe("Ready.");
    await chooseOwnFiles(page, files);
    await startTraining(page);
    await ended(page);
    expect(await text(page, ".status")).toMatch(/^Done\. Test accuracy/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("says that a run diverged, and keeps its last good model", async () => {
    const { page } = await openPage(stage, "#hidden=8&lr=1e30&optimizer=sgd&epochs=50");
    await chooseOwnFiles(page, files);
    await startTraining(page);
    await ended(page);
    expect(await text(page, ".grave h2")).toBe("Training diverged");
    const message = await text(page, ".grave .message");
    expect(message).toMatch(/(is|are) not finite.*; the state .* is kept/);
    // Before the first step nothing was learned: such a model is not offered.
    const learned = !/the state before/.test(message);
    expect(await page.$$eval(".grave button", (buttons) => buttons.length)).toBe(learned ? 1 : 0);
    expect(await text(page, ".grave")).toMatch(
      learned ? /Save model\.safetensors/ : /Nothing had been learned/,
    );
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  test("says that there is no GPU memory, or no room to keep a run, and goes on where it can", async () => {
    const { page } = await openPage(stage, "#hidden=8&epochs=2");
    await chooseOwnFiles(page, files);
    const [worker] = page.workers();
    // What a device does that has no memory left: it reports that to the scope around the allocation.
    await worker.evaluate(() => {
      const whole = { ...Object.getOwnPropertyDescriptors(GPUDevice.prototype) };
      const filters: GPUErrorFilter[] = [];
      GPUDevice.prototype.pushErrorScope = function (filter) {
        filters.push(filter);
        return whole.pushErrorScope.value!.call(this, filter);
      };
      GPUDevice.prototype.popErrorScope = async function () {
        const error = await whole.popErrorScope.value!.call(this);
        return filters.pop() === "out-of-memory"
          ? new GPUOutOfMemoryError("no memory for the weights")
          : error;
      };
      addEventListener("memory", () => Object.defineProperties(GPUDevice.prototype, whole));
    });
    await startTraining(page);
    await ended(page);
    expect(await text(page, ".grave h2")).toBe("Out of GPU memory");
    expect(await text(page, ".grave .message")).toContain("no memory for the weights");
    expect(await text(page, ".grave p:not(.message)")).toMatch(/^Choose smaller hidden layers/);

    await worker.evaluate(() => dispatchEvent(new Event("memory")));
    await page.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
      };
    });
    // A press within a moment of a run's end does not begin another.
    await new Promise((resolve) => setTimeout(resolve, 700));
    await startTraining(page);
    await page.waitForSelector(".runs .notice");
    expect(await text(page, ".runs .notice")).toMatch(
      /^The newest run .* browser’s storage is full\. Delete runs/,
    );
    expect(await text(page, ".status")).toMatch(/^Done\. /);
    expect(await page.$(".grave")).toBeNull();
    await page.close();
  });

  test("looks at own files when they are chosen, and names the one that is not what it should be", async () => {
    const bad = join(folder, "t10k-labels-damaged");
    await writeFile(bad, (await readFile(files[3])).subarray(0, 50));
    const { page, complaints } = await openPage(stage);
    await chooseOwnFiles(page, [...files.slice(0, 3), bad]);
    await page.waitForSelector(".picker .wrong:not(:empty)");
    expect(await texts(page, ".picker .wrong:not(:empty)")).toEqual([
      expect.stringMatching(/^t10k-labels-damaged: the header promises \[90\]/),
    ]);
    expect(await text(page, ".status")).toBe("Not these files: see the test labels.");
    expect(await text(page, ".plan")).toMatch(/^pixels → .* → classes$/);
    await upload(page, "#file-testLabels", files[3]);
    await page.waitForFunction(() => document.querySelector(".status")?.textContent === "Ready.");
    expect(await text(page, ".plan")).toBe("64 → 512 → 3");
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".facts dt")].some(({ textContent }) => textContent === "Device memory"),
    );
    expect(await page.$(".overture .light-box canvas")).not.toBeNull();
    expect(await hashOf(page)).toBe("#data=files&seed=1");
    await page.reload();
    expect(await text(page, ".status")).toBe("Choose the four IDX files first.");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("says which mirrors a download failed on", async () => {
    expect([...stage.outside]).toEqual([]);
    const { page } = await openPage(stage, "#data=mnist");
    await startTraining(page);
    await ended(page);
    expect(await text(page, ".grave h2")).toBe("The download failed");
    const mirrors = CATALOGUE["mnist"].mirrors.map(({ url }) => new URL(url).host);
    for (const host of mirrors) expect(await text(page, ".grave .message")).toContain(host);
    const links = await page.$$eval(".by-hand a", (all) => all.map(({ href }) => href));
    expect(links).toHaveLength(4 * mirrors.length);
    expect(links).toContain(`${CATALOGUE["mnist"].mirrors[0].url}train-images-idx3-ubyte.gz`);
    await page.locator(".grave button").click();
    await page.waitForSelector(".own-files");
    await page.close();
    const asked = CATALOGUE["mnist"].mirrors.filter((mirror) => browserObstacle(mirror) === undefined);
    expect([...stage.outside]).toEqual(asked.map(({ url }) => new URL(url).hostname));
  });

  test("has its options in the link; what is wrong there is named and ignored", async () => {
    const link = "#data=fashion-mnist&hidden=32,16&activation=tanh&seed=7&dropout=2&colour=red&lr=fast";
    const { page, complaints } = await openPage(stage, link);
    expect(await texts(page, ".settings .notice li")).toEqual([
      "Dropout must be below 1, not 2.",
      "“colour” is not an option.",
      'Learning rate must be a number, not "fast".',
    ]);
    const shown = () =>
      page.evaluate(() =>
        ["hidden", "activation", "seed", "dropout", "lr"].map(
          (flag) => document.querySelector<HTMLInputElement>(`#option-${flag}`)!.value,
        ),
      );
    expect(await shown()).toEqual(["32,16", "tanh", "7", "0.25", "0.003"]);
    expect(await hashOf(page)).toBe("#data=fashion-mnist&hidden=32,16&activation=tanh&seed=7");

    await page.locator("#option-hidden").fill("64, 0");
    expect(await text(page, "#option-hidden-help")).toBe("The units of each layer must be at least 1, not 0");
    expect(await text(page, ".status")).toBe("One option is not valid.");
    await page.locator("#option-hidden").fill("none");
    expect(await hashOf(page)).toBe("#data=fashion-mnist&hidden=none&activation=tanh&seed=7");
    expect(await text(page, "#option-activation-idle")).toBe("Not used by a network without hidden layers.");
    // The mark of a change is no part of its name.
    const field = (await page.accessibility.snapshot({ root: (await page.$("#option-hidden"))! }))!;
    expect([field.name, field.description]).toEqual([
      "Hidden layers",
      expect.stringContaining("Changed from"),
    ]);
    await page.reload();
    await page.waitForSelector("#option-hidden");
    expect(await shown()).toEqual(["none", "tanh", "7", "0.25", "0.003"]);
    expect(await page.$eval("input[value=fashion-mnist]", (radio) => radio.checked)).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("takes options behind a question mark, too, and moves them into the link", async () => {
    const { page, complaints } = await openPage(stage, "?hidden=64&seed=5&colour=red");
    expect(await page.evaluate(() => location.search + location.hash)).toBe("#hidden=64&seed=5");
    expect(await page.$eval("#option-hidden", (input) => (input as HTMLInputElement).value)).toBe("64");
    expect(await texts(page, ".settings .notice li")).toEqual(["“colour” is not an option."]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("fits a phone, and turns dark when asked", async () => {
    const { page } = await openPage(stage);
    await page.setViewport({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    // Settings are folded, so that what happens is in sight.
    await page.waitForFunction(() => document.querySelector(".light-box")!.getBoundingClientRect().top < 300);
    await page.locator(".fold > summary").click();
    await page.locator("#option-epochs").fill("3");
    expect(await text(page, ".fold > summary")).toBe("Settings Synthetic digits, 3 epochs, seed 1");
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await paper();
    const theme = ".tools button";
    // The adapter's name moves the button when it arrives: locators wait until what they click has come to rest.
    await page.locator(theme).click();
    expect(await text(page, theme)).toBe("Colours: Light");
    expect(await paper()).toBe(light);
    await page.locator(theme).click();
    expect(await text(page, theme)).toBe("Colours: Dark");
    expect(await paper()).not.toBe(light);
    await page.reload();
    await page.waitForSelector(".run-bar");
    expect(await paper()).not.toBe(light);
    await page.close();
  });
});

describe("without WebGPU", () => {
  test("says so, offers the CPU engine, and trains on it once it is chosen", async () => {
    const bare = await openStage({ webgpu: false });
    try {
      const { page, complaints } = await openPage(bare, "#hidden=8&epochs=20");
      await chooseOwnFiles(page, files);
      await page.waitForSelector(".stage .notice");
      expect(await text(page, ".adapter")).toBe("No WebGPU adapter");
      expect(await text(page, ".stage .notice h2")).toBe("This browser gives no GPU to this page");
      expect(await page.$("button.primary:disabled")).not.toBeNull();
      expect(await violations(page)).toEqual([]);
      await page.locator(".stage .notice button").click();
      expect(await hashOf(page)).toContain("engine=cpu");
      await startTraining(page);
      await ended(page);
      expect(await text(page, ".measured")).toBe("Measured on plain loops on the CPU, float32");
      expect(Number.parseFloat(await text(page, ".headline .big"))).toBeGreaterThan(90);
      expect(complaints).toEqual([]);
      expect([...bare.outside]).toEqual([]);
    } finally {
      await bare.close();
    }
  });
});
