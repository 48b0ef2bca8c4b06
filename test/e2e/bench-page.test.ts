/** The benchmark page as a person uses it: a small measurement beside a peer, stopped once, and taken away as files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBenchResult } from "../../src/bench/read-result.ts";
import type { StepSuiteResult } from "../../src/bench/result.ts";
import { violations } from "../support/axe.ts";
import { downloadOf } from "../support/downloads.ts";
import { APP, openPage, openStage, type Stage } from "../support/page.ts";

const TINY = "hidden=8&batch=8&input=dense&peers=jax&rounds=2&seconds=0.05&loss-steps=2";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ webgpu: true });
});

afterAll(async () => {
  await stage?.close();
});

async function press(page: Page, name: string): Promise<void> {
  await page.locator(`::-p-xpath(//button[normalize-space()="${name}"])`).click();
}

async function ended(page: Page): Promise<string> {
  await page.waitForSelector('.stage[data-phase="ended"]', { timeout: 50_000 });
  return page.$eval(".status", (element) => element.textContent ?? "");
}

/** Presses a button that gives a file away. */
async function save(page: Page, button: string): Promise<{ name: string; text: string }> {
  const { name, bytes } = await downloadOf(page, () => press(page, button));
  return { name, text: new TextDecoder().decode(bytes) };
}

test("the page, and it alone, may compile wasm and start workers from blobs", async () => {
  const html = await readFile(join(APP, "bench/index.html"), "utf8");
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
  expect(policy).toContain("worker-src 'self' blob:;");
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
});

describe("the benchmark page", () => {
  test("isolates itself, measures beside a peer, and gives the report away", async () => {
    const { page, complaints } = await openPage(stage, `bench/index.html#${TINY}`);
    await page.waitForSelector("button.primary:not(:disabled)");
    await page.waitForFunction(() =>
      /swiftshader|adapter|,/i.test(document.querySelector(".adapter")!.textContent),
    );
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await page.$eval(".adapter", (element) => element.textContent)).toMatch(
      stage.software ? /software adapter, not a GPU/ : /\w/,
    );
    expect(await page.$eval(".terminal", (element) => element.textContent)).toContain("--peers jax");
    expect(stage.asked.filter((path) => path.includes("/peers/"))).toEqual([]);
    expect(await violations(page)).toEqual([]);

    await press(page, "Start measuring");
    expect(await ended(page)).toMatch(/^Done in /);
    expect(stage.asked.some((path) => path.includes("/peers/"))).toBe(true);
    const title = await page.$eval(".stage article h2", (element) => element.textContent ?? "");
    if (stage.software) expect(title).toContain("(software, not a GPU)");
    const bars = await page.$$eval(".result svg", (all) =>
      all.map((svg) => svg.getAttribute("aria-label") ?? ""),
    );
    expect(bars.at(-1)).toMatch(
      /784-8-10, batch 8, sgd, noise: Backlit WebGPU .*jax-js WebGPU .*Backlit plain loop/,
    );
    expect(await page.$eval(".quick-look h3", ({ textContent }) => textContent)).toMatch(/^A quick look/);
    await press(page, "Choose a measurement to quote");
    expect(await page.$eval(".terminal", ({ textContent }) => textContent)).not.toContain("--quick");
    expect(await violations(page)).toEqual([]);
    await page.setViewport({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.setViewport({ width: 1440, height: 900 });

    const json = await save(page, "Save the figures as JSON");
    expect(json.name).toMatch(/\.json$/);
    const result = readBenchResult(json.text, "result.json") as StepSuiteResult;
    expect(result.environment).toMatchObject({ runtime: "page", crossOriginIsolated: true });
    expect(result.rows.filter(({ contender }) => contender === "jax").length).toBe(2);
    expect(result.rows.every(({ lossAgrees }) => lossAgrees)).toBe(true);
    expect(result.command).toBe(
      "npm run -s backlit -- bench --suite step --peers jax --input dense --optimizer sgd --hidden 8 --batch 8 --quick --rounds 2 --seconds 0.05 --loss-steps 2",
    );
    expect((await save(page, "Save the report")).text).toContain("<h1>Training steps on ");

    await page.evaluate(() => (location.hash = "hidden=8&batch=8,16,32&peers=&seconds=20&loss-steps=2"));
    await press(page, "Measure again");
    await page.waitForFunction(() => /Measuring/.test(document.querySelector(".status")!.textContent));
    await press(page, "Stop");
    expect(await ended(page)).toMatch(/^Stopped after /);
    expect(complaints).toEqual([]);
    expect([...stage.outside]).toEqual([]);
    await page.close();
  }, 120_000);

  test("says of options that are not valid what is wrong, and does not start", async () => {
    const { page } = await openPage(stage, "bench/index.html");
    await page.waitForSelector("button.primary:not(:disabled)");
    await page.locator("summary").click();
    await page.type("#option-batch", ",many");
    expect(await page.$eval("#option-batch-help", (element) => element.textContent)).toBe(
      "Batch sizes must be whole numbers from 1 on, separated by commas.",
    );
    expect(await page.$("button.primary:disabled")).not.toBeNull();
    await page.close();
  });
});
