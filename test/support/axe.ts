/** What axe finds on a page that a person could stumble over. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "puppeteer";

const axeSource = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** In the light and in the dark. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await axeSource);
  const found: string[] = [];
  for (const value of ["light", "dark"]) {
    // Colours fade, on a busy machine for longer than anybody would wait; axe looks at once.
    await page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value },
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const results = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    });
    found.push(...results.map((result) => `${value}: ${result}`));
  }
  return found;
}
