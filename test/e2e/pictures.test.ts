/**
 * Every view of the page, photographed in both themes at three widths, into test/artefacts/; those of the middle width go
 * to docs/pictures/, too. On demand, as `npm run pictures`: somebody has to look at them. Whatever is wider than its screen
 * fails here.
 */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPage, openStage, type Stage } from "../support/page.ts";
import { backlit } from "./cli-support.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const WIDTHS = { 390: 844, 1440: 900, 2560: 1440 } as const;
const SHOWN = 1440;
const THEMES = ["light", "dark"] as const;

/** Trains as the page does by default, for a minute on a software adapter, so that there is something to see. */
const RUN = "#epochs=3";

async function pressed(page: Page, selector: string, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await page.locator(selector).click();
}

/** What each view shows on its picture; the model of the run is there for all. */
const VIEWS: Record<string, (page: Page) => Promise<void>> = {
  train: async (page) => {
    await page.waitForSelector(".run-bar");
  },
  inside: async (page) => {
    await page.evaluate(() => (location.hash = "#/inside?layers=4,3,3&batch=1"));
    await page.waitForSelector(".inside .matrix");
    // To where both forms stand side by side.
    await pressed(page, ".inside button.primary", 4);
  },
  draw: async (page) => {
    await page.evaluate(() => (location.hash = "#/draw"));
    await page.waitForSelector(".draw");
    await page.locator(".draw ::-p-aria(Draw a 3)").click();
    await page.waitForSelector(".draw .answer");
  },
  model: async (page) => {
    await page.evaluate(() => (location.hash = "#/model"));
    await page.waitForSelector(".model");
  },
  doctor: async (page) => {
    await page.evaluate(() => (location.hash = "#/doctor?cases=120&seed=3"));
    await page.waitForSelector(".doctor");
    if ((await page.$(".verdict")) === null) await pressed(page, ".doctor button.primary");
    await page.waitForSelector(".verdict");
  },
};

describe.skipIf(!process.env["BACKLIT_RENEW_PICTURES"])("pictures of the page", () => {
  let stage: Stage;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    await mkdir(join(root, "test/artefacts"), { recursive: true });
    await mkdir(join(root, "docs/pictures"), { recursive: true });
    stage = await openStage({ webgpu: true });
    ({ page, complaints } = await openPage(stage, RUN));
    await pressed(page, "button.primary");
    await page.waitForSelector(".headline .big", { timeout: 400_000 });
  }, 420_000);

  afterAll(async () => {
    await stage?.close();
  });

  test.each(Object.keys(VIEWS))("of the view %s", { timeout: 120_000 }, async (name) => {
    await page.setViewport({ width: SHOWN, height: WIDTHS[SHOWN] });
    await VIEWS[name](page);
    for (const theme of THEMES) {
      await page.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: theme },
        { name: "prefers-reduced-motion", value: "reduce" },
      ]);
      for (const [width, height] of Object.entries(WIDTHS)) {
        await page.setViewport({ width: Number(width), height });
        await page.evaluate(() => scrollTo(0, 0));
        // Plots are drawn anew in the frames after a change.
        await new Promise((resolve) => setTimeout(resolve, 400));
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(Number(width));
        const file = `${join(root, "test/artefacts")}/${name}-${width}-${theme}.webp` as const;
        await page.screenshot({ path: file, type: "webp", quality: 85 });
        if (Number(width) === SHOWN) await copyFile(file, join(root, `docs/pictures/${name}-${theme}.webp`));
      }
    }
    expect(complaints).toEqual([]);
  });

  test("of a step's walk, where an entry is pointed at", async () => {
    const file = join(root, "test/artefacts/walk.html");
    await backlit(["explain", "--layers", "4,3,3", "--batch", "2", "--seed", "1", "--html", file]);
    const walk = await stage.browser.newPage();
    await walk.setViewport({ width: 1000, height: 720 });
    await walk.goto(pathToFileURL(file).href);
    const entry = await walk.waitForSelector('td[data-name="dl(1)/dW2[3,1]"]');
    await walk.evaluate(() => {
      const chapters = [...document.querySelectorAll("h3")];
      chapters.find(({ textContent }) => textContent === "Sample 1, layer 2")!.scrollIntoView();
    });
    await entry!.hover();
    for (const theme of THEMES) {
      await walk.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      await walk.screenshot({
        path: join(root, `docs/pictures/explain-${theme}.webp`),
        type: "webp",
        quality: 85,
      });
    }
    await walk.close();
  });
});
