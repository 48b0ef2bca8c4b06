/** A model's ways in and out of the page, and what a person can do with it there: all with one small model, trained here. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unpackRun } from "../../src/app/model/run-archive.ts";
import type { RunOptions } from "../../src/core/run-options.ts";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { DATA_FILE_ROLES, datasetFromFiles, type DataFiles } from "../../src/data/dataset-files.ts";
import { syntheticDataset } from "../../src/data/synthetic/dataset.ts";
import { readCheckpoint } from "../../src/model/checkpoint.ts";
import { readModel, writeModel } from "../../src/model/model-file.ts";
import type { EvaluationEvent, FileEvent, TrainJob } from "../../src/worker/job.ts";
import { runTrainJob } from "../../src/worker/train-job.ts";
import { violations } from "../support/axe.ts";
import { downloadOf, type Download } from "../support/downloads.ts";
import { FILE_NAMES, idxFile } from "../support/idx-files.ts";
import { openPage, openStage, text, type Stage } from "../support/page.ts";
import { storedRuns } from "../support/stored-runs.ts";

/** One epoch of 200 steps. On the CPU its numbers are the same here and in a browser. */
const ROWS = { train: 12_800, test: 1000 };
const OPTIONS: RunOptions = {
  hidden: [64],
  dropout: 0,
  validation: 0,
  epochs: 1,
  batchSize: 64,
  schedule: "constant",
  engine: "cpu",
};
const STOPPED_AT = 170;

let stage: Stage;
let folder: string;
/** What the run was trained on: the page knows it only as four files. */
let dataFiles: string[];
let stopped: Run;
/** The same run, gone on with to its end without the page. */
let finished: Run;
/** Its model as one of synthetic digits, which are prepared as MNIST's were, and how well it reads their test images. */
let digits: { path: string; accuracy: string };

interface Run {
  model: string;
  checkpoint: string;
  accuracy: string;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backlit-model-"));
  dataFiles = await writeDataFiles();
  const named = Object.fromEntries(
    await Promise.all(DATA_FILE_ROLES.map(async (role, i) => [role, await read(dataFiles[i])] as const)),
  ) as DataFiles;
  const dataset = await datasetFromFiles(named, { name: "own files" });
  const job = (more: Partial<TrainJob>): TrainJob => ({
    kind: "train",
    engine: "cpu",
    adapter: "auto",
    options: OPTIONS,
    data: { kind: "given", dataset },
    ...more,
  });
  stopped = await trained("stopped", job({ options: { ...OPTIONS, maxSteps: STOPPED_AT } }));
  finished = await trained("finished", job({ checkpoint: await read(stopped.checkpoint) }));
  digits = await asDigits(await read(finished.model));
  stage = await openStage({ webgpu: true });
}, 60_000);

afterAll(async () => {
  await stage?.close();
  await rm(folder, { recursive: true, force: true });
});

async function writeDataFiles(): Promise<string[]> {
  const { train, test: tests, height, width } = syntheticDataset(ROWS);
  const contents = [
    idxFile([ROWS.train, height, width], train.images),
    idxFile([ROWS.train], train.labels),
    idxFile([ROWS.test, height, width], tests.images),
    idxFile([ROWS.test], tests.labels),
  ];
  return Promise.all(
    DATA_FILE_ROLES.map(async (role, i) => {
      const path = join(folder, FILE_NAMES[role]);
      await writeFile(path, contents[i]);
      return path;
    }),
  );
}

async function asDigits(bytes: Uint8Array): Promise<{ path: string; accuracy: string }> {
  const { network, parameters } = readModel(bytes);
  const dataset = syntheticDataset({ train: 1 });
  const engine = await createCpuEngine({ network, dataset });
  await engine.setParameters(parameters);
  const { accuracy } = await engine.evaluate("test");
  const path = join(folder, "digits.safetensors");
  await writeFile(path, writeModel({ network, parameters, dataset, metrics: { steps: 200 } }));
  return { path, accuracy: percent(accuracy) };
}

function percent(accuracy: number): string {
  return `${(100 * accuracy).toFixed(2)} %`;
}

async function trained(name: string, job: TrainJob): Promise<Run> {
  const files: Partial<Record<FileEvent["name"], string>> = {};
  let evaluation: EvaluationEvent | undefined;
  const host = { gpu: undefined, signal: new AbortController().signal };
  for await (const event of runTrainJob(job, host)) {
    if (event.type === "evaluation") evaluation = event;
    if (event.type !== "file") continue;
    files[event.name] = join(folder, `${name}.${event.name}`);
    await writeFile(files[event.name]!, event.bytes);
  }
  return {
    model: files["model.safetensors"]!,
    checkpoint: files["checkpoint.safetensors"]!,
    accuracy: percent(evaluation!.report.accuracy),
  };
}

async function choose(page: Page, path: string): Promise<void> {
  const input = (await page.waitForSelector("#pick-model")) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(path);
}

/** In the training view: all four at once. */
async function chooseDataFiles(page: Page): Promise<void> {
  await page.locator("input[name=data][value=files]").click();
  const input = (await page.waitForSelector("#file-trainImages")) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(...dataFiles);
}

/** As a person drags a file in from elsewhere. */
async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await page.evaluate(
    (file, values) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(values)], file));
      const send = (type: string) =>
        document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
      send("dragenter");
      send("dragover");
      send("drop");
    },
    name,
    [...bytes],
  );
}

async function show(page: Page, view: "draw" | "model"): Promise<void> {
  await page.locator(`.masthead a[href^="#/${view}"]`).click();
  await page.waitForSelector(`#${view}-title`);
}

/** Those that were taken here: what a checkpoint holds is not taken again. A run is stored a moment after its end. */
async function stepsOfLastRun(page: Page): Promise<number[] | undefined> {
  const [last] = await storedRuns(page);
  return last?.curves.train.steps;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** @returns the accuracy as the page shows it */
async function evaluate(page: Page): Promise<string> {
  await page.locator(".evaluate button").click();
  await page.waitForSelector(".evaluated");
  return text(page, ".evaluated .big");
}

/** Presses a button that gives a file away. */
function save(page: Page, label: string): Promise<Download> {
  return downloadOf(page, () => page.locator(`.model-actions ::-p-text(${label})`).click());
}

/** A page that reads and trains on the CPU, so that its numbers are those of Node. */
async function openModelPage() {
  const opened = await openPage(stage, "#engine=cpu", "#stage");
  await show(opened.page, "model");
  return opened;
}

describe("the model", () => {
  test("comes from a file, reads as well as before, is kept, saved, and reads the same in a fresh page", async () => {
    const { page, complaints } = await openModelPage();
    expect(await text(page, "#stage .lede")).toMatch(/^There is none yet\./);
    expect(await violations(page)).toEqual([]);
    await choose(page, digits.path);
    await page.waitForSelector(".layers");
    expect(
      await page.$$eval(".layer .units", (sizes) => sizes.map(({ textContent }) => textContent)),
    ).toEqual(["784", "64", "10"]);
    expect(await text(page, "#stage .lede")).toBe(
      "50,890 parameters that read 10 classes, trained on synthetic digits; from digits.safetensors.",
    );
    expect(await text(page, ".facts")).toContain("SHA-256 of the dataset");
    await page.waitForSelector("tbody tr:nth-child(4) .tensor-histogram");
    const [, , , least] = await page.$$eval("tbody tr:first-child > *", (cells) =>
      cells.map(({ textContent }) => Number(textContent?.replace("−", "-"))),
    );
    const weights = readModel(await read(digits.path)).parameters["layers.0.weight"];
    expect(least).toBeCloseTo(Math.min(...weights), 2);
    expect(await evaluate(page)).toBe(digits.accuracy);
    expect(await text(page, ".measured-on")).toBe("Measured on plain loops on the CPU, float32");
    expect(await violations(page)).toEqual([]);
    const saved = await save(page, "Save model");
    expect(saved.name).toBe("synthetic-784-64-10.safetensors");
    expect(saved.bytes).toEqual(await read(digits.path));
    await expect
      .poll(() =>
        page.evaluate(async () => (await caches.open("backlit-model-1")).keys().then((keys) => keys.length)),
      )
      .toBe(2);
    await page.close();

    const next = await openModelPage();
    await next.page.waitForSelector(".layers");
    expect(await text(next.page, "#stage .lede")).toMatch(/kept since an earlier visit\.$/);
    // Back by the key alone: the button has the focus.
    await next.page.locator(".model-actions ::-p-text(Forget it)").click();
    await next.page.waitForFunction(() => document.activeElement?.textContent === "Take it back");
    expect(await violations(next.page)).toEqual([]);
    await next.page.keyboard.press("Enter");
    await next.page.waitForSelector(".layers");
    expect(await next.page.evaluate(() => document.activeElement?.id)).toBe("stage");
    await next.page.locator(".model-actions ::-p-text(Forget it)").click();
    await next.page.waitForFunction(() => document.querySelector(".layers") === null);
    const path = join(folder, saved.name);
    await writeFile(path, saved.bytes);
    await choose(next.page, path);
    await next.page.waitForSelector(".layers");
    expect(await evaluate(next.page)).toBe(digits.accuracy);
    expect([...complaints, ...next.complaints]).toEqual([]);

    // What cannot be downloaded can be fetched by hand, and is chosen where own files are.
    await next.page.select("#evaluate-data", "mnist");
    await next.page.locator(".evaluate button").click();
    await next.page.waitForSelector(".by-hand a");
    stage.outside.clear();
    await next.page.locator(".notice ::-p-text(Choose the four files)").click();
    await next.page.waitForSelector(".own-files");
    expect(await next.page.evaluate(() => location.hash)).toBe("#data=files&seed=1&engine=cpu");
    await next.page.close();
  });

  test("stays when a file is broken, which is said in words", async () => {
    const { page, complaints } = await openPage(stage, "#/draw", "#draw-title");
    await page.waitForSelector(".model-line");
    const whole = await read(digits.path);
    await drop(page, "cut.safetensors", whole.subarray(0, 5000));
    await page.waitForSelector(".refusal");
    expect(await text(page, ".refusal h2")).toBe("cut.safetensors: not a whole safetensors file");
    expect(await text(page, ".refusal .message")).toMatch(/ends at byte \d+ of the data, but there are only/);
    expect(await text(page, ".refusal p:last-of-type")).toBe(
      "The file was cut off. The model held before is still there.",
    );
    expect(await text(page, ".model-line")).toContain("784 → 64 → 10");
    expect(await violations(page)).toEqual([]);
    await drop(page, "holiday.zip", new Uint8Array([0x50, 0x4b, 3, 4, 1, 2, 3]));
    await page.waitForFunction(() =>
      /holiday/.test(document.querySelector(".refusal h2")?.textContent ?? ""),
    );
    expect(await text(page, ".refusal h2")).toBe("holiday.zip: not an archive of a run");
    await drop(page, "holiday", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16));
    await page.waitForFunction(() =>
      /decode/.test(document.querySelector(".refusal .message")?.textContent ?? ""),
    );
    expect(await text(page, ".refusal h2")).toBe("holiday: could not be read as a picture");
    await page.locator(".refusal button").click();
    expect(await page.$(".refusal")).toBeNull();

    await page.evaluate(() => {
      const full = new DOMException("The quota has been exceeded.", "QuotaExceededError");
      CacheStorage.prototype.open = () => Promise.reject(full);
    });
    await drop(page, "whole.safetensors", whole);
    await page.waitForFunction(() => document.querySelector(".model-line")?.textContent?.includes("whole"));
    await show(page, "model");
    await page.waitForSelector(".view-head .notice");
    expect(await text(page, ".view-head .notice")).toMatch(
      /does not keep the model .* storage for this page is full/,
    );
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("goes on from a checkpoint exactly, and is saved with its run", async () => {
    const { page, complaints } = await openModelPage();
    await drop(page, "checkpoint.safetensors", await read(stopped.checkpoint));
    await page.waitForSelector(".continue a");
    expect(await text(page, ".continue p")).toMatch(/^After 170 steps; 0 of 1 epoch finished\. .* files/);
    await page.locator(".continue a").click();
    await chooseDataFiles(page);
    await show(page, "model");
    await page.waitForSelector(".continue button");
    expect(await text(page, ".continue p")).toBe(
      "After 170 steps; 0 of 1 epoch finished. It goes on exactly, on the CPU engine.",
    );
    await page.locator(".continue button").click();
    await page.waitForSelector('.stage[data-phase="ended"]', { timeout: 30_000 });
    expect(await text(page, ".status")).toBe(`Done. Test accuracy ${finished.accuracy}.`);
    await expect.poll(() => stepsOfLastRun(page)).toEqual(range(STOPPED_AT + 1, 200));
    await show(page, "model");
    const { name, bytes } = await save(page, "Save run as ZIP");
    expect(name).toBe("own-files-784-64-10.zip");
    const run = unpackRun(bytes);
    const expected = readModel(await read(finished.model));
    expect(readModel(run["model.safetensors"]!).parameters).toEqual(expected.parameters);
    const end = readCheckpoint(run["checkpoint.safetensors"]!).state;
    const expectedEnd = readCheckpoint(await read(finished.checkpoint)).state;
    expect(end).toEqual(expectedEnd);
    const decoded = (file: Uint8Array | undefined) => new TextDecoder().decode(file);
    expect(JSON.parse(decoded(run["config.json"]))).toMatchObject({
      seed: 1,
      runtime: "page",
      engine: "cpu",
    });
    const events = decoded(run["events.jsonl"])
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(events[0]).toBe("start");
    expect(events.at(-1)).toBe("done");
    expect(decoded(run["report.html"])).toContain(finished.accuracy);

    await page.locator(".model-actions ::-p-text(Forget it)").click();
    const path = join(folder, name);
    await writeFile(path, bytes);
    await choose(page, path);
    await page.waitForSelector("#more-epochs");
    expect(await text(page, ".continue p")).toBe(
      "After 200 steps; 1 of 1 epoch finished. The schedule is constant, so that the run can be prolonged.",
    );
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("goes on from a checkpoint of the GPU engine with the same bits", async () => {
    const options = "#hidden=8&batch=1600&epochs=2&validation=0";
    const { page, complaints } = await openPage(stage, `${options}&max-steps=5`);
    await chooseDataFiles(page);
    await page.locator("button.primary:not(:disabled)").click();
    await page.waitForSelector('.stage[data-phase="ended"]', { timeout: 30_000 });
    expect(await text(page, ".status")).toMatch(/^Ended after 5 steps/);
    await show(page, "model");
    await page.waitForSelector(".continue button");
    expect(await text(page, ".continue p")).toBe(
      "After 5 steps; 0 of 2 epochs finished. It goes on exactly: with the same numbers as if it had never stopped.",
    );
    await page.locator(".continue button").click();
    await page.waitForSelector('.stage[data-phase="ended"]', { timeout: 30_000 });
    expect(await text(page, ".status")).toMatch(/^Done\. /);
    await expect.poll(() => stepsOfLastRun(page)).toEqual(range(6, 16));
    const state = async () => {
      await show(page, "model");
      return readCheckpoint((await save(page, "Save checkpoint")).bytes);
    };
    const resumed = await state();
    expect(resumed.config.engine).toBe("gpu");
    expect(resumed.state.step).toBe(16);

    await page.evaluate((hash) => (location.hash = hash), options);
    await page.locator("input[name=data][value=files]").click();
    // A press within a moment of a run's end does not begin another.
    await new Promise((resolve) => setTimeout(resolve, 700));
    await page.locator("button.primary:not(:disabled)").click();
    await page.waitForSelector('.stage:not([data-phase="ended"])');
    await page.waitForSelector('.stage[data-phase="ended"]', { timeout: 30_000 });
    expect((await state()).state).toEqual(resumed.state);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe("drawing", () => {
  test("is read while it is drawn: by mouse, finger or keyboard, or from a recording", async () => {
    const { page, complaints } = await openPage(stage, "#/draw", "#draw-title");
    await drop(page, "digits.safetensors", await read(digits.path));
    await page.waitForFunction(() => /digits/.test(document.querySelector(".model-line")?.textContent ?? ""));
    const reads = (what: string): Promise<unknown> =>
      page.waitForFunction((name) => document.querySelector(".read b")?.textContent === name, {}, what);

    // A three, drawn by hand.
    const box = (await (await page.$(".paper canvas"))!.boundingBox())!;
    const three = [
      [30, 25],
      [48, 17],
      [64, 25],
      [60, 40],
      [46, 48],
      [62, 54],
      [68, 68],
      [56, 81],
      [40, 82],
      [28, 74],
    ];
    const at = ([x, y]: number[]): [number, number] => [
      box.x + (box.width * x) / 100,
      box.y + (box.height * y) / 100,
    ];
    await page.mouse.move(...at(three[0]));
    await page.mouse.down();
    for (const point of three.slice(1)) await page.mouse.move(...at(point), { steps: 4 });
    await reads("3");
    await page.mouse.up();
    await page.waitForFunction(() =>
      document.querySelector(".answer [role=status]")?.textContent?.startsWith("Read as 3, "),
    );
    const chances = await page.$$eval(".chance", (cells) =>
      cells.map(({ textContent }) => Number.parseFloat(textContent)),
    );
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(100, 0);
    expect(chances.indexOf(Math.max(...chances))).toBe(3);
    expect(
      await page.$eval(".chances button[aria-pressed=true] .name", ({ textContent }) => textContent),
    ).toBe("3");
    await page.locator(".chances li:nth-child(9) button").click();
    await page.waitForFunction(() =>
      document.querySelector(".sight figure:last-child b")?.textContent?.startsWith("Why 8"),
    );
    expect(await violations(page)).toEqual([]);

    await page.locator(".paper-tools ::-p-text(Clear)").click();
    await reads("–");
    await page.locator(".paper-tools ::-p-text(Undo)").click();
    await reads("3");

    for (let digit = 0; digit < 10; digit++) {
      await page.locator(`button[aria-label="Draw a ${digit}"]`).click();
      await reads(String(digit));
    }

    // A picture of what is on the paper, dark on light as ink is, is read alike.
    await page.locator('button[aria-label="Draw a 4"]').click();
    await reads("4");
    const four = await page.$eval(".paper canvas", async (paper: HTMLCanvasElement) => {
      const photograph = new OffscreenCanvas(400, 300);
      const context = photograph.getContext("2d")!;
      context.filter = "invert(1)";
      context.fillStyle = "black";
      context.fillRect(0, 0, 400, 300);
      context.drawImage(paper, 220, 40, 150, 150);
      return [...new Uint8Array(await (await photograph.convertToBlob()).arrayBuffer())];
    });
    await page.locator(".paper-tools ::-p-text(Clear)").click();
    await reads("–");
    await drop(page, "four.png", Uint8Array.from(four));
    await reads("4");
    await page.waitForSelector('.paper canvas[aria-label="Paper, a picture"]');
    expect(await page.evaluate(() => location.hash)).not.toContain("strokes=");

    // A seven, with a finger.
    await page.locator(".paper-tools ::-p-text(Clear)").click();
    const seven = [
      [28, 22],
      [50, 21],
      [71, 20],
      [58, 48],
      [46, 84],
    ];
    await page.touchscreen.touchStart(...at(seven[0]));
    for (const point of seven.slice(1)) await page.touchscreen.touchMove(...at(point));
    await page.touchscreen.touchEnd();
    await reads("7");

    // A one, by keyboard: up, pen down, down the paper, pen up.
    await page.locator(".paper-tools ::-p-text(Clear)").click();
    await page.focus(".paper canvas");
    await page.keyboard.down("Shift");
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowUp");
    await page.keyboard.up("Shift");
    await page.keyboard.press("Space");
    await page.keyboard.down("Shift");
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.up("Shift");
    await page.keyboard.press("Space");
    await reads("1");

    // Loaded again, the page has the model and the drawing from its address; without the strokes there is none.
    await page.reload();
    await reads("1");
    const address = await page.evaluate(() => location.hash);
    expect(address).toMatch(/^#\/draw\?model=synthetic-784-[\d-]+-[0-9a-f]{8}&strokes=[\w-]+$/);
    await page.evaluate(() => (location.hash = "#/draw"));
    await reads("–");
    await page.goBack();
    await reads("1");
    await page.focus(".paper canvas");
    await page.keyboard.press("Delete");
    await reads("–");
    expect(complaints).toEqual([]);
    await page.setViewport({ width: 320, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await show(page, "model");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.close();
    expect([...stage.outside]).toEqual([]);
  });
});

async function read(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(path));
}
