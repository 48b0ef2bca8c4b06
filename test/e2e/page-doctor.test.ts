/** The doctor's view in a real Chrome, and the whole page without a network. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "../support/axe.ts";
import { openPage, openStage, type Stage } from "../support/page.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ webgpu: true });
});

afterAll(async () => {
  await stage?.close();
});

test("checks random cases, shows each, and gives the paragraph for an issue", async () => {
  const { page, complaints } = await openPage(stage, "#/doctor?cases=12&seed=7", ".doctor");
  expect(await page.$eval("#doctor-cases", (input) => (input as HTMLInputElement).value)).toBe("12");
  await page.locator(".doctor button.primary").click();
  await page.waitForSelector(".verdict");
  expect(await page.$eval("#verdict-title", (title) => title.textContent)).toBe("All 12 cases are right.");
  expect(await page.$$eval(".kernels .mark", (marks) => marks.length)).toBe(12);
  const paragraph = await page.$eval(".paragraph", (element) => element.textContent ?? "");
  expect(paragraph).toMatch(/^backlit check \d+\.\d+\.\d+: .*Chrome\/\d+/);
  expect(paragraph).toContain("All 12 random cases (seed 7) agree with the float64 reference");
  expect(await page.$eval(".verdict code", (element) => element.textContent)).toBe(
    "npm run -s backlit -- check --cases 12 --seed 7",
  );
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    expect(await violations(page)).toEqual([]);
  }
  await page.setViewport({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(complaints).toEqual([]);
  await page.close();
});

test("stops when asked, and reports what ran", async () => {
  const { page, complaints } = await openPage(stage, "#/doctor?cases=5000&seed=3", ".doctor");
  await page.locator(".doctor button.primary").click();
  await page.waitForSelector(".kernels");
  await page.locator(".doctor .run-bar button").click();
  await page.waitForSelector(".verdict");
  const title = await page.$eval("#verdict-title", (element) => element.textContent ?? "");
  const ran = Number(/^The ([\d,]+) cases that ran are right\.$/.exec(title)?.[1].replaceAll(",", ""));
  expect(ran).toBeGreaterThan(0);
  expect(ran).toBeLessThan(5000);
  const status = await page.$eval(".doctor .status", (element) => element.textContent);
  expect(status).toBe(`Stopped after ${ran.toLocaleString("en-US")} of 5,000 cases.`);
  expect(await page.$eval(".paragraph", (element) => element.textContent)).toContain("Interrupted after");
  expect(await page.$eval(".verdict code", (element) => element.textContent)).toBe(
    "npm run -s backlit -- check --cases 5000 --seed 3",
  );
  expect(await page.title()).toBe("Doctor – Backlit");
  expect(complaints).toEqual([]);
  await page.close();
});

test("names what is wrong with a link", async () => {
  const { page } = await openPage(stage, "#/doctor?cases=none", ".doctor");
  await page.waitForFunction(() => document.body.textContent.includes("Cases must be a whole number"));
  expect(await page.evaluate(() => location.hash)).toBe("#/doctor");
  await page.close();
});

/** The last test here: there is no site behind the page any more. */
test("trains without a network once it was open", async () => {
  const { page } = await openPage(stage);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  stage.unplug();
  await page.goto(`${stage.url}#hidden=16&max-steps=3&engine=cpu`);
  await page.reload();
  await page.waitForSelector(".run-bar");
  await page.locator("button.primary").click();
  await page.waitForFunction(() =>
    /Ended after 3 steps/.test(document.querySelector(".status")!.textContent),
  );
  // A view that had not been opened before.
  await page.goto(`${stage.url}#/doctor`);
  await page.waitForSelector(".doctor");
  await page.close();
});
