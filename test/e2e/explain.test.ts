/** `backlit explain` as a person meets it: its answers, its errors, and its page in a browser without a network. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launch, type Browser, type Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromeFlags, findChrome } from "../../scripts/chrome.js";
import { backlit, scratchFolder } from "./cli-support.ts";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = await scratchFolder();
const file = join(folder, "walk.html");
const smallest = join(folder, "smallest.html");
const SMALL = ["explain", "--layers", "4,3,3", "--batch", "2", "--seed", "1", "--memory", "1"];

describe("explain", () => {
  it("answers with both forms of one step", async () => {
    const { code, lines } = await backlit([...SMALL, "--json"]);
    expect(code).toBe(0);
    expect(lines()).toHaveLength(1);
    const [result] = lines();
    expect(result).toMatchObject({
      type: "result",
      network: { input: 4, layers: [{ units: 3, activation: "relu" }, { units: 3 }] },
      longFormBytes: 1176,
      shortFormBytes: 228,
    });
    expect(result["maxDifference"]).toBeLessThanOrEqual(1e-12);
    expect((result["stages"] as { name: string }[]).map(({ name }) => name)).toEqual([
      "forward",
      "loss",
      "long",
      "short",
      "update",
    ]);
  });

  it.each([
    ["--layers 4,x,3", "at least two whole numbers"],
    ["--layers 4,3,1", "2 to 256"],
    ["--step -1", "--step must be a whole number"],
    ["--activation cubic", "--activation must be one of"],
    ["--activation tanh,relu", "or as many as there are (1), not 2"],
    ["--data-dir .", "no effect without --data"],
  ])("refuses %s", async (flags, message) => {
    const { code, last } = await backlit(["explain", "--memory", "1", ...flags.split(" "), "--json"]);
    expect(last()).toMatchObject({ type: "error", message: expect.stringContaining(message) });
    expect(code).toBe(2);
  });

  it("writes nothing where one of its files cannot be made, or would overwrite another", async () => {
    const [html, xlsx] = [join(folder, "none.html"), join(folder, "none.xlsx")];
    const large = ["explain", "--layers", "784,300,10", "--memory", "1", "--html", html, "--xlsx", xlsx];
    const tooLarge = await backlit([...large, "--json"]);
    expect(tooLarge.last()).toMatchObject({
      type: "error",
      message: expect.stringContaining("at most 200,000"),
    });
    const twice = await backlit([...SMALL, "--html", html, "--markdown", html, "--json"]);
    expect(twice.last()).toMatchObject({ type: "error", message: expect.stringContaining("two files") });
    expect([tooLarge.code, twice.code]).toEqual([2, 2]);
    expect(existsSync(html) || existsSync(xlsx)).toBe(false);
  });
});

describe("the walk as a page", () => {
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    const { chrome } = await findChrome();
    if (!chrome) throw new Error("There is no Chrome with WebGPU: run `npm run -s backlit -- doctor`.");
    const { stdout } = await backlit([...SMALL, "--html", file, "--markdown", join(folder, "walk.md")]);
    expect(stdout).toContain(`wrote ${file}`);
    await backlit(["explain", "--layers", "2,2,2", "--batch", "1", "--memory", "1", "--html", smallest]);
    browser = await launch({ executablePath: chrome.path, args: chromeFlags(chrome.kind) });
    page = await browser.newPage();
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => errors.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
  });

  afterAll(() => browser?.close());

  it("opens from a disk, asks for nothing else, and has the fonts of its formulas", async () => {
    const outside = requests.filter((url) => !url.startsWith("data:"));
    expect(outside).toEqual([pathToFileURL(file).href]);
    expect(errors).toEqual([]);
    const missing = await page.evaluate(() =>
      [...document.querySelectorAll(".katex-html *")]
        .map((element) => getComputedStyle(element).fontFamily.split(",")[0].replaceAll('"', ""))
        .filter((family) => family.startsWith("KaTeX") && !document.fonts.check(`16px ${family}`)),
    );
    expect([...new Set(missing)]).toEqual([]);
    expect((await readFile(join(folder, "walk.md"), "utf8")).startsWith("# 4 - 3 - 3")).toBe(true);
  });

  it("lights up what the entry under the pointer was made from, and says how", async () => {
    const cell = await page.waitForSelector('td[data-name="dW1[2,3]"]');
    await cell!.hover();
    const lit = await page.$$eval("td.from", (cells) =>
      cells.map((each) => (each as HTMLElement).dataset["name"]),
    );
    expect(new Set(lit)).toEqual(new Set(["X[1,2]", "X[2,2]", "dZ1[1,3]", "dZ1[2,3]"]));
    expect(lit).toHaveLength(4);
    const roots = await page.$$eval("td.root", (cells) => cells.length);
    // Everything given that reaches it: the whole batch, all parameters of the forward pass, the labels.
    expect(roots).toBeGreaterThan(30);
    const text = await page.$eval("#working", (bar) => bar.textContent);
    expect(text).toMatch(/^dW1\[2,3\] = −?[\d.e−]+ = .*\*.* from X, dZ1$/);
  });

  it("can be walked through with the arrow keys", async () => {
    await page.focus('.values[aria-label^="W1,"]');
    for (const key of ["ArrowRight", "ArrowRight", "ArrowDown"] as const) await page.keyboard.press(key);
    expect(await page.$eval("#working", (bar) => bar.textContent)).toMatch(/^W1\[2,2\] = .* is given$/);
  });

  it.each([
    [1280, "light"],
    [390, "dark"],
  ] as const)("is accessible and fits at %d pixels, %s", async (width, scheme) => {
    // Fewer numbers, as axe looks at each of them.
    await page.goto(pathToFileURL(smallest).href);
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.evaluate(axeSource);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    });
    expect(violations).toEqual([]);
  });
});
